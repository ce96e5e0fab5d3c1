package io.natterjack.core.spi;

import io.natterjack.core.CloseReason;

/**
 * Hears what happens on one connection.
 *
 * <p><b>Threads.</b> Called by transport threads, one call at a time. Methods must not block and must not throw; they hand
 * the work on. What they throw all the same ends this connection and no other.
 */
public interface ConnectionListener {
    /** The peer sent something, if only a byte of a message or a pong: it is there. Called often, before what comes of it. */
    default void heard() {}

    /** The peer sent a text message. Its size is within the transport's limit; nothing else about it was checked. */
    void received(String text);

    /**
     * What waits unsent has fallen below the transport's low mark, after it had been at or above it. Reading {@link
     * Connection#queuedBytes} and waiting for this call never misses it.
     */
    void drained();

    /**
     * The connection is gone. Called exactly once and last.
     *
     * @param reason as the side that closed gave it, {@link CloseReason#ABNORMAL} if the connection broke
     */
    void closed(CloseReason reason);
}
