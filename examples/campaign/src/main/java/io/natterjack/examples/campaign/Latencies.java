package io.natterjack.examples.campaign;

import io.natterjack.core.Message;
import java.time.Duration;
import java.util.Arrays;

/**
 * How long messages took, by when they were sent. It keeps every one: 16 bytes each.
 *
 * <p><b>Threads.</b> Any.
 */
final class Latencies {
    private static final double MILLI = 1e6;

    // Guarded by this.
    private long[] sent = new long[1_024];
    private long[] took = new long[1_024];
    private int count;

    /** Takes note that a message that carries a {@link Stamp} has arrived now. */
    void arrived(Message message) {
        long now = System.nanoTime();
        long sentAt = Stamp.sentAt(message);
        add(sentAt, now - sentAt);
    }

    synchronized void add(long sentAt, long nanos) {
        if (count == sent.length) {
            sent = Arrays.copyOf(sent, 2 * count);
            took = Arrays.copyOf(took, 2 * count);
        }
        sent[count] = sentAt;
        took[count] = nanos;
        count++;
    }

    /** Returns how many have arrived. */
    synchronized int count() {
        return count;
    }

    /** Returns how many were sent from {@code from} to {@code to}, and have arrived. */
    int count(long from, long to) {
        return between(from, to).length;
    }

    /**
     * Returns how long those took, in milliseconds, of which that share took no longer; not a number if there are none.
     *
     * @param share above 0, up to 1, which is the slowest
     */
    double millis(double share, long from, long to) {
        long[] some = between(from, to);
        if (some.length == 0) {
            return Double.NaN;
        }
        Arrays.sort(some);
        return some[Math.max(0, (int) Math.ceil(share * some.length) - 1)] / MILLI;
    }

    /**
     * Returns how long after {@code from} it is that of what is sent in {@code window}, and in the one behind it, 99 of 100 take no longer than
     * {@code limit} milliseconds; in milliseconds, not a number if that isn't so up to {@code to}.
     */
    double millisUntilP99(double limit, Duration window, long from, long to) {
        long length = window.toNanos();
        long step = length / 5;
        for (long at = from; at + 2 * length <= to; at += step) {
            if (millis(0.99, at, at + length) <= limit && millis(0.99, at + length, at + 2 * length) <= limit) {
                return (at - from) / MILLI;
            }
        }
        return Double.NaN;
    }

    private synchronized long[] between(long from, long to) {
        long[] some = new long[count];
        int size = 0;
        for (int i = 0; i < count; i++) {
            if (sent[i] - from >= 0 && sent[i] - to < 0) {
                some[size++] = took[i];
            }
        }
        return Arrays.copyOf(some, size);
    }
}
