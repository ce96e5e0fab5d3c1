package io.natterjack.server.engine;

import io.natterjack.core.Cursor;
import io.natterjack.core.RoomId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How far rooms are known to have got, of those in which something happened lately. Forgets the rooms that it heard of longest ago.
 *
 * <p><b>Bounded.</b> {@value #MAX_YOUNG} rooms, twice.
 *
 * <p><b>Threads.</b> Any.
 */
final class KnownHeads {
    private static final int MAX_YOUNG = 50_000;

    private volatile Map<RoomId, Cursor> young = new ConcurrentHashMap<>();
    private volatile Map<RoomId, Cursor> old = new ConcurrentHashMap<>();

    void add(RoomId room, Cursor head) {
        if (young.size() >= MAX_YOUNG) {
            age();
        }
        young.merge(room, head, (one, other) -> isBeyond(one, other) ? one : other);
    }

    private synchronized void age() {
        if (young.size() >= MAX_YOUNG) {
            old = young;
            young = new ConcurrentHashMap<>();
        }
    }

    private static boolean isBeyond(Cursor one, Cursor other) {
        return one.epoch() > other.epoch() || one.epoch() == other.epoch() && one.seq() >= other.seq();
    }

    /** Tells whether the room is known to have got there. */
    boolean has(RoomId room, Cursor head) {
        Cursor known = known(room);
        return known != null && isBeyond(known, head);
    }

    /** Returns how far the room is known to have got in that epoch; 0 if nothing is known. */
    long seq(RoomId room, long epoch) {
        Cursor known = known(room);
        return known != null && known.epoch() == epoch ? known.seq() : 0;
    }

    private @Nullable Cursor known(RoomId room) {
        Cursor known = young.get(room);
        return known != null ? known : old.get(room);
    }
}
