package io.natterjack.examples.campaign;

import io.natterjack.core.TransportException;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionHandler;
import io.natterjack.core.spi.Connector;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Opens the connections of thousands of clients with one thread for all. Only for {@code ws}, and for servers that send every message
 * in one frame.
 *
 * <p><b>Threads.</b> Any thread may call. One of its own, {@code campaign-sockets}, does all that has to do with sockets, and calls
 * handlers and listeners.
 *
 * <p><b>Bounded.</b> What waits for the thread is a few tasks a connection.
 */
final class LightConnector implements Connector, AutoCloseable {
    private static final int READ_BYTES = 256 << 10;
    private static final long LOOK_MILLIS = 100;

    private final Selector selector;
    private final Thread thread = new Thread(this::run, "campaign-sockets");
    private volatile boolean closed;

    // Guarded by tasks.
    private final Deque<Runnable> tasks = new ArrayDeque<>();

    // The own thread only.
    private final ByteBuffer input = ByteBuffer.allocateDirect(READ_BYTES);
    private final Set<LightSocket> opening = new HashSet<>();
    private long lookAt = System.nanoTime();

    LightConnector() throws IOException {
        selector = Selector.open();
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public CompletionStage<Connection> connect(URI server, Duration timeout, ConnectionHandler handler) {
        CompletableFuture<Connection> connected = new CompletableFuture<>();
        long deadline = System.nanoTime() + timeout.toNanos();
        if (closed) {
            connected.completeExceptionally(new TransportException("closed"));
        } else {
            execute(() -> {
                LightSocket socket = new LightSocket(this, server, deadline, handler, connected);
                opening.add(socket);
                socket.open();
            });
        }
        return connected;
    }

    /** Has the own thread do that, soon. */
    void execute(Runnable task) {
        boolean first;
        synchronized (tasks) {
            first = tasks.isEmpty();
            tasks.add(task);
        }
        if (first) {
            selector.wakeup();
        }
    }

    Selector selector() {
        return selector;
    }

    /** Returns the buffer for what is read, empty. The own thread only. */
    ByteBuffer input() {
        return input.clear();
    }

    /** That one is open, or has failed. The own thread only. */
    void settled(LightSocket socket) {
        opening.remove(socket);
    }

    private void run() {
        while (!closed) {
            try {
                selector.select(LightConnector::ready, LOOK_MILLIS);
            } catch (IOException broken) {
                throw new IllegalStateException(broken);
            }
            runTasks();
            long now = System.nanoTime();
            if (now - lookAt >= 0) {
                lookAt = now + LOOK_MILLIS * 1_000_000;
                List.copyOf(opening).forEach(socket -> socket.checkDeadline(now));
            }
        }
        end();
    }

    private static void ready(SelectionKey key) {
        ((LightSocket) key.attachment()).ready();
    }

    private void runTasks() {
        Deque<Runnable> due;
        synchronized (tasks) {
            due = new ArrayDeque<>(tasks);
            tasks.clear();
        }
        due.forEach(Runnable::run);
    }

    private void end() {
        runTasks();
        selector.keys().forEach(key -> ((LightSocket) key.attachment()).cut());
        try {
            selector.close();
        } catch (IOException nothingToDo) {
            // The sockets are closed, which was what counts.
        }
    }

    /** Cuts all connections. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
    }
}
