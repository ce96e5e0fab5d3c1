package io.natterjack.core.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class LaneThreadsIT {
    private final LaneThreads threads = new LaneThreads("test-lane", 3, 3);
    private final List<String> ran = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void close() {
        threads.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Test
    void everyTaskRunsOnceHoweverManyThreadsPutThemIn() throws InterruptedException {
        AtomicInteger count = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(40_000);
        List<Thread> submitters = IntStream.range(0, 4)
                .mapToObj(i -> new Thread(() -> {
                    for (int j = 0; j < 10_000; j++) {
                        threads.execute(() -> {
                            count.incrementAndGet();
                            all.countDown();
                        });
                    }
                }))
                .toList();
        submitters.forEach(Thread::start);
        for (Thread each : submitters) {
            each.join();
        }
        await(all);

        assertThat(count).hasValue(40_000);
    }

    @Test
    void whatATaskPutsInRunsThoughNobodyElseIsWoken() {
        CountDownLatch done = new CountDownLatch(1);
        threads.execute(() -> threads.execute(() -> threads.execute(done::countDown)));

        await(done);
    }

    @Test
    void aStuckTaskHoldsUpNoneBehindIt() {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch others = new CountDownLatch(2);
        threads.execute(() -> await(release));
        threads.execute(others::countDown);
        threads.execute(others::countDown);

        await(others);
        release.countDown();
    }

    @Test
    void whatARoundHasToSendDoesNotWaitForATaskThatIsStuckInIt() {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch sent = new CountDownLatch(2);
        threads.execute(() -> {
            threads.execute(() -> await(release));
            LaneThreads.atEndOfRound(() -> {
                LaneThreads.atEndOfRound(sent::countDown);
                sent.countDown();
            });
        });

        await(sent);
        release.countDown();
    }

    @Test
    void aThreadThatIsAlwaysBusySendsForOneThatIsStuckToo() {
        LaneThreads pair = new LaneThreads("test-pair", 2, 2);
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch sent = new CountDownLatch(1);
        Runnable busy = new Runnable() {
            @Override
            public void run() {
                if (sent.getCount() > 0) {
                    pair.execute(this);
                }
            }
        };
        pair.execute(() -> {
            for (int i = 0; i < 10; i++) {
                pair.execute(busy);
            }
            LaneThreads.atEndOfRound(sent::countDown);
            await(release);
        });

        await(sent);
        release.countDown();
        pair.close();
    }

    @Test
    void aThreadBeyondThoseOfUseStandsInForOneThatIsStuck() {
        LaneThreads pair = new LaneThreads("test-pair", 2, 1);
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch others = new CountDownLatch(100);
        pair.execute(() -> await(release));
        for (int i = 0; i < 100; i++) {
            pair.execute(others::countDown);
        }

        await(others);
        release.countDown();
        pair.close();
    }

    @Test
    void manyWaitingTasksAreSharedByAllThreads() {
        Set<String> names = ConcurrentHashMap.newKeySet();
        CountDownLatch allThree = new CountDownLatch(3);
        for (int i = 0; i < 100; i++) {
            threads.execute(() -> {
                if (names.add(Thread.currentThread().getName())) {
                    allThree.countDown();
                    await(allThree);
                }
            });
        }
        await(allThree);

        assertThat(names).containsExactlyInAnyOrder("test-lane-1", "test-lane-2", "test-lane-3");
    }

    @Test
    void aRoundEndsWhenNothingWaitsAndOutsideOfOneNothingIsTaken() {
        LaneThreads one = new LaneThreads("test-one", 1, 1);
        CountDownLatch done = new CountDownLatch(1);
        one.execute(() -> {
            one.execute(() -> ran.add("next"));
            LaneThreads.atEndOfRound(() -> {
                ran.add("end");
                LaneThreads.atEndOfRound(() -> {
                    ran.add("after the end");
                    done.countDown();
                });
            });
            ran.add("first");
        });
        await(done);
        one.close();
        assertThat(LaneThreads.atEndOfRound(() -> ran.add("never"))).isFalse();

        assertThat(ran).containsExactly("first", "next", "end", "after the end");
    }

    @Test
    void aRoundThatDoesNotEndByItselfIsCutShort() {
        CountDownLatch ended = new CountDownLatch(1);
        Runnable forEver = new Runnable() {
            @Override
            public void run() {
                if (ended.getCount() > 0) {
                    threads.execute(this);
                }
            }
        };
        threads.execute(() -> {
            threads.execute(forEver);
            LaneThreads.atEndOfRound(ended::countDown);
        });

        await(ended);
    }

    @Test
    void aTaskThatThrowsHarmsNoOther() {
        CountDownLatch done = new CountDownLatch(1);
        threads.execute(() -> {
            threads.execute(() -> {
                throw new StackOverflowError("planted");
            });
            LaneThreads.atEndOfRound(() -> {
                throw new StackOverflowError("planted at the end");
            });
            LaneThreads.atEndOfRound(done::countDown);
        });

        await(done);
    }

    @Test
    void whatWaitsIsDoneAfterClosingAndNothingMoreIsTaken() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Thread[] worker = new Thread[1];
        threads.execute(() -> {
            worker[0] = Thread.currentThread();
            started.countDown();
            await(release);
        });
        await(started);
        threads.execute(done::countDown);
        threads.close();
        release.countDown();

        await(done);
        worker[0].join(20_000);
        assertThat(worker[0].isAlive()).isFalse();
        assertThatThrownBy(() -> threads.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void aFlagOfInterruptionEndsWithItsTask() {
        CountDownLatch done = new CountDownLatch(1);
        List<Boolean> flags = Collections.synchronizedList(new ArrayList<>());
        try (LaneThreads one = new LaneThreads("test-one", 1, 1)) {
            one.execute(() -> {
                Thread.currentThread().interrupt();
                LaneThreads.atEndOfRound(() -> {
                    flags.add(Thread.currentThread().isInterrupted());
                    done.countDown();
                });
            });
            await(done);
        }

        assertThat(flags).containsExactly(false);
    }
}
