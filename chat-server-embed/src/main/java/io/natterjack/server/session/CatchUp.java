package io.natterjack.server.session;

import io.natterjack.core.Cursor;
import io.natterjack.core.wire.ServerFrame.Joined.Mode;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a client that joins a room comes to where the room is.
 *
 * @param after the seq behind which it is brought what happened
 * @param base above this seq the client has seen what isn't of the room's past; nothing if that isn't so
 */
record CatchUp(Mode mode, long after, OptionalLong base) {
    /**
     * Decides it.
     *
     * @param cursor what the client has seen; nothing if it comes for the first time
     * @param tail of how many events somebody who comes for the first time is told
     * @param floor up to here the room shows nothing to the user
     * @param maxReplay the most events that are brought to somebody who missed them
     */
    static CatchUp of(Optional<Cursor> cursor, int tail, Cursor head, long floor, long maxReplay) {
        if (cursor.isEmpty()) {
            return behind(Math.max(floor, head.seq() - tail), head);
        }
        Cursor known = cursor.get();
        if (known.epoch() != head.epoch()) {
            return new CatchUp(Mode.GAP, head.seq(), OptionalLong.of(0));
        }
        if (isAhead(cursor, head)) {
            return new CatchUp(Mode.GAP, head.seq(), OptionalLong.of(head.seq()));
        }
        // What isn't there any more, or not for this user, can't be replayed.
        if (head.seq() - known.seq() > maxReplay || known.seq() < floor) {
            return new CatchUp(Mode.GAP, head.seq(), OptionalLong.empty());
        }
        return behind(known.seq(), head);
    }

    private static CatchUp behind(long seq, Cursor head) {
        return new CatchUp(seq == head.seq() ? Mode.LIVE : Mode.REPLAY, seq, OptionalLong.empty());
    }

    /** Tells whether a client says that it has seen more than there is. */
    static boolean isAhead(Optional<Cursor> cursor, Cursor head) {
        return cursor.isPresent()
                && cursor.get().epoch() == head.epoch()
                && cursor.get().seq() > head.seq();
    }
}
