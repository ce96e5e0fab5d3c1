package io.natterjack.server.engine;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Threads that others use too, of which this takes so many at once and no more. What comes meanwhile waits in order, and what is too much
 * is rejected.
 *
 * <p><b>Threads.</b> Any. Once the threads have been shut down, what waits is dropped.
 */
final class BoundedExecutor implements Executor {
    private final Executor threads;
    private final int atOnce;
    private final int max;
    private final Object lock = new Object();

    // Guarded by lock.
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int running;

    /**
     * Makes one.
     *
     * @param atOnce how many tasks the threads are given at once
     * @param max how many there may be, those that run and those that wait
     */
    BoundedExecutor(Executor threads, int atOnce, int max) {
        this.threads = threads;
        this.atOnce = atOnce;
        this.max = max;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (lock) {
            if (running + waiting.size() >= max) {
                throw new RejectedExecutionException("too much is waiting");
            }
            if (running >= atOnce) {
                waiting.add(task);
                return;
            }
            running++;
        }
        try {
            threads.execute(() -> run(task));
        } catch (RejectedExecutionException shutDown) {
            synchronized (lock) {
                running--;
            }
            throw shutDown;
        }
    }

    private void run(Runnable task) {
        try {
            task.run();
        } finally {
            goOn();
        }
    }

    private void goOn() {
        Runnable next;
        synchronized (lock) {
            next = waiting.poll();
            if (next == null) {
                running--;
                return;
            }
        }
        try {
            threads.execute(() -> run(next));
        } catch (RejectedExecutionException shutDown) {
            synchronized (lock) {
                waiting.clear();
                running--;
            }
        }
    }
}
