package io.natterjack.core.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LaneTest {
    private final Queue<Runnable> pool = new ArrayDeque<>();
    private final List<String> ran = new ArrayList<>();
    private final Lane lane = new Lane(pool::add);

    @Test
    void tasksRunInOrderAndOnThePool() {
        lane.execute(() -> ran.add("a"));
        lane.execute(() -> ran.add("b"));
        assertThat(ran).isEmpty();

        runPool();
        assertThat(ran).containsExactly("a", "b");
    }

    @Test
    void aLaneTakesOnePlaceInThePoolAtATime() {
        lane.execute(() -> ran.add("a"));
        lane.execute(() -> ran.add("b"));

        assertThat(pool).hasSize(1);
    }

    @Test
    void aTaskThatATaskPutsInRunsAfterIt() {
        lane.execute(() -> {
            lane.execute(() -> ran.add("inner"));
            ran.add("outer");
        });

        runPool();
        assertThat(ran).containsExactly("outer", "inner");
    }

    @Test
    void aTaskThatFailsHarmsNoLaterOne() {
        lane.execute(() -> {
            throw new IllegalStateException("on purpose");
        });
        lane.execute(() -> {
            throw new AssertionError("on purpose");
        });
        lane.execute(() -> ran.add("a"));
        runPool();
        lane.execute(() -> ran.add("b"));
        runPool();

        assertThat(ran).containsExactly("a", "b");
    }

    @Test
    void aBusyLaneLetsOthersOfThePoolHaveTheirTurn() {
        Lane other = new Lane(pool::add);
        for (int i = 0; i < 1_000; i++) {
            lane.execute(() -> ran.add("busy"));
        }
        other.execute(() -> ran.add("other"));

        runPool();
        assertThat(ran).hasSize(1_001);
        assertThat(ran.indexOf("other")).isEqualTo(64);
    }

    @Test
    void aPoolThatIsShutDownDropsTasksWithoutAWord() {
        AtomicBoolean open = new AtomicBoolean();
        Executor shutDown = task -> {
            if (!open.get()) {
                throw new RejectedExecutionException();
            }
            task.run();
        };
        Lane dropping = new Lane(shutDown);
        dropping.execute(() -> ran.add("dropped"));

        open.set(true);
        dropping.execute(() -> ran.add("later"));
        assertThat(ran).containsExactly("later");
    }

    @Test
    void whatAPoolCouldntBeginRunsWithTheNextTask() {
        AtomicBoolean exhausted = new AtomicBoolean(true);
        Lane waiting = new Lane(task -> {
            if (exhausted.getAndSet(false)) {
                throw new OutOfMemoryError("on purpose");
            }
            task.run();
        });

        assertThatThrownBy(() -> waiting.execute(() -> ran.add("a"))).isInstanceOf(OutOfMemoryError.class);
        waiting.execute(() -> ran.add("b"));
        assertThat(ran).containsExactly("a", "b");
    }

    @Test
    void tasksOfManyThreadsNeverOverlapAndKeepEachThreadsOrder() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Lane shared = new Lane(threads);
            int[] last = new int[4];
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger wrong = new AtomicInteger();
            CountDownLatch done = new CountDownLatch(4 * 5_000);
            List<Thread> senders = IntStream.range(0, 4)
                    .mapToObj(sender -> new Thread(() -> {
                        for (int i = 1; i <= 5_000; i++) {
                            int number = i;
                            shared.execute(() -> {
                                if (inside.incrementAndGet() != 1 || last[sender] != number - 1) {
                                    wrong.incrementAndGet();
                                }
                                last[sender] = number;
                                inside.decrementAndGet();
                                done.countDown();
                            });
                        }
                    }))
                    .toList();
            senders.forEach(Thread::start);

            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(wrong).hasValue(0);
        } finally {
            threads.shutdownNow();
        }
    }

    private void runPool() {
        for (Runnable task = pool.poll(); task != null; task = pool.poll()) {
            task.run();
        }
    }
}
