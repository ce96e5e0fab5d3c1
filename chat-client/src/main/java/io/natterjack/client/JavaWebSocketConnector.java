package io.natterjack.client;

import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionHandler;
import io.natterjack.core.spi.Connector;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Opens WebSocket connections, {@code ws} and {@code wss}, on the JVM and on Android.
 *
 * <p>Java-WebSocket shakes hands and reads and writes frames; sockets and threads are our own, because only so can
 * it bound what waits, stop reading, keep a deadline, and never hang on a peer that doesn't answer. On {@code wss} the
 * certificate must be one that the platform trusts, and must be the host's.
 *
 * <p><b>Threads.</b> Two daemon threads a connection, {@code chat-socket-N-read} and {@code chat-socket-N-write}, and a third,
 * {@code chat-socket-N-close}, for the moment of closing.
 *
 * <p><b>Bounded.</b> Unsent: 4 MiB, then {@link Connection#offer} returns false. Received: messages of 1 MiB, one at a time.
 */
public final class JavaWebSocketConnector implements Connector {
    /** Makes a connector. It holds nothing of its own and needs no closing. */
    public JavaWebSocketConnector() {}

    @Override
    public CompletionStage<Connection> connect(URI server, Duration timeout, ConnectionHandler handler) {
        return new JavaWebSocketConnection(server, timeout, handler).start();
    }
}
