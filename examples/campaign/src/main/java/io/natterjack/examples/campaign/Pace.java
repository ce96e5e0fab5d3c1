package io.natterjack.examples.campaign;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/** Does something at an even rate, whatever becomes of it: what is late is made up for. */
final class Pace {
    private static final double NANOS = 1e9;

    private Pace() {}

    /**
     * Calls {@code turn} with 0, 1 and so on. Returns when the time is over.
     *
     * @param rate a second
     */
    static void keep(double rate, Duration time, LongConsumer turn) {
        long start = System.nanoTime();
        long turns = (long) (rate * time.toNanos() / NANOS);
        for (long n = 0; n < turns; n++) {
            long due = start + (long) (n * NANOS / rate);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            turn.accept(n);
        }
        for (long left = start + time.toNanos() - System.nanoTime();
                left > 0;
                left = start + time.toNanos() - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
