package io.natterjack.client;

import io.natterjack.core.CloseReason;
import io.natterjack.core.TransportException;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionHandler;
import io.natterjack.core.spi.ConnectionListener;
import io.natterjack.core.wire.Frame;
import io.natterjack.core.wire.WireFrame;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketAdapter;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.exceptions.InvalidHandshakeException;
import org.java_websocket.framing.Framedata;
import org.java_websocket.handshake.HandshakeImpl1Client;
import org.java_websocket.handshake.Handshakedata;
import org.java_websocket.protocols.Protocol;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of a {@link JavaWebSocketConnector}, from before it is open to after its end.
 *
 * <p><b>Threads.</b>
 *
 * <pre>
 *   read thread    opens, shakes hands, decodes; received. Waits here while reading is stopped
 *   write thread   watches the deadline of opening, then writes; drained, closed
 *   close thread   cuts the connection if the peer or a stuck write delays the end
 *   any thread     offer, queuedBytes, setReading, close
 * </pre>
 */
final class JavaWebSocketConnection extends WebSocketAdapter implements Connection {
    private static final Logger LOG = LoggerFactory.getLogger(JavaWebSocketConnection.class);
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    static final int MAX_MESSAGE_BYTES = 1 << 20;
    static final long MAX_UNSENT_BYTES = 4L << 20;

    /** Below this size of unsent bytes {@link ConnectionListener#drained} is called. */
    static final long LOW_MARK = 256 * 1024;

    private static final int READ_BUFFER_BYTES = 16 * 1024;
    private static final int MAX_HANDSHAKE_BYTES = 16 * 1024;
    private static final long CLOSE_MILLIS = 1_000;

    private final String id = "socket-" + NUMBERS.incrementAndGet();
    private final URI server;
    private final Duration timeout;
    private final ConnectionHandler handler;
    private final ClientSocket socket;
    private final WebSocketImpl codec;
    private final OutgoingBytes outgoing = new OutgoingBytes();
    private final ReadGate gate = new ReadGate();
    private final CompletableFuture<Connection> connected = new CompletableFuture<>();

    /** Whether it is decided that the connection is open, or that it failed. */
    private final AtomicBoolean settled = new AtomicBoolean();

    private final CountDownLatch opening = new CountDownLatch(1);
    private final CountDownLatch reading = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<@Nullable CloseReason> reason = new AtomicReference<>();
    private final Object offers = new Object();
    private final Object moving = new Object();

    /** Keeps the listener's calls one at a time; both callers are this connection's own threads. */
    private final Object turn = new Object();

    // Written by the read thread before the latch opening, read by the others after it.
    private volatile @Nullable ConnectionListener listener;

    // Read thread only.
    private long bytesSinceMessage;
    private int firstByte = -1;

    /** Why the codec didn't take the answer to the handshake; empty if it did. */
    private volatile String refusal = "";

    JavaWebSocketConnection(URI server, Duration timeout, ConnectionHandler handler) {
        this.timeout = timeout;
        this.handler = handler;
        this.socket = new ClientSocket(server);
        Draft_6455 draft = new Draft_6455(
                Collections.emptyList(), Collections.singletonList(new Protocol(Frame.SUBPROTOCOL)), MAX_MESSAGE_BYTES);
        this.codec = new WebSocketImpl(this, draft);
        this.server = server;
    }

    /** Begins to open it. Returns a stage that completes when it is open, or fails with a {@link TransportException}. */
    CompletionStage<Connection> start() {
        startThread("read", this::read);
        startThread("write", this::write);
        return connected;
    }

    private void startThread(String role, Runnable task) {
        Thread thread = new Thread(task, "chat-" + id + "-" + role);
        thread.setDaemon(true);
        thread.start();
    }

    // Opening.

