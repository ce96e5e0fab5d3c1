package io.natterjack.core.spi;

import io.natterjack.core.Permissions;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomView;

/**
 * Says what somebody may do in a room. Unstable until 1.0.
 *
 * <p>The answer is kept for as long as the session has the room joined and nothing there changes that could change it; else it is asked
 * for with each frame. So it must depend on its arguments and on nothing that changes by itself.
 *
 * <p>It isn't asked about a room whose {@linkplain io.natterjack.core.RoomId#isServersOwn name is the server's own} before that is created:
 * such a room is for nobody.
 *
 * <p><b>Threads.</b> Any thread calls, several at once. It must not block: it may run on threads that serve clients. What it throws
 * goes into the log, and refuses what was asked: a question as {@code internal}, all else as {@code unavailable}, which clients try again.
 */
@FunctionalInterface
public interface AccessPolicy {
    /** Returns what {@code who} may do in {@code room}; {@link Permissions#NONE} to have it answer as if it weren't there. */
    Permissions permissions(Principal who, RoomView room);
}
