package io.natterjack.core.spi;

import io.natterjack.core.CloseReason;
import io.natterjack.core.wire.WireFrame;

/**
 * One end of a two-way stream of frames.
 *
 * <p><b>Threads.</b> Any thread may call any method, and none blocks or waits for the network.
 *
 * <p><b>Order.</b> Frames offered one after another arrive in that order, or the connection ends.
 */
public interface Connection {
    /** Returns a name for logs, unique in the process. */
    String id();

    /** Returns the peer's address as text, for logs and limits. */
    String remote();

    /**
     * Takes {@code frame} for sending behind all that was offered before. The bytes may be shared with other connections.
     *
     * @return false if it wasn't taken: the connection is closing, or what waits unsent would exceed the transport's limit.
     *     A caller that can't leave the frame out closes the connection with {@link CloseReason#SLOW_CONSUMER}.
     */
    boolean offer(WireFrame frame);

    /**
     * Takes {@code frame} for sending, or leaves it out: it says how something is now, and a newer one will say so again. While
     * it waits, a newer one of the same kind may take its place. What was offered before goes first; what is offered later may
     * overtake it. A peer that is behind by {@link Transport#lowMark} or more gets none.
     *
     * @param kind what a newer one replaces, with {@code equals} and {@code hashCode}
     */
    default void signal(Object kind, WireFrame frame) {
        // Nothing may be left out, either.
        offer(frame);
    }

    /** Returns how many bytes were taken and aren't yet with the operating system. */
    long queuedBytes();

    /**
     * Stops reading from the peer, or goes on. Frames that were read already may still be received after stopping, no more
     * than fit into one read buffer. The peer notices by TCP's own back-pressure.
     */
    void setReading(boolean reading);

    /**
     * Ends the connection: what was offered before leaves first, then the reason, and when the peer agrees or a short time
     * is over the connection is cut. With {@link CloseReason#SLOW_CONSUMER} nothing is waited for. Closing twice does
     * nothing.
     */
    void close(CloseReason reason);
}
