package io.natterjack.core.spi;

import java.time.Duration;

/**
 * The time, and work for later. Passed in wherever time matters, so that tests run on a manual one.
 *
 * <p><b>Threads.</b> Any thread may call any method, and none blocks. Tasks run on the scheduler's own thread one after
 * another: they must be short and only hand work on.
 */
public interface Scheduler {
    /** Returns the wall clock in Unix milliseconds. It may jump. */
    long wallMillis();

    /** Returns a clock in nanoseconds that only moves forward; only differences mean anything. */
    long nanoTime();

    /**
     * Runs {@code task} once, {@code delay} from now or soon after. A task that throws is logged.
     *
     * @param delay zero or more
     */
    Cancellable after(Duration delay, Runnable task);

    /** A task that may still be called off. */
    interface Cancellable {
        /** Calls the task off; does nothing if it has run or is running. */
        void cancel();
    }
}
