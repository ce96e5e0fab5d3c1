package io.natterjack.client;

import io.natterjack.core.CallSignal;
import io.natterjack.core.ChatException;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.Notify;
import io.natterjack.core.PresenceState;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import java.util.Optional;

/**
 * Hears how a client is doing.
 *
 * <p><b>Threads.</b> Called on the listener executor, one call at a time and in order, also among the calls of {@link
 * RoomListener}s. What it throws is logged and harms nobody.
 */
public interface ClientListener {
    /** The state has become another one. The first call is for {@link ClientState#CONNECTING}. */
    default void onState(ClientState state) {}

    /**
     * Something went wrong that the client gets over by itself, but that a person should know of: there is no connection, no
     * token could be had, a room's past was lost, the server doesn't hold to the protocol.
     *
     * <p>Why there is no connection is told the first time that one can't be had and whenever the reason becomes another, not
     * with each attempt; a connection that is lost is no alarm yet.
     *
     * @param alarm its message says what happened and what to look at, in English; it has no tokens, and text of a
     *     peer is escaped in it
     */
    default void onAlarm(ChatException alarm) {}

    /**
     * Something happened in a room of this user's inbox that this client hasn't joined; at most once a second. May be left out. Comes once
     * this client has asked for {@linkplain ChatClient#inbox an inbox}.
     */
    default void onBump(RoomId room, Cursor head, UserId sender, Optional<String> preview) {}

    /** This user was invited to a room, added to it, removed from it, or banned. The room list tells the same. May be left out. */
    default void onStanding(RoomId room, RoomChange.Member change, UserId by) {}

    /** Somebody who is watched is to be seen so from now on. */
    default void onPresence(UserId user, PresenceState state) {}

    /** This user has another setting of notifications in a room, by another device. */
    default void onNotifications(RoomId room, Notify notifications) {}

    /** A signal of a call. */
    default void onCall(RoomId room, UserId from, CallSignal signal) {}

    /**
     * The client has ended; the last call.
     *
     * @param reason {@link CloseReason#NORMAL} if the application closed it
     */
    default void onClosed(CloseReason reason) {}
}
