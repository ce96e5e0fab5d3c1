package io.natterjack.server.websocket;

import io.natterjack.core.CloseReason;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionListener;
import io.natterjack.core.wire.WireFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's socket, from the first byte of its request to its end.
 *
 * <p>Whatever another thread wants (send, close, stop reading) it notes down where {@code chat-io} finds it, and asks for
 * {@link #attend}. So the socket and all listener calls belong to {@code chat-io}.
 *
 * <p><b>Threads.</b>
 *
 * <pre>
 *   any thread   the methods of Connection
 *   chat-io      all else
 * </pre>
 */
final class ServerConnection implements Connection {
    private enum Phase {
        /** The request is coming in. */
        REQUEST,
        /** Messages travel. */
        OPEN,
        /** The last that we have to say is on its way: a close frame, or an HTTP refusal. */
        ENDING,
        GONE
    }

    private static final Logger LOG = LoggerFactory.getLogger(ServerConnection.class);
    private static final AtomicLong NUMBERS = new AtomicLong();
    /** How often one turn may fill the write buffer, so that a fast reader leaves time to others. */
    private static final int WRITES_A_TURN = 16;

    private final String id = "ws-" + NUMBERS.incrementAndGet();
    private final String remote;
    private final SocketChannel channel;
    private final Settings settings;
    private final IoLoop loop;
    private final Outbox outbox;

    // Any thread.
    private final AtomicReference<@Nullable CloseReason> asked = new AtomicReference<>();
    private final AtomicBoolean attentionAsked = new AtomicBoolean();
    private volatile boolean reading = true;

    // chat-io only.
    private Phase phase = Phase.REQUEST;
    private final SelectionKey key;
    private final RequestHead head;
    private @Nullable FrameReader reader;
    private @Nullable ConnectionListener listener;
    private final Pongs pongs;
    /** Our close frame waits for the peer's. */
    private boolean awaitsPeer;
    /** The peer has said its last. */
    private boolean peerEnded;

    ServerConnection(SocketChannel channel, SelectionKey key, String remote, Settings settings, IoLoop loop) {
        this.channel = channel;
        this.key = key;
        this.remote = remote;
        this.settings = settings;
        this.loop = loop;
        this.outbox = new Outbox(settings.maxQueuedBytes(), settings.lowMark());
        this.pongs = new Pongs(outbox);
        this.head = new RequestHead(settings.maxHandshakeBytes());
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String remote() {
        return remote;
    }

    @Override
    public boolean offer(WireFrame frame) {
        if (!outbox.offer(frame)) {
            return false;
        }
        askForAttention();
        return true;
    }

    @Override
    public long queuedBytes() {
        return outbox.bytes();
    }

    @Override
    public void setReading(boolean reading) {
        this.reading = reading;
        askForAttention();
    }

    @Override
    public void close(CloseReason reason) {
        if (asked.compareAndSet(null, reason)) {
            outbox.refuse();
            askForAttention();
        }
    }

    private void askForAttention() {
        if (attentionAsked.compareAndSet(false, true)) {
            loop.attend(this);
        }
    }

    /** Does what other threads asked for. */
    void attend() {
        attentionAsked.set(false);
        guarded(() -> {
            CloseReason reason = asked.get();
            if (reason != null && phase == Phase.OPEN) {
                beginClose(reason);
            }
            flush();
        });
    }

    /** The socket can be read or written. */
    void ready(ByteBuffer in) {
        guarded(() -> {
            if (key.isReadable()) {
                read(in);
            }
            if (phase != Phase.GONE && key.isWritable()) {
                flush();
            }
        });
    }

    private interface Step {
        void run() throws IOException;
    }

    private void guarded(Step step) {
        if (phase == Phase.GONE) {
            return;
        }
        try {
            step.run();
            updateInterest();
        } catch (IOException broken) {
            cut();
        }
    }

    private void read(ByteBuffer in) throws IOException {
        in.clear();
        int count = channel.read(in);
        if (count < 0) {
            cut();
            return;
        }
        in.flip();
        try {
            if (phase == Phase.REQUEST && head.read(in)) {
                open(Handshake.accept(head.bytes(), settings.path(), settings.maxFrameBytes()));
            }
            if (reader != null) {
                reader.read(in);
            }
        } catch (RefusalException refusal) {
            end(refusal.response(), false);
        } catch (ViolationException violation) {
            LOG.debug("Connection {}: {}", id, violation.getMessage());
            fail(violation.reason());
        }
    }

    private void open(Handshake handshake) throws IOException {
        loop.shookHands(this);
        phase = Phase.OPEN;
        outbox.addControl(handshake.response());
        try {
            listener = loop.handler().opened(this);
        } catch (Throwable failure) {
            LOG.error("A connection handler failed", failure);
            fail(CloseReason.INTERNAL);
            return;
        }
        reader = new FrameReader(handshake.draft(), settings.maxFrameBytes(), new Incoming());
        flush();
    }

    private final class Incoming implements FrameReader.Sink {
        @Override
        public void text(String text) {
            if (phase == Phase.OPEN) {
                tell(hearing -> hearing.received(text));
            }
        }

        @Override
        public void ping(ByteBuffer payload) {
            if (phase == Phase.OPEN) {
                pongs.owe(payload);
                askForAttention();
            }
        }

        @Override
        public void peerCloses(CloseReason reason) {
            peerEnded = true;
            asked.compareAndSet(null, reason);
            if (phase == Phase.OPEN) {
                outbox.refuse();
                end(ServerFrames.close(reason), false);
            }
            askForAttention();
        }
    }

    private interface Telling {
        void to(ConnectionListener listener);
    }

    /** Calls the listener, if there is one yet. One that throws ends its connection. */
    private void tell(Telling call) {
        if (listener == null) {
            return;
        }
        try {
            call.to(listener);
        } catch (Throwable failure) {
            LOG.error("The listener of connection {} failed", id, failure);
            fail(CloseReason.INTERNAL);
        }
    }

    private void beginClose(CloseReason reason) throws IOException {
        if (!reason.equals(CloseReason.SLOW_CONSUMER)) {
            end(ServerFrames.close(reason), true);
            return;
        }
        outbox.dropUnstarted();
        end(ServerFrames.close(reason), false);
        flush();
        cut();
    }

    /** Tells the peer why, if it still listens, and hears no more of it. */
    private void fail(CloseReason reason) {
        if (phase == Phase.OPEN) {
            asked.compareAndSet(null, reason);
            outbox.refuse();
            end(ServerFrames.close(reason), false);
        }
        awaitsPeer = false;
        reader = null;
        askForAttention();
    }

    private void end(ByteBuffer last, boolean awaitsPeer) {
        phase = Phase.ENDING;
        this.awaitsPeer = awaitsPeer;
        outbox.addControl(last);
        loop.ending(this);
    }

    private void flush() throws IOException {
        for (int i = 0; i < WRITES_A_TURN && phase != Phase.GONE && !outbox.isEmpty(); i++) {
            ByteBuffer out = loop.writeBuffer();
            outbox.copyTo(out.clear());
            out.flip();
            int count = channel.write(out);
            boolean drained = outbox.sent(count);
            pongs.settle();
            if (drained && phase == Phase.OPEN) {
                tell(ConnectionListener::drained);
            }
            if (out.hasRemaining()) {
                return;
            }
        }
        if (phase == Phase.ENDING && outbox.isEmpty()) {
            endAfterLast();
        }
    }

    /**
     * All is said. A socket that is closed while it holds unread bytes is reset, and the reset may overtake the last that we
     * sent; so a peer that goes on talking is listened to, deaf, until it ends too or its time is over.
     */
    private void endAfterLast() throws IOException {
        if (peerEnded) {
            cut();
        } else if (!awaitsPeer) {
            channel.shutdownOutput();
        }
    }

    private void updateInterest() {
        if (phase == Phase.GONE) {
            return;
        }
        int read = reading || phase != Phase.OPEN ? SelectionKey.OP_READ : 0;
        int write = outbox.isEmpty() ? 0 : SelectionKey.OP_WRITE;
        key.interestOps(read | write);
    }

    /** Ends this connection at once. Doing so twice does nothing. */
    void cut() {
        if (phase == Phase.GONE) {
            return;
        }
        phase = Phase.GONE;
        outbox.refuse();
        outbox.dropUnstarted();
        loop.gone(this);
        try {
            channel.close();
        } catch (IOException alreadyBroken) {
            LOG.debug("Connection {} didn't close cleanly", id, alreadyBroken);
        } finally {
            tell(hearing -> hearing.closed(reason()));
        }
    }

    private CloseReason reason() {
        CloseReason reason = asked.get();
        return reason == null ? CloseReason.ABNORMAL : reason;
    }
}
