package io.natterjack.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what happens elsewhere: for a condition, never for a time. */
public final class Await {
    /** How long to wait at most: far longer than anything takes on a machine that is busy. */
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final long POLL_NANOS = Duration.ofMillis(1).toNanos();

    private Await() {}

    /**
     * Waits until {@code condition} holds, which is looked at every millisecond.
     *
     * @param what is waited for
     * @throws AssertionError if it doesn't within {@link #PATIENCE}
     */
    public static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as("waiting for " + what).isNegative();
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