    private void read() {
        try {
            socket.open((int) Math.min(timeout.toMillis() + 1, Integer.MAX_VALUE));
            shakeHands();
            readToEnd(socket.in());
        } catch (Exception | LinkageError | StackOverflowError broken) {
            LOG.debug("{} ended", id, broken);
            fail(() -> NoConnection.because(server, broken));
        } finally {
            fail(() -> NoConnection.noWebSocket(server, refusal, firstByte));
            endWriting();
            reading.countDown();
        }
    }

    private void shakeHands() throws IOException, InvalidHandshakeException {
        HandshakeImpl1Client request = new HandshakeImpl1Client();
        String path = server.getRawPath();
        String query = server.getRawQuery();
        request.setResourceDescriptor(
                (path == null || path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query));
        request.put("Host", socket.host());
        codec.startHandshake(request);
        for (ByteBuffer buffer = outgoing.poll(); buffer != null; buffer = outgoing.poll()) {
            writeOne(buffer, socket.out());
        }
    }

    private void fail(Supplier<TransportException> why) {
        if (settled.compareAndSet(false, true)) {
            connected.completeExceptionally(why.get());
            opening.countDown();
            socket.cut();
        }
    }

    @Override
    public void onWebsocketOpen(WebSocket ws, Handshakedata handshake) {
        if (settled.compareAndSet(false, true)) {
            try {
                listener = handler.opened(this);
            } finally {
                opening.countDown();
                connected.complete(this);
            }
        }
    }

    // Reading.

    private void readToEnd(InputStream in) throws IOException, InterruptedException {
        byte[] buffer = new byte[READ_BUFFER_BYTES];
        for (int n = in.read(buffer); n != -1; n = in.read(buffer)) {
            if (codec.isClosing() || codec.isClosed()) {
                continue; // only the end is of interest
            }
            bytesSinceMessage += n;
            firstByte = firstByte < 0 ? buffer[0] & 0xff : firstByte;
            // The codec's own limit doesn't count all fragments, nor the handshake.
            if (bytesSinceMessage > (settled.get() ? MAX_MESSAGE_BYTES + 64 * 1024 : MAX_HANDSHAKE_BYTES)) {
                endFaulty(CloseReason.MESSAGE_TOO_BIG);
                return;
            }
            codec.decode(ByteBuffer.wrap(buffer, 0, n));
            if (!settled.get() && !codec.isOpen() && codec.isFlushAndClose()) {
                return; // the answer to the handshake wasn't one
            }
            gate.pass();
        }
    }

    @Override
    public void setReading(boolean wanted) {
        gate.setOpen(wanted);
    }

    @Override
    public void onWebsocketMessage(WebSocket ws, String message) {
        bytesSinceMessage = 0;
        ConnectionListener to = listener;
        if (to != null) {
            synchronized (turn) {
                to.received(message);
            }
        }
    }

    @Override
    public void onWebsocketMessage(WebSocket ws, ByteBuffer binary) {
        if (endFaulty(CloseReason.UNACCEPTABLE_TYPE)) {
            codec.close(CloseReason.UNACCEPTABLE_TYPE.code());
        }
    }

    /**
     * Ends it because of what the peer sent. That isn't the peer's word, so it doesn't say either that nobody shall come back. Returns
     * false if it has ended already.
     */
    private boolean endFaulty(CloseReason fault) {
        if (!reason.compareAndSet(null, CloseReason.ABNORMAL)) {
            return false;
        }
        if (listener instanceof FaultListener to) {
            synchronized (turn) {
                to.faulty(fault);
            }
        }
        return true;
    }

    @Override
    public void onWebsocketPing(WebSocket ws, Framedata ping) {
        if (outgoing.size() < MAX_UNSENT_BYTES) {
            super.onWebsocketPing(ws, ping);
        }
    }

    // Writing.

    @Override
    public boolean offer(WireFrame frame) {
        synchronized (offers) {
            if (!codec.isOpen() || outgoing.size() + frame.size() > MAX_UNSENT_BYTES) {
                return false;
            }
            try {
                codec.send(frame.text());
                return true;
            } catch (RuntimeException closedMeanwhile) {
                return false;
            }
        }
    }

