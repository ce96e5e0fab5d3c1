package io.natterjack.core;

import java.util.List;

/**
 * A place in a room's log: all up to and including event {@code seq} of {@code epoch}. The cursor of the last event is
 * the room's head.
 *
 * <p>A seq means nothing without its epoch: a store that may have forgotten what it told (memory after a restart, a
 * restored backup) begins a new epoch, so that an old seq never passes for a new one.
 */
public final class Cursor extends Value {
    /** The largest seq and epoch: what a JSON number keeps exactly in every language (2^53 - 1). */
    public static final long MAX = (1L << 53) - 1;

    private final long epoch;
    private final long seq;

    /**
     * Makes a cursor.
     *
     * @param epoch 1 to {@link #MAX}
     * @param seq 0 (before the first event) to {@link #MAX}
     */
    public Cursor(long epoch, long seq) {
        if (epoch < 1 || epoch > MAX || seq < 0 || seq > MAX) {
            throw new IllegalArgumentException(
                    "epoch must be 1 to 2^53-1 and seq 0 to 2^53-1, were " + epoch + " and " + seq);
        }
        this.epoch = epoch;
        this.seq = seq;
    }

    public long epoch() {
        return epoch;
    }

    public long seq() {
        return seq;
    }

    @Override
    protected List<?> parts() {
        return List.of(epoch, seq);
    }
}
