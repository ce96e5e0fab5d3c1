package io.natterjack.client;

import io.natterjack.core.ChatException;
import io.natterjack.core.CloseReason;

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
     * Something went wrong that the client gets over by itself, but that a person should know of: no token could be had, a
     * room's past was lost, the server doesn't hold to the protocol.
     */
    default void onAlarm(ChatException alarm) {}

    /**
     * The client has ended; the last call.
     *
     * @param reason {@link CloseReason#NORMAL} if the application closed it
     */
    default void onClosed(CloseReason reason) {}
}
