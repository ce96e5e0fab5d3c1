package io.natterjack.testkit;

import io.natterjack.core.TransportException;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionHandler;
import io.natterjack.core.spi.Connector;
import io.natterjack.core.wire.Frame;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Connects with the WebSocket client of the JDK: a peer that shares no code with ours.
 *
 * <p>Up to {@value HttpClientConnection#MAX_QUEUED_BYTES} bytes may wait unsent for a connection, and {@code drained} is told
 * below {@value HttpClientConnection#LOW_MARK}.
 *
 * <p>The JDK's client doesn't always notice that a connection was lost (seen with 17.0.15, soon after it had received much):
 * a test that needs to be sure closes the connection.
 *
 * <p><b>Threads.</b> Any. Connections run on daemon threads named {@code chat-test-http}, which end with {@link #close}.
 */
public final class HttpClientConnector implements Connector, AutoCloseable {
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "chat-test-http");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpClient client = HttpClient.newBuilder().executor(threads).build();

    /** Makes a connector. */
    public HttpClientConnector() {}

    @Override
    public CompletionStage<Connection> connect(URI server, Duration timeout, ConnectionHandler handler) {
        HttpClientConnection connection = new HttpClientConnection(server, handler, threads);
        CompletableFuture<WebSocket> opening = client.newWebSocketBuilder()
                .subprotocols(Frame.SUBPROTOCOL)
                .connectTimeout(timeout)
                .buildAsync(server, connection);
        return opening.handle((webSocket, failure) -> {
            if (failure != null) {
                throw new TransportException("can't connect to " + server, unwrapped(failure));
            }
            return connection;
        });
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** Ends the threads; connections that are open break. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
