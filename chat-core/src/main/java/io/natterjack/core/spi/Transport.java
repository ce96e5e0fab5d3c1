package io.natterjack.core.spi;

import io.natterjack.core.TransportException;

/**
 * The server's side of what carries frames.
 *
 * <p><b>Threads.</b> {@link #start} and {@link #close} may block for a short, bounded time. The transport's own threads never
 * run host code and never wait for a peer: no peer, however slow or hostile, delays another or grows memory beyond the
 * transport's limits.
 *
 * <p>{@code TransportContract} in chat-testkit tests what is promised here.
 */
public interface Transport extends AutoCloseable {
    /**
     * Begins to accept connections; when this returns, clients can connect. Called once.
     *
     * @throws TransportException if the address can't be had; the message names it
     */
    void start(ConnectionHandler handler);

    /** Returns the port that is listened on, also where any free one was asked for; 0 if ports mean nothing here. */
    int port();

    /** Returns the size of the largest frame that is taken from a client, in bytes, at least 1,024. */
    int maxFrameBytes();

    /** Returns the size of unsent bytes of a connection from which on {@link ConnectionListener#drained} reports. */
    long lowMark();

    /** Refuses new connections from now on; those that are open stay. */
    void stopAccepting();

    /**
     * Ends: refuses new connections, cuts those still open as if they had been lost, gives the port back. All listeners have
     * heard {@link ConnectionListener#closed} when this returns. Closing twice does nothing.
     */
    @Override
    void close();
}
