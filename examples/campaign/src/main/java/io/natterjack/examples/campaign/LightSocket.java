package io.natterjack.examples.campaign;

import io.natterjack.core.CloseReason;
import io.natterjack.core.TransportException;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionHandler;
import io.natterjack.core.spi.ConnectionListener;
import io.natterjack.core.wire.WireFrame;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a {@link LightConnector}.
 *
 * <p><b>Threads.</b> Any thread may call what is {@link Connection}'s; all else is for the connector's thread, which alone touches the
 * socket.
 *
 * <p><b>Bounded.</b> 4 MiB unsent, then {@link #offer} returns false.
 */
final class LightSocket implements Connection, LightInput.Sink {
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final long MAX_UNSENT = 4L << 20;
    private static final long LOW_MARK = 256 << 10;

    private final String id = "light-" + NUMBERS.incrementAndGet();
    private final LightConnector connector;
    private final URI server;
    private final long deadline;
    private final ConnectionHandler handler;
    private final CompletableFuture<Connection> connected;
    private final AtomicReference<@Nullable CloseReason> reason = new AtomicReference<>();

    // Guarded by unsent.
    private final Deque<ByteBuffer> unsent = new ArrayDeque<>();
    private long unsentBytes;
    private boolean ended;

    // The connector's thread only.
    private final LightInput input = new LightInput(this);
    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;
    private @Nullable ConnectionListener listener;
    private boolean settled;
    private boolean reading = true;
    private boolean writing;

    LightSocket(
            LightConnector connector,
            URI server,
            long deadline,
            ConnectionHandler handler,
            CompletableFuture<Connection> connected) {
        this.connector = connector;
        this.server = server;
        this.deadline = deadline;
        this.handler = handler;
        this.connected = connected;
    }

    void open() {
        try {
            SocketChannel opened = SocketChannel.open();
            channel = opened;
            opened.configureBlocking(false);
            opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
            key = opened.register(connector.selector(), SelectionKey.OP_CONNECT, this);
            opened.connect(new InetSocketAddress(server.getHost(), server.getPort()));
        } catch (IOException failure) {
            cut();
        }
    }

    void checkDeadline(long now) {
        if (!settled && now - deadline >= 0) {
            cut();
        }
    }

    /** The socket can be connected, written or read. */
    void ready() {
        try {
            if (key != null && key.isValid() && key.isConnectable() && channel != null && channel.finishConnect()) {
                put(LightFrames.handshake(server));
                write();
            }
            if (key != null && key.isValid() && key.isWritable()) {
                write();
            }
            if (key != null && key.isValid() && key.isReadable()) {
                read();
            }
        } catch (IOException broken) {
            cut();
        }
    }

    private void read() throws IOException {
        if (channel == null) {
            return;
        }
        ByteBuffer in = connector.input();
        if (channel.read(in) < 0) {
            cut();
            return;
        }
        if (listener != null) {
            listener.heard();
        }
        input.read(in.flip());
    }

    /** Puts that behind what waits; tells whether nothing did. */
    private boolean put(ByteBuffer frame) {
        synchronized (unsent) {
            unsent.add(frame);
            unsentBytes += frame.remaining();
            return unsent.size() == 1;
        }
    }

    private void write() throws IOException {
        ByteBuffer next = peek();
        while (next != null && channel != null) {
            int bytes = channel.write(next);
            boolean whole = !next.hasRemaining();
            if (hasFallenBelowMark(bytes, whole) && listener != null) {
                listener.drained();
            }
            if (!whole) {
                break;
            }
            next = peek();
        }
        writing = next != null;
        updateInterest();
        if (next == null && reason.get() != null) {
            cut(); // it has said why
        }
    }

    private @Nullable ByteBuffer peek() {
        synchronized (unsent) {
            return unsent.peek();
        }
    }

    private boolean hasFallenBelowMark(int bytes, boolean whole) {
        synchronized (unsent) {
            if (whole) {
                unsent.remove();
            }
            unsentBytes -= bytes;
            return unsentBytes < LOW_MARK && unsentBytes + bytes >= LOW_MARK;
        }
    }

    private void updateInterest() {
        if (key != null && key.isValid()) {
            key.interestOps((reading ? SelectionKey.OP_READ : 0) | (writing ? SelectionKey.OP_WRITE : 0));
        }
    }

    private void flush() {
        try {
            if (settled) {
                write();
            }
        } catch (IOException broken) {
            cut();
        }
    }

    @Override
    public void opened() {
        if (!settled) {
            settled = true;
            connector.settled(this);
            listener = handler.opened(this);
            connected.complete(this);
            flush();
        }
    }

    @Override
    public void text(String text) {
        if (listener != null) {
            listener.received(text);
        }
    }

    @Override
    public void pinged(byte[] payload) {
        put(LightFrames.of(LightFrames.PONG, ByteBuffer.wrap(payload)));
        flush();
    }

    @Override
    public void closes(int code) {
        boolean sensible = code >= 1000 && code <= 4999;
        reason.compareAndSet(null, sensible ? CloseReason.of(code) : CloseReason.WEBSOCKET_PROTOCOL);
        cut();
    }

    /** Ends it at once. */
    void cut() {
        if (channel == null && settled) {
            return;
        }
        synchronized (unsent) {
            ended = true;
        }
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException nothingToDo) {
            // What counts is that it is closed.
        }
        channel = null;
        key = null;
        if (!settled) {
            settled = true;
            connector.settled(this);
            connected.completeExceptionally(new TransportException("can't connect to " + server));
        }
        reason.compareAndSet(null, CloseReason.ABNORMAL);
        CloseReason why = reason.get();
        ConnectionListener to = listener;
        listener = null;
        if (to != null && why != null) {
            to.closed(why);
        }
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String remote() {
        return server.getHost();
    }

    @Override
    public boolean offer(WireFrame frame) {
        ByteBuffer bytes = LightFrames.of(LightFrames.TEXT, frame.bytes());
        boolean first;
        synchronized (unsent) {
            if (ended || reason.get() != null || unsentBytes + bytes.remaining() > MAX_UNSENT) {
                return false;
            }
            first = put(bytes);
        }
        if (first) {
            connector.execute(this::flush);
        }
        return true;
    }

    @Override
    public long queuedBytes() {
        synchronized (unsent) {
            return unsentBytes;
        }
    }

    @Override
    public void setReading(boolean wanted) {
        connector.execute(() -> {
            reading = wanted;
            updateInterest();
        });
    }

    @Override
    public void close(CloseReason why) {
        if (!reason.compareAndSet(null, why)) {
            return;
        }
        if (why.equals(CloseReason.SLOW_CONSUMER)) {
            connector.execute(this::cut);
        } else {
            put(LightFrames.of(
                    LightFrames.CLOSE,
                    ByteBuffer.allocate(2).putShort((short) why.code()).flip()));
            connector.execute(this::flush);
        }
    }
}
