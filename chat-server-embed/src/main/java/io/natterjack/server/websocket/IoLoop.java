package io.natterjack.server.websocket;

import io.natterjack.core.lane.Budget;
import io.natterjack.core.lane.Seldom;
import io.natterjack.core.spi.ConnectionHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of the threads that belong to sockets: it reads, writes what sockets didn't take at once, watches deadlines, and calls
 * listeners, for the connections that are its own. One of the loops of a transport has a {@link Listening} too.
 *
 * <p>What other threads want waits in two queues. A connection is in each once at most, so {@code maxConnections} bounds them.
 *
 * <p><b>Threads.</b>
 *
 * <pre>
 *   any thread      attend, adopt, wake, stop, awaitEnd, isCurrentThread
 *   chat-io-N, one  all else
 * </pre>
 */
final class IoLoop implements Runnable {
    /** What a selection key stands for. */
    interface Selected {
        void ready();
    }

    /** What all loops of a transport share. */
    record Shared(
            Settings settings,
            ConnectionHandler handler,
            Admission admission,
            Outbox.Bounds outbox,
            Budget unfinished,
            Links links) {}

    /** Makes the link of a new connection. */
    @FunctionalInterface
    interface Links {
        /**
         * Makes a link.
         *
         * @param wakeUp has the connection attended, from any thread
         */
        ByteLink over(SocketChannel channel, Runnable wakeUp) throws IOException;
    }

    private record Arrival(SocketChannel channel, Peer peer) {}

    private static final Logger LOG = LoggerFactory.getLogger(IoLoop.class);
    private static final int BUFFER_BYTES = 64 << 10;
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Shared shared;
    private final Selector selector;
    private final Thread thread;

    // Any thread.
    private final Queue<Arrival> arrivals = new ConcurrentLinkedQueue<>();
    private final Queue<ServerConnection> attention = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean running = true;

    // The loop's thread only, once it runs.
    private @Nullable Listening listening;
    private final FrameParser parser;
    private final Deadlines<ServerConnection> requests;
    private final Deadlines<ServerConnection> endings;
    private final ByteBuffer readBuffer = ByteBuffer.allocate(BUFFER_BYTES);
    private long now = System.nanoTime();
    private boolean nowIsOld;
    private final Seldom refusals = new Seldom(this::now);

    /**
     * Makes a loop that is yet to be started.
     *
     * @param selector closed by the loop
     */
    IoLoop(String threadName, Shared shared, Selector selector) {
        this.shared = shared;
        this.selector = selector;
        this.thread = new Thread(this, threadName);
        Settings.Limits limits = shared.settings().limits();
        this.parser = new FrameParser(limits.frameBytes());
        this.requests = new Deadlines<>(limits.handshakeTime());
        this.endings = new Deadlines<>(limits.closeTime());
    }

    /** Has this loop accept connections as well; before it is started. */
    void listen(Listening socket) {
        listening = socket;
    }

    void start() {
        thread.start();
    }

    boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    /** Has {@link ServerConnection#attend} called soon. */
    void attend(ServerConnection connection) {
        attention.add(connection);
        wake();
    }

    /** Takes over a connection that was accepted, and counted. */
    void adopt(SocketChannel channel, Peer peer) {
        arrivals.add(new Arrival(channel, peer));
        wake();
    }

    void stop() {
        running = false;
        wake();
    }

    boolean awaitEnd(long millis) throws InterruptedException {
        return ended.await(millis, TimeUnit.MILLISECONDS);
    }

    void wake() {
        if (!isCurrentThread() && !woken.get() && woken.compareAndSet(false, true)) {
            selector.wakeup();
        }
    }

    Shared shared() {
        return shared;
    }

    FrameParser parser() {
        return parser;
    }

    /** Returns the buffer that all connections are read into, in any state. */
    ByteBuffer readBuffer() {
        return readBuffer;
    }

    /** Tells whether a refused request may have a line in the log: one a second, for anybody can provoke them. */
    boolean mayLogRefusal() {
        return refusals.take().isPresent();
    }

    /** Returns the time in nanoseconds, looked up once a turn. */
    long now() {
        if (nowIsOld) {
            now = System.nanoTime();
            nowIsOld = false;
        }
        return now;
    }

    void shookHands(ServerConnection connection) {
        requests.remove(connection);
    }

    void ending(ServerConnection connection) {
        requests.remove(connection);
        endings.add(connection, now());
    }

    void gone(ServerConnection connection) {
        requests.remove(connection);
        endings.remove(connection);
        shared.admission().leave();
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
        nowIsOld = true;
        if (listening != null) {
            listening.update(now());
        }
        long nanos = attention.isEmpty() && arrivals.isEmpty() ? nanosToSleep() : 0;
        nowIsOld = true;
        if (nanos == 0) {
            selector.selectNow(this::ready);
        } else {
            selector.select(this::ready, TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
        }
        // Before the queues are read: who comes later wakes the next select.
        woken.set(false);
        for (Arrival next = arrivals.poll(); next != null; next = arrivals.poll()) {
            register(next);
        }
        for (int i = attention.size(); i > 0; i--) {
            ServerConnection connection = attention.poll();
            if (connection != null) {
                guarded(connection, ServerConnection::attend);
            }
        }
        requests.expire(now(), IoLoop::cut);
        endings.expire(now(), IoLoop::cut);
    }

    private long nanosToSleep() {
        long nanos = listening == null ? IDLE_NANOS : listening.nanosToReady(now(), IDLE_NANOS);
        nanos = requests.nanosToNext(now(), nanos);
        return Math.max(1, endings.nanosToNext(now(), nanos));
    }

    private void ready(SelectionKey key) {
        if (key.attachment() instanceof ServerConnection connection) {
            guarded(connection, ServerConnection::ready);
        } else if (listening != null) {
            listening.ready();
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

    /** Makes a connection of a socket that is counted already; one that breaks meanwhile is counted out again. */
    private void register(Arrival arrival) {
        try {
            SelectionKey key = arrival.channel.register(selector, SelectionKey.OP_READ);
            ServerConnection[] made = new ServerConnection[1];
            ByteLink link = shared.links().over(arrival.channel, () -> made[0].askForAttention());
            made[0] = new ServerConnection(this, key, arrival.peer, link);
            key.attach(made[0]);
            requests.add(made[0], now());
        } catch (Throwable alreadyBroken) {
            LOG.debug("A connection broke before it was open", alreadyBroken);
            giveUp(arrival);
        }
    }

    private void giveUp(Arrival arrival) {
        arrival.peer.leaves();
        shared.admission().leave();
        closeQuietly(arrival.channel);
    }

    private void closeAll() {
        try {
            for (SelectionKey key : List.copyOf(selector.keys())) {
                if (key.attachment() instanceof ServerConnection connection) {
                    cut(connection);
                }
            }
            for (Arrival next = arrivals.poll(); next != null; next = arrivals.poll()) {
                giveUp(next);
            }
            if (listening != null) {
                listening.close();
            }
            closeQuietly(selector);
        } finally {
            ended.countDown();
        }
    }

    static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception alreadyBroken) {
            LOG.debug("Something didn't close cleanly", alreadyBroken);
        }
    }
}
