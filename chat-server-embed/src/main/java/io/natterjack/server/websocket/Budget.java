package io.natterjack.server.websocket;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes all connections of a transport together may hold of one sort. Each has a bound of its own; this one is for when
 * many come near theirs at once.
 *
 * <p><b>Threads.</b> Any.
 */
final class Budget {
    private final long max;
    private final AtomicLong used = new AtomicLong();

    Budget(long max) {
        this.max = max;
    }

    /** Counts bytes, whether or not there is room. */
    void add(long bytes) {
        used.addAndGet(bytes);
    }

    void give(long bytes) {
        used.addAndGet(-bytes);
    }

    boolean hasRoomFor(long bytes) {
        return used.get() + bytes <= max;
    }

    long used() {
        return used.get();
    }
}
