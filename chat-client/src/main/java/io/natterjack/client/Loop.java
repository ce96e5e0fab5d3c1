package io.natterjack.client;

import io.natterjack.core.lane.Lane;
import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The client's one lane, with timers that run on it. All state of a client belongs to it: what other classes here call "the
 * lane".
 *
 * <p><b>Threads.</b> Any thread may call {@link #execute}; all else is for the lane.
 */
final class Loop implements Executor {
    private final InsistingExecutor executor;
    private final Lane lane;
    private final Scheduler scheduler;
    private final Random random;

    Loop(Executor executor, Scheduler scheduler, Random random) {
        this.executor = new InsistingExecutor(executor, "executor", scheduler::after);
        this.lane = new Lane(this.executor);
        this.scheduler = scheduler;
        this.random = random;
    }

    @Override
    public void execute(Runnable task) {
        lane.execute(task);
    }

    /** The client is over: what the executor doesn't take from now on is dropped. */
    void end() {
        executor.end(() -> {
            throw new RejectedExecutionException("the client is over"); // has the lane drop what it was given
        });
    }

    /** Runs {@code task} on the lane after {@code delay}. Once cancelled (on the lane) it doesn't run, even if its time has come. */
    Scheduler.Cancellable after(Duration delay, Runnable task) {
        Timer timer = new Timer(task);
        timer.scheduled = scheduler.after(delay, () -> lane.execute(timer));
        return timer;
    }

    long nanoTime() {
        return scheduler.nanoTime();
    }

    /** Returns a random duration of zero to {@code max}. */
    Duration randomUpTo(Duration max) {
        return Duration.ofMillis((long) (random.nextDouble() * (max.toMillis() + 1)));
    }

    private static final class Timer implements Runnable, Scheduler.Cancellable {
        private final Runnable task;
        private Scheduler.Cancellable scheduled = () -> {};
        private boolean cancelled;

        Timer(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            if (!cancelled) {
                task.run();
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
            scheduled.cancel();
        }
    }
}
