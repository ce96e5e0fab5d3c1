package io.natterjack.testkit;

import io.natterjack.core.CloseReason;
import io.natterjack.core.TransportException;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionHandler;
import io.natterjack.core.spi.Connector;
import io.natterjack.core.spi.Transport;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A server's and its clients' transport in one process, without sockets. Bytes aren't copied, but queues have the bounds of a
 * real one: what a peer doesn't take stays in its sender's queue.
 *
 * <p>A connection whose peer doesn't read can't be closed in order; it is cut at once, as a real one is after a short time.
 *
 * <p><b>Threads.</b> Any thread may call. Listeners are called by tasks of the executor, each connection's one after another;
 * so on a {@link ManualScheduler} everything is deterministic, and happens when the test says so. {@link #close} alone calls
 * listeners of the server's side itself.
 */
public final class InMemoryTransport implements Transport {
    /** How many bytes may wait unsent for one connection. */
    public static final int MAX_QUEUED_BYTES = 1024 * 1024;
    /** Below how many {@code drained} reports. */
    public static final int LOW_MARK = 256 * 1024;
    /** The largest frame that the server's side takes, in bytes. */
    public static final int MAX_FRAME_BYTES = 64 * 1024;

    private final Executor executor;

    // Guarded by this.
    private final Set<InMemoryConnection> connections = new LinkedHashSet<>();
    private @Nullable ConnectionHandler handler;
    private boolean started;

    /** Makes a transport whose listeners run on {@code executor}. */
    public InMemoryTransport(Executor executor) {
        this.executor = executor;
    }

    /** Returns what connects to this transport, whatever URI it is given. */
    public Connector connector() {
        return (server, timeout, clientHandler) -> {
            CompletableFuture<Connection> connecting = new CompletableFuture<>();
            executor.execute(() -> connect(clientHandler, connecting));
            return connecting;
        };
    }

    /** Returns a URI to connect to. */
    public static URI uri() {
        return URI.create("memory://server/chat");
    }

    private void connect(ConnectionHandler clientHandler, CompletableFuture<Connection> connecting) {
        Object lock = new Object();
        InMemoryConnection client = new InMemoryConnection(
                "memory-client", lock, executor, Integer.MAX_VALUE, end -> connecting.completeExceptionally(refused()));
        InMemoryConnection server =
                new InMemoryConnection("memory-server", lock, executor, MAX_FRAME_BYTES, this::gone);
        ConnectionHandler serverHandler = admit(server);
        if (serverHandler == null) {
            connecting.completeExceptionally(refused());
            return;
        }
        client.join(server);
        server.open(serverHandler, () -> {});
        client.open(clientHandler, () -> connecting.complete(client));
    }

    private static TransportException refused() {
        return new TransportException("can't connect: nobody listens in memory");
    }

    private synchronized @Nullable ConnectionHandler admit(InMemoryConnection server) {
        if (handler != null) {
            connections.add(server);
        }
        return handler;
    }

    private synchronized void gone(InMemoryConnection connection) {
        connections.remove(connection);
    }

    @Override
    public synchronized void start(ConnectionHandler newHandler) {
        if (started) {
            throw new IllegalStateException("a transport is started once");
        }
        started = true;
        handler = newHandler;
    }

    @Override
    public int port() {
        return 0;
    }

    @Override
    public int maxFrameBytes() {
        return MAX_FRAME_BYTES;
    }

    @Override
    public long lowMark() {
        return LOW_MARK;
    }

    @Override
    public synchronized void stopAccepting() {
        handler = null;
    }

    /** Breaks all connections, as a failing network does. New ones are still accepted. */
    public void cutConnections() {
        for (InMemoryConnection connection : open()) {
            connection.lose(CloseReason.ABNORMAL);
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            started = true;
            handler = null;
        }
        for (InMemoryConnection connection : open()) {
            connection.loseNow();
        }
    }

    private synchronized List<InMemoryConnection> open() {
        return List.copyOf(connections);
    }
}
