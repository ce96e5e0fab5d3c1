package io.natterjack.core.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SystemSchedulerIT {
    private final SystemScheduler scheduler = new SystemScheduler("chat-test-timer");
    private final BlockingQueue<String> ran = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void aTaskRunsOnTheNamedDaemonThreadNotBeforeItsTime() throws InterruptedException {
        long start = scheduler.nanoTime();
        scheduler.after(Duration.ofMillis(20), () -> {
            Thread thread = Thread.currentThread();
            ran.add(thread.getName() + " " + thread.isDaemon() + " " + (scheduler.nanoTime() - start >= 20_000_000));
        });

        assertThat(next()).isEqualTo("chat-test-timer true true");
    }

    @Test
    void theSoonerTaskRunsFirst() throws InterruptedException {
        scheduler.after(Duration.ofHours(1), () -> ran.add("late"));
        scheduler.after(Duration.ofMillis(10), () -> ran.add("soon"));

        assertThat(next()).isEqualTo("soon");
        assertThat(ran).isEmpty();
    }

    @Test
    void aTaskThatWasCalledOffDoesntRun() throws InterruptedException {
        CountDownLatch held = holdTimer();
        Scheduler.Cancellable cancelled = scheduler.after(Duration.ZERO, () -> ran.add("cancelled"));
        scheduler.after(Duration.ZERO, () -> ran.add("other"));
        cancelled.cancel();
        cancelled.cancel();
        held.countDown();

        assertThat(next()).isEqualTo("other");
    }

    @Test
    void aTaskThatFailsHarmsNoLaterOne() throws InterruptedException {
        scheduler.after(Duration.ZERO, () -> {
            throw new AssertionError("on purpose");
        });
        scheduler.after(Duration.ZERO, () -> ran.add("next"));

        assertThat(next()).isEqualTo("next");
    }

    @Test
    void afterCloseNothingRuns() throws InterruptedException {
        holdTimer();
        scheduler.after(Duration.ZERO, () -> ran.add("before"));
        scheduler.close();
        scheduler.after(Duration.ZERO, () -> ran.add("after")).cancel();
        scheduler.close();

        assertThat(ran.poll(50, TimeUnit.MILLISECONDS)).isNull();
    }

    /** Keeps the timer busy until the latch opens or the scheduler is closed. */
    private CountDownLatch holdTimer() {
        CountDownLatch held = new CountDownLatch(1);
        scheduler.after(Duration.ZERO, () -> {
            try {
                held.await();
            } catch (InterruptedException closed) {
                Thread.currentThread().interrupt();
            }
        });
        return held;
    }

    private String next() throws InterruptedException {
        return ran.poll(10, TimeUnit.SECONDS);
    }
}
