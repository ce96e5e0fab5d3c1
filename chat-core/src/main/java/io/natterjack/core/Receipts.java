package io.natterjack.core;

import java.util.List;

/** How far a message has come with the members of its room, but for its sender. */
public final class Receipts extends Value {
    /** The most readers that are named. */
    public static final int MAX_READERS = 100;

    private final int of;
    private final int delivered;
    private final int read;
    private final List<UserId> readers;

    /**
     * Makes receipts.
     *
     * @param of how many members there are without the sender
     * @param delivered to how many it was delivered
     * @param read how many have read it
     * @param readers who has; those whose names come first, if they are more than {@value #MAX_READERS}
     */
    public Receipts(int of, int delivered, int read, List<UserId> readers) {
        this.of = of;
        this.delivered = delivered;
        this.read = read;
        this.readers = List.copyOf(readers);
    }

    /** Returns how many members there are without the sender. */
    public int of() {
        return of;
    }

    /** Returns to how many of them it was delivered. */
    public int delivered() {
        return delivered;
    }

    /** Returns how many of them have read it. */
    public int read() {
        return read;
    }

    /** Returns who has read it, at most {@value #MAX_READERS}. */
    public List<UserId> readers() {
        return readers;
    }

    @Override
    protected List<?> parts() {
        return List.of(of, delivered, read, readers);
    }
}
