package io.natterjack.testkit;

import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Time that stands still until a test moves it, and an executor whose tasks run when the test says so.
 *
 * <p><b>Order.</b> Executor tasks run in the order they came; timers in the order they are due, and those due together in the
 * order they were set. Before time moves on to the next timer, all executor tasks have run.
 *
 * <p><b>Threads.</b> Any thread may read the clocks, set timers and add tasks. They run on the thread that calls {@link
 * #advance} or {@link #runAll}: one thread only, and not from within a task.
 *
 * <p><b>Errors.</b> Unlike in production a task that throws isn't just logged: the exception goes to the test, and what has not
 * run yet stays for the next call.
 */
public final class ManualScheduler implements Scheduler, Executor {
    /** What {@link #wallMillis} says at first: 2026-01-01T00:00:00Z. */
    public static final long START_MILLIS = 1_767_225_600_000L;

    private static final int ENDLESS = 10_000_000;

    // Guarded by this.
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(
            Comparator.comparingLong((Timer timer) -> timer.due).thenComparingLong(timer -> timer.number));
    private long nanos;
    private long wallOffset;
    private long timersSet;
    private boolean running;

    /** Makes a scheduler at {@value #START_MILLIS}, with nothing to do. */
    public ManualScheduler() {}

    @Override
    public synchronized long wallMillis() {
        return START_MILLIS + wallOffset + nanos / 1_000_000;
    }

    @Override
    public synchronized long nanoTime() {
        return nanos;
    }

    @Override
    public synchronized Cancellable after(Duration delay, Runnable task) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("delay must be zero or more, was " + delay);
        }
        Timer timer = new Timer(Math.addExact(nanos, delay.toNanos()), timersSet++, task);
        timers.add(timer);
        return () -> {
            synchronized (this) {
                timers.remove(timer);
            }
        };
    }

    @Override
    public synchronized void execute(Runnable task) {
        tasks.add(task);
    }

    /** Runs what is to be run now: executor tasks, timers that are due, and what these add, until nothing is left. */
    public void runAll() {
        advance(Duration.ZERO);
    }

    /**
     * Runs what is to be run now, moves time on to the next timer and so on, until {@code by} has passed.
     *
     * @param by zero or more
     * @throws AssertionError if the work doesn't come to an end
     */
    public void advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("time can't go back by " + by);
        }
        begin();
        try {
            long end = Math.addExact(nanoTime(), by.toNanos());
            int ran = 0;
            for (Runnable next = next(end); next != null; next = next(end)) {
                next.run();
                if (++ran == ENDLESS) {
                    throw new AssertionError(ENDLESS + " tasks ran and there are still more");
                }
            }
        } finally {
            end();
        }
    }

    /** Moves the wall clock alone, forward or back, as somebody who sets it does; timers don't notice. */
    public synchronized void jumpWall(Duration by) {
        wallOffset += by.toMillis();
    }

    /** Returns how many executor tasks wait. */
    public synchronized int waitingTasks() {
        return tasks.size();
    }

    /** Returns how many timers are set, neither run nor cancelled. */
    public synchronized int waitingTimers() {
        return timers.size();
    }

    private synchronized void begin() {
        if (running) {
            throw new IllegalStateException("time can't be moved from within a task");
        }
        running = true;
    }

    private synchronized void end() {
        running = false;
    }

    /** Returns what is to be run next; nothing if that is later than {@code end}, and then it is {@code end}. */
    private synchronized @Nullable Runnable next(long end) {
        Runnable task = tasks.poll();
        if (task != null) {
            return task;
        }
        Timer timer = timers.peek();
        if (timer != null && timer.due <= end) {
            timers.remove();
            nanos = timer.due;
            return timer.task;
        }
        nanos = end;
        return null;
    }

    private record Timer(long due, long number, Runnable task) {}
}
