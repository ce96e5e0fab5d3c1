package io.natterjack.core.lane;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the tasks of one key (a session, a room, a listener) one at a time and in order, on a pool that many lanes share.
 *
 * <p>It has no bound of its own: whoever puts tasks in bounds what it has under way. A lane that is always busy gives its
 * thread back after {@value #TURN} tasks, so that others of the pool get their turn.
 *
 * <p><b>Threads.</b> Any thread may call {@link #execute}. A task that throws is logged and harms no later one. Once the pool
 * has been shut down tasks are dropped.
 */
public final class Lane implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
    private static final int TURN = 64;

    private final Executor pool;
    private final Object lock = new Object();

    // Guarded by lock.
    private final Queue<Runnable> tasks = new ArrayDeque<>(4);
    private boolean running;

    private final Runnable turn = this::turn;

    /** Makes a lane on {@code pool}. */
    public Lane(Executor pool) {
        this.pool = pool;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (lock) {
            tasks.add(task);
            if (running) {
                return;
            }
            running = true;
        }
        runOnPool();
    }

    private void runOnPool() {
        try {
            pool.execute(turn);
        } catch (RejectedExecutionException shutDown) {
            synchronized (lock) {
                tasks.clear();
                running = false;
            }
        } catch (Throwable noThread) {
            // The tasks wait for the next one that is put in.
            synchronized (lock) {
                running = false;
            }
            throw noThread;
        }
    }

    private void turn() {
        for (int i = 0; i < TURN; i++) {
            Runnable task;
            synchronized (lock) {
                task = tasks.poll();
                if (task == null) {
                    running = false;
                    return;
                }
            }
            try {
                task.run();
            } catch (Throwable failure) {
                LOG.error("A task failed", failure);
            }
        }
        runOnPool();
    }
}
