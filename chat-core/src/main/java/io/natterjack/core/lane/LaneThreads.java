package io.natterjack.core.lane;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pool that lanes run on: a fixed number of threads over one queue of short tasks that never block.
 *
 * <p>Waking a thread costs about as much as such a task. So a task wakes one only if nobody is awake, or if more wait than those
 * awake will soon have done. A message that goes from lane to lane stays on one thread in a quiet system, and uses all of
 * them in a busy one.
 *
 * <p>A thread works in rounds: until nothing waits, or for {@value #ROUND} tasks. What a round has to send leaves at its end
 * ({@link #atEndOfRound}), together: one write a connection, however many frames came up.
 *
 * <p><b>Threads.</b> Any thread may call {@link #execute}. Tasks start in the order they came. A task that throws is logged. The
 * queue has no bound of its own: whoever puts tasks in bounds what it has under way.
 */
public final class LaneThreads implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LaneThreads.class);
    private static final int ROUND = 128;
    /** How many tasks may wait for each thread that is awake before another is woken. */
    private static final int WAITING_A_THREAD = 4;
    /** So often a thread looks whether others are stuck: have started nothing since. */
    private static final long STUCK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final int size;
    private final int atOnce;
    private final Object lock = new Object();
    private final List<Worker> workers = new ArrayList<>();

    // Guarded by lock.
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final ArrayDeque<Worker> idle = new ArrayDeque<>();
    private long started;
    private boolean closed;

    /**
     * Starts the threads: daemons, named {@code name-1} and so on.
     *
     * @param threads how many, at least 1
     * @param atOnce how many of them are of use at once, the number of processors; the others are for when those are stuck
     */
    public LaneThreads(String name, int threads, int atOnce) {
        this.size = threads;
        this.atOnce = atOnce;
        for (int number = 1; number <= threads; number++) {
            workers.add(new Worker(name + "-" + number));
        }
        try {
            workers.forEach(Thread::start);
        } catch (Throwable noThread) {
            close();
            throw noThread;
        }
    }

    @Override
    public void execute(Runnable task) {
        Worker woken = null;
        synchronized (lock) {
            if (closed) {
                throw new RejectedExecutionException("the lanes are closed");
            }
            tasks.add(task);
            int awake = size - idle.size();
            if (awake < atOnce && tasks.size() > WAITING_A_THREAD * awake) {
                woken = idle.poll();
            }
        }
        if (woken != null) {
            woken.wake();
        }
    }

    /** Runs {@code task} at the end of the round that the calling thread is in; returns false, and doesn't run it, if it is in none. */
    public static boolean atEndOfRound(Runnable task) {
        if (Thread.currentThread() instanceof Worker worker) {
            worker.leave(task);
            return true;
        }
        return false;
    }

    /** Takes no more tasks. The threads end when they have done what waits; this doesn't wait for them. */
    @Override
    public void close() {
        List<Worker> waiting;
        synchronized (lock) {
            closed = true;
            waiting = new ArrayList<>(idle);
            idle.clear();
        }
        waiting.forEach(Worker::wake);
    }

    private final class Worker extends Thread {
        private volatile boolean woken;

        // Guarded by the lock of all.
        private long begun;

        // Guarded by itself: others take from it if this thread is stuck.
        private final Queue<Runnable> atEnd = new ArrayDeque<>();

        // This thread only.
        /** What {@link #begun} was of each worker at the last look. */
        private long[] seen = {};

        private long lookedAt = System.nanoTime();

        Worker(String name) {
            super(name);
            setDaemon(true);
        }

        void wake() {
            woken = true;
            LockSupport.unpark(this);
        }

        @Override
        public void run() {
            boolean goOn = true;
            while (goOn) {
                try {
                    goOn = round();
                } catch (Throwable noMemory) {
                    LOG.error("A thread of the lanes failed, and goes on", noMemory);
                }
            }
        }

        /** Returns false if there will never be a task again. */
        private boolean round() {
            for (int i = 0; i < ROUND; i++) {
                Runnable task = poll();
                if (task == null) {
                    break;
                }
                runLogged(task);
            }
            boolean hadMore = endRoundOf(this);
            lookForStuck();
            return hadMore || await();
        }

        private void leave(Runnable task) {
            synchronized (atEnd) {
                atEnd.add(task);
            }
        }

        /** What a round left to its end may leave something more; it all belongs to this round. */
        private boolean endRoundOf(Worker worker) {
            boolean any = false;
            for (Runnable task = worker.pollAtEnd(); task != null; task = worker.pollAtEnd()) {
                runLogged(task);
                any = true;
            }
            return any;
        }

        private @Nullable Runnable pollAtEnd() {
            synchronized (atEnd) {
                return atEnd.poll();
            }
        }

        /** Takes over what others that are stuck have left to the end of their round: nobody would be sent it until then. */
        private void lookForStuck() {
            long now = System.nanoTime();
            if (now - lookedAt < STUCK_NANOS) {
                return;
            }
            lookedAt = now;
            long[] before = seen;
            seen = begun();
            for (int i = 0; i < before.length; i++) {
                Worker other = workers.get(i);
                if (other != this && seen[i] == before[i] && endRoundOf(other)) {
                    endRoundOf(this);
                }
            }
        }

        private long[] begun() {
            synchronized (lock) {
                return workers.stream().mapToLong(each -> each.begun).toArray();
            }
        }

        private @Nullable Runnable poll() {
            synchronized (lock) {
                Runnable task = tasks.poll();
                if (task != null) {
                    started++;
                    begun++;
                }
                return task;
            }
        }

        /** Waits until there may be a task; false if there never will be. */
        private boolean await() {
            synchronized (lock) {
                if (!tasks.isEmpty()) {
                    return true;
                }
                if (closed) {
                    return false;
                }
                woken = false;
                idle.push(this);
            }
            while (!woken) {
                park();
            }
            return true;
        }

        /** Nobody wakes this thread for what waits behind a stuck task: it looks for itself now and then. */
        private void park() {
            long before;
            synchronized (lock) {
                before = started;
            }
            LockSupport.parkNanos(this, STUCK_NANOS);
            lookForStuck();
            synchronized (lock) {
                if (!tasks.isEmpty() && started == before && idle.remove(this)) {
                    woken = true;
                }
            }
        }
    }

    private static void runLogged(Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) {
            LOG.error("A task failed", failure);
        } finally {
            // A flag that somebody's code left would close the next socket written to, and keep this thread from
            // resting.
            Thread.interrupted();
        }
    }
}
