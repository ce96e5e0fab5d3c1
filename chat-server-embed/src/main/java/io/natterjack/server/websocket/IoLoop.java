package io.natterjack.server.websocket;

import io.natterjack.core.spi.ConnectionHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that touches sockets: it accepts, reads, writes, watches deadlines, and calls listeners.
 *
 * <p>What other threads want waits in {@code attention}, which a connection is in once at most, so {@code maxConnections}
 * bounds it.
 *
 * <p><b>Threads.</b>
 *
 * <pre>
 *   any thread   attend, stopAccepting, stop, awaitEnd
 *   chat-io      all else
 * </pre>
 */
final class IoLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(IoLoop.class);
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Settings settings;
    private final ConnectionHandler handler;
    private final ServerSocketChannel listening;
    private final Selector selector;
    private final LongSupplier nanoTime;

    // Any thread.
    private final Queue<ServerConnection> attention = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final CountDownLatch deaf = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean accepting = true;
    private volatile boolean running = true;

    // chat-io only.
    private final SelectionKey acceptKey;
    private final Acceptor acceptor;
    private final Set<ServerConnection> connections = new HashSet<>();
    private final Deadlines<ServerConnection> requests;
    private final Deadlines<ServerConnection> endings;
    private final ByteBuffer readBuffer = ByteBuffer.allocate(BUFFER_BYTES);
    private final ByteBuffer writeBuffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

    /**
     * Makes a loop, to be run by a thread of its own.
     *
     * @param listening bound and not blocking; it and {@code selector} are closed by the loop
     */
    IoLoop(
            Settings settings,
            ConnectionHandler handler,
            ServerSocketChannel listening,
            Selector selector,
            LongSupplier nanoTime)
            throws IOException {
        this.settings = settings;
        this.handler = handler;
        this.listening = listening;
        this.selector = selector;
        this.nanoTime = nanoTime;
        this.acceptKey = listening.register(selector, SelectionKey.OP_ACCEPT);
        this.acceptor = new Acceptor(listening::accept);
        this.requests = new Deadlines<>(settings.handshakeTimeout());
        this.endings = new Deadlines<>(settings.closeTimeout());
    }

    /** Has {@link ServerConnection#attend} called soon. */
    void attend(ServerConnection connection) {
        attention.add(connection);
        wake();
    }

    /** Closes the listening socket; when {@link #awaitDeaf} returns, that is done. */
    void stopAccepting() {
        accepting = false;
        wake();
    }

    void stop() {
        running = false;
        wake();
    }

    boolean awaitDeaf(long millis) throws InterruptedException {
        return deaf.await(millis, TimeUnit.MILLISECONDS);
    }

    boolean awaitEnd(long millis) throws InterruptedException {
        return ended.await(millis, TimeUnit.MILLISECONDS);
    }

    private void wake() {
        if (woken.compareAndSet(false, true)) {
            selector.wakeup();
        }
    }

    ConnectionHandler handler() {
        return handler;
    }

    /** Returns the buffer that all connections write through, in any state. */
    ByteBuffer writeBuffer() {
        return writeBuffer;
    }

    void shookHands(ServerConnection connection) {
        requests.remove(connection);
    }

    void ending(ServerConnection connection) {
        requests.remove(connection);
        endings.add(connection, nanoTime.getAsLong());
    }

    void gone(ServerConnection connection) {
        connections.remove(connection);
        requests.remove(connection);
        endings.remove(connection);
    }

    @Override
    public void run() {
        try {
            while (running) {
                guardedTurn();
            }
        } finally {
            closeAll();
        }
    }

    /** Nothing that goes wrong in a turn may end the loop: no descriptor is left, say, and so a class can't be loaded. */
    private void guardedTurn() {
        try {
            turn();
        } catch (Throwable failure) {
            LOG.error("A turn of the I/O loop failed", failure);
            LockSupport.parkNanos(Acceptor.PAUSE_NANOS);
        }
    }

    private void turn() throws IOException {
        long now = nanoTime.getAsLong();
        updateAccepting(now);
        selector.select(this::ready, Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanosToSleep(now)) + 1));
        // Before the queue is read: who comes later wakes the next select.
        woken.set(false);
        for (int i = attention.size(); i > 0; i--) {
            ServerConnection connection = attention.poll();
            if (connection != null) {
                guarded(connection, ServerConnection::attend);
            }
        }
        now = nanoTime.getAsLong();
        requests.expire(now, IoLoop::cut);
        endings.expire(now, IoLoop::cut);
    }

    private long nanosToSleep(long now) {
        long nanos = acceptor.nanosToReady(now, IDLE_NANOS);
        nanos = requests.nanosToNext(now, nanos);
        return endings.nanosToNext(now, nanos);
    }

    private void updateAccepting(long now) throws IOException {
        if (!accepting) {
            stopListening();
        } else {
            boolean room = connections.size() < settings.maxConnections() && acceptor.isReady(now);
            acceptKey.interestOps(room ? SelectionKey.OP_ACCEPT : 0);
        }
    }

    private void stopListening() throws IOException {
        if (deaf.getCount() > 0) {
            listening.close();
            // A registered channel gives its port back only when a select has noticed.
            selector.selectNow(this::ready);
            deaf.countDown();
        }
    }

    private void ready(SelectionKey key) {
        if (key.attachment() instanceof ServerConnection connection) {
            guarded(connection, each -> each.ready(readBuffer));
        } else if (accepting) {
            acceptor.accept(nanoTime.getAsLong(), settings.maxConnections() - connections.size(), this::accepted);
        }
    }

    private static void guarded(ServerConnection connection, Consumer<ServerConnection> action) {
        try {
            action.accept(connection);
        } catch (Throwable failure) {
            LOG.error("Connection {} failed", connection.id(), failure);
            cut(connection);
        }
    }

    private static void cut(ServerConnection connection) {
        try {
            connection.cut();
        } catch (Throwable failure) {
            LOG.error("Connection {} couldn't be ended cleanly", connection.id(), failure);
        }
    }

    private void accepted(SocketChannel channel) {
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            String remote = remoteOf(channel);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            ServerConnection connection = new ServerConnection(channel, key, remote, settings, this);
            key.attach(connection);
            connections.add(connection);
            requests.add(connection, nanoTime.getAsLong());
        } catch (Throwable alreadyBroken) {
            LOG.debug("A connection broke before it was open", alreadyBroken);
            closeQuietly(channel);
        }
    }

    private static String remoteOf(SocketChannel channel) throws IOException {
        return channel.getRemoteAddress() instanceof InetSocketAddress address
                ? address.getAddress().getHostAddress()
                : "unknown";
    }

    private void closeAll() {
        try {
            List.copyOf(connections).forEach(IoLoop::cut);
            closeQuietly(listening);
            closeQuietly(selector);
        } finally {
            deaf.countDown();
            ended.countDown();
        }
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception alreadyBroken) {
            LOG.debug("Something didn't close cleanly", alreadyBroken);
        }
    }
}
