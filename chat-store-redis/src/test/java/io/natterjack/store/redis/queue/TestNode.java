package io.natterjack.store.redis.queue;

import io.natterjack.core.Draft;
import io.natterjack.core.Outcome;
import io.natterjack.core.spi.Fence;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.core.spi.QueueFactory;
import io.natterjack.core.spi.RoomRouter;
import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;

/** What a queue needs of the server around it, and the queue. */
final class TestNode implements QueueFactory.Context, AutoCloseable {
    private final MessageStore store;
    private final RoomRouter router;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(TestNode::daemon);
    private final ExecutorService threads = Executors.newFixedThreadPool(4, TestNode::daemon);
    private final PersistenceQueue queue;
    private volatile Predicate<Draft> hanging = draft -> false;
    private final AtomicInteger hung = new AtomicInteger();
    private volatile Predicate<Draft> failing = draft -> false;
    private volatile Function<Draft, QueueFactory.Permit> policy = QueueFactory.Permit::of;

    TestNode(MessageStore store, RoomRouter router, RedisStreamQueue.Builder builder) {
        this.store = store;
        this.router = router;
        queue = builder.factory().open(this);
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "test-node");
        thread.setDaemon(true);
        return thread;
    }

    PersistenceQueue queue() {
        return queue;
    }

    CompletionStage<Outcome> append(Draft draft) {
        return queue.append(draft, new Flow());
    }

    /** Answers what is to be permitted anew. */
    void policy(Function<Draft, QueueFactory.Permit> newPolicy) {
        policy = newPolicy;
    }

    /** Stops the clock, as a process that is stopped does: nothing is renewed any more. */
    void stopClock() {
        timer.shutdownNow();
    }

    @Override
    public MessageStore store() {
        return store;
    }

    @Override
    public Scheduler scheduler() {
        return new Scheduler() {
            @Override
            public long wallMillis() {
                return System.currentTimeMillis();
            }

            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public Cancellable after(Duration delay, Runnable task) {
                try {
                    ScheduledFuture<?> future = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
                    return () -> future.cancel(false);
                } catch (RejectedExecutionException stopped) {
                    return () -> {};
                }
            }
        };
    }

    @Override
    public Executor threads() {
        return threads;
    }

    /** Has the inner queue fail on drafts of this kind, as it never should. */
    void failOn(Predicate<Draft> drafts) {
        failing = drafts;
    }

    /** Has the inner queue never answer drafts of this kind. */
    void hangOn(Predicate<Draft> drafts) {
        hanging = drafts;
    }

    /** Returns how often the inner queue has not answered, as it was told. */
    int hung() {
        return hung.get();
    }

    @Override
    public PersistenceQueue committing(Fence fence) {
        CommittingQueue inner = new CommittingQueue(store, router, fence);
        return new ForwardingQueue(inner) {
            @Override
            public CompletionStage<Outcome> append(Draft draft, Flow flow) {
                if (failing.test(draft)) {
                    throw new IllegalStateException("planted: the worker fails");
                }
                if (hanging.test(draft)) {
                    hung.incrementAndGet();
                    return new CompletableFuture<>();
                }
                return super.append(draft, flow);
            }
        };
    }

    @Override
    public CompletionStage<QueueFactory.Permit> permitAgain(Draft draft) {
        return CompletableFuture.completedFuture(policy.apply(draft));
    }

    @Override
    public void close() {
        queue.close();
        timer.shutdownNow();
        threads.shutdownNow();
    }
}
