package io.natterjack.examples.campaign;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what happens in other threads and processes. */
final class Waiting {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long POLL_NANOS = 2_000_000;

    private Waiting() {}

    /** Waits until the condition holds, two minutes at most. */
    static void until(String what, BooleanSupplier condition) {
        if (!within(PATIENCE, condition)) {
            throw new IllegalStateException("waited " + PATIENCE + " in vain: " + what);
        }
    }

    /** Waits until the condition holds or the time is over; tells whether it holds. */
    static boolean within(Duration time, BooleanSupplier condition) {
        long deadline = System.nanoTime() + time.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                return condition.getAsBoolean();
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }
}
