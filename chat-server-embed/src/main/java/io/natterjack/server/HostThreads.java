package io.natterjack.server;

import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Threads on which some of the application's own code runs, so that it holds up nothing else. A call that takes too long is interrupted and given
 * up; while it doesn't end for all that, another thread takes the place of its own, up to {@value #MAX_THREADS}.
 *
 * <p><b>Bounded.</b> {@value #THREADS} threads, {@value #MAX_WAITING} calls that wait.
 *
 * <p><b>Threads.</b> Any.
 */
final class HostThreads implements Executor, AutoCloseable {
    private static final int THREADS = 8;
    private static final int MAX_THREADS = 64;
    private static final int MAX_WAITING = 1_000;

    private final Scheduler scheduler;
    private final ThreadPoolExecutor pool;
    private final AtomicInteger lost = new AtomicInteger();

    /**
     * Makes them; they begin when they are needed.
     *
     * @param name what their names begin with
     */
    HostThreads(String name, Scheduler scheduler) {
        this.scheduler = scheduler;
        AtomicInteger number = new AtomicInteger();
        this.pool = new ThreadPoolExecutor(
                THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MAX_WAITING), task -> {
                    Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
    }

    /**
     * Runs {@code task}.
     *
     * @throws RejectedExecutionException if too much waits already
     */
    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }

    /** Has what the application hangs on a stage run on these threads; on the one that completes it only if too much waits. */
    <T> CompletionStage<T> handOver(CompletionStage<T> stage) {
        return stage.thenApplyAsync(Function.identity(), this::executeOrRun);
    }

    private void executeOrRun(Runnable task) {
        try {
            execute(task);
        } catch (RejectedExecutionException full) {
            task.run();
        }
    }

    /**
     * Makes a call.
     *
     * @param limit how long it may take, from now on
     * @return fails with what the call throws; with {@link TimeoutException} if it takes too long; with {@link RejectedExecutionException} if
     *     too many wait
     */
    <T> CompletableFuture<T> call(Callable<T> call, Duration limit) {
        CompletableFuture<T> result = new CompletableFuture<>();
        AtomicBoolean isDecided =
                new AtomicBoolean(); // by whoever is first: the call that begins, or the one that gives it up
        Future<?> running;
        try {
            running = pool.submit(() -> {
                if (!isDecided.compareAndSet(false, true)) {
                    return;
                }
                try {
                    result.complete(call.call());
                } catch (Throwable failure) {
                    result.completeExceptionally(failure);
                }
            });
        } catch (RejectedExecutionException full) {
            result.completeExceptionally(full);
            return result;
        }
        Scheduler.Cancellable timeout = scheduler.after(limit, () -> giveUp(result, running, isDecided));
        result.whenComplete((done, failure) -> timeout.cancel());
        return result;
    }

    private void giveUp(CompletableFuture<?> result, Future<?> running, AtomicBoolean isDecided) {
        boolean hasBegun = !isDecided.compareAndSet(false, true);
        if (!result.completeExceptionally(new TimeoutException("the application's own code took too long"))) {
            return;
        }
        running.cancel(true);
        if (hasBegun) { // only then a thread is lost
            int more = Math.min(MAX_THREADS, THREADS + lost.incrementAndGet());
            pool.setMaximumPoolSize(Math.max(more, pool.getMaximumPoolSize()));
            pool.setCorePoolSize(Math.max(more, pool.getCorePoolSize()));
        }
    }

    /** Returns how many threads there may be by now. */
    int size() {
        return pool.getMaximumPoolSize();
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