    @Override
    public void onWriteDemand(WebSocket ws) {
        synchronized (moving) {
            for (ByteBuffer buffer = codec.outQueue.poll(); buffer != null; buffer = codec.outQueue.poll()) {
                outgoing.add(buffer);
            }
        }
    }

    @Override
    public long queuedBytes() {
        return outgoing.size();
    }

    private void write() {
        try {
            if (!opening.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                fail(() -> NoConnection.inTime(server, timeout));
            }
            opening.await();
            if (listener != null) {
                writeToEnd();
            }
        } catch (InterruptedException nobodyDoesThat) {
            Thread.currentThread().interrupt();
        } finally {
            socket.cut();
            ended.countDown();
        }
    }

    private void writeToEnd() throws InterruptedException {
        try {
            OutputStream out = socket.out();
            for (ByteBuffer buffer = outgoing.next(); buffer != null; buffer = outgoing.next()) {
                writeOne(buffer, out);
            }
            reading.await(CLOSE_MILLIS, TimeUnit.MILLISECONDS); // the peer closes too
        } catch (IOException broken) {
            LOG.debug("{} can't be written to", id, broken);
        }
        socket.cut();
        endWriting();
        reading.await();
        reason.compareAndSet(null, CloseReason.ABNORMAL);
        CloseReason why = reason.get();
        ConnectionListener to = listener;
        if (to != null && why != null) {
            synchronized (turn) {
                to.closed(why);
            }
        }
    }

    private void writeOne(ByteBuffer buffer, OutputStream out) throws IOException {
        int bytes = buffer.remaining();
        out.write(buffer.array(), buffer.arrayOffset() + buffer.position(), bytes);
        out.flush();
        long left = outgoing.written(bytes);
        ConnectionListener to = listener;
        if (to != null && left < LOW_MARK && left + bytes >= LOW_MARK) {
            synchronized (turn) {
                to.drained();
            }
        }
    }

    // Closing.

    @Override
    public void close(CloseReason why) {
        if (!reason.compareAndSet(null, why)) {
            return;
        }
        if (why.equals(CloseReason.SLOW_CONSUMER)) {
            endWriting();
            socket.cut();
        } else {
            codec.close(why.code());
        }
    }

    /** The codec has said its last: by our wish, the peer's, or because of what the peer sent. */
    @Override
    public void onWebsocketClosing(WebSocket ws, int code, @Nullable String text, boolean remote) {
        CloseReason why = code >= 1000 && code <= 4999 ? CloseReason.of(code) : CloseReason.WEBSOCKET_PROTOCOL;
        if (remote) {
            reason.compareAndSet(null, why);
        } else {
            endFaulty(why);
        }
        endWriting();
        if (!settled.get() && text != null && !text.isEmpty()) {
            refusal = text;
        }
        if (settled.get()) {
            startThread("close", this::cutIfStuck);
        }
    }

    private void cutIfStuck() {
        try {
            ended.await(2 * CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException nobodyDoesThat) {
            Thread.currentThread().interrupt();
        }
        socket.cut();
    }

    private void endWriting() {
        outgoing.end();
        gate.end();
    }

    @Override
    public void onWebsocketClose(WebSocket ws, int code, @Nullable String text, boolean remote) {}

    @Override
    public void onWebsocketCloseInitiated(WebSocket ws, int code, @Nullable String text) {}

    @Override
    public void onWebsocketError(WebSocket ws, Exception failure) {
        LOG.debug("{} failed", id, failure);
    }

    @Override
    public @Nullable InetSocketAddress getLocalSocketAddress(WebSocket ws) {
        return null;
    }

    @Override
    public @Nullable InetSocketAddress getRemoteSocketAddress(WebSocket ws) {
        return null;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String remote() {
        return socket.remote();
    }
}
