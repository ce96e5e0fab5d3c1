package io.natterjack.client;

import io.natterjack.core.lane.SystemScheduler;
import io.natterjack.core.spi.Scheduler;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads that a client has of its own because none were passed in, and their end.
 *
 * <pre>
 *   chat-client-N            the lane
 *   chat-client-N-timer      hands what is due to the lane
 *   chat-client-N-listener   the application's calls
 * </pre>
 *
 * <p><b>Threads.</b> Any thread.
 */
final class OwnThreads implements Engine.Ending {
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final long MAX_WAIT_MILLIS = 2_500;

    private final String name = "chat-client-" + NUMBERS.incrementAndGet();
    private final Executor executor;
    private final Scheduler scheduler;
    private final Executor listenerExecutor;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Thread lane;
    private @Nullable ExecutorService ownExecutor;
    private @Nullable SystemScheduler ownScheduler;
    private @Nullable ExecutorService ownListenerExecutor;

    OwnThreads(@Nullable Executor executor, @Nullable Scheduler scheduler, @Nullable Executor listenerExecutor) {
        if (executor == null) {
            ownExecutor = Executors.newSingleThreadExecutor(task -> lane = daemon(task, name));
        }
        if (scheduler == null) {
            ownScheduler = new SystemScheduler(name + "-timer");
        }
        if (listenerExecutor == null) {
            ownListenerExecutor = Executors.newSingleThreadExecutor(task -> daemon(task, name + "-listener"));
        }
        this.executor = firstOf(executor, ownExecutor);
        this.scheduler = firstOf(scheduler, ownScheduler);
        this.listenerExecutor = firstOf(listenerExecutor, ownListenerExecutor);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private static <T> T firstOf(@Nullable T given, @Nullable T own) {
        if (given != null) {
            return given;
        }
        if (own != null) {
            return own;
        }
        throw new IllegalStateException();
    }

    Executor executor() {
        return executor;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    Executor listenerExecutor() {
        return listenerExecutor;
    }

    @Override
    public void lastCallMade() {
        if (ownListenerExecutor != null) {
            ownListenerExecutor.shutdown();
        }
    }

    @Override
    public void allOver() {
        if (ownScheduler != null) {
            ownScheduler.close();
        }
        if (ownExecutor != null) {
            ownExecutor.shutdown();
        }
        ended.countDown();
    }

    /** Waits a short time for {@link #allOver}, if it is on a thread of ours that it happens. */
    void awaitEnd() {
        if (ownExecutor == null || Thread.currentThread() == lane) {
            return;
        }
        try {
            ended.await(MAX_WAIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
