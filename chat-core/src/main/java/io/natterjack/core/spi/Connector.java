package io.natterjack.core.spi;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * The client's side of what carries frames.
 *
 * <p><b>Threads.</b> Any thread may call; no method waits for the network.
 */
@FunctionalInterface
public interface Connector {
    /**
     * Opens a connection. {@code handler} is told of it before the stage completes.
     *
     * @param timeout for the whole of it: name, TCP, TLS, handshake
     * @return a stage that completes with the connection, or fails with {@link io.natterjack.core.TransportException}; then
     *     {@code handler} was never called
     */
    CompletionStage<Connection> connect(URI server, Duration timeout, ConnectionHandler handler);
}
