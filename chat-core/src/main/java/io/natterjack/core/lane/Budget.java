package io.natterjack.core.lane;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of one sort all connections, sessions or rooms together may hold. Each has a bound of its own; this one is for when
 * many come near theirs at once.
 *
 * <p><b>Threads.</b> Any.
 */
public final class Budget {
    private final long max;
    private final AtomicLong used = new AtomicLong();

    /**
     * Makes one of which nothing is used.
     *
     * @param max bytes
     */
    public Budget(long max) {
        this.max = max;
    }

    /** Counts bytes, whether or not there is room. */
    public void add(long bytes) {
        used.addAndGet(bytes);
    }

    /** Counts bytes as held no more. */
    public void give(long bytes) {
        used.addAndGet(-bytes);
    }

    /** Tells whether so many bytes more would still be within it. */
    public boolean hasRoomFor(long bytes) {
        return used.get() + bytes <= max;
    }

    /** Tells whether there is no room for anything. */
    public boolean isUsedUp() {
        return !hasRoomFor(1);
    }

    /** Tells whether more is held than there is room for. */
    public boolean isExceeded() {
        return !hasRoomFor(0);
    }

    /** Returns how many bytes are held. */
    public long used() {
        return used.get();
    }
}
