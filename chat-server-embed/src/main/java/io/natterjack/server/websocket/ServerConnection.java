package io.natterjack.server.websocket;

import io.natterjack.core.CloseReason;
import io.natterjack.core.lane.LaneThreads;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionListener;
import io.natterjack.core.wire.WireFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's socket, from the first byte of its request to its end.
 *
 * <p>Who has something to send writes it to the socket itself, at the end of its round. Only what the socket doesn't take is left to
 * the connection's I/O thread, as is all else: other threads note down what they want (close, stop reading) and ask for
 * {@link #attend}. So all listener calls come from that one thread.
 *
 * <p><b>Threads.</b>
 *
 * <pre>
 *   any thread         the methods of Connection, and through them flush
 *   chat-io-N, one     all else
 * </pre>
 */
final class ServerConnection implements Connection, IoLoop.Selected {
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
    /** How often one turn may read from a link that holds input. */
    private static final int READS_A_TURN = 16;

    private final String id = "ws-" + NUMBERS.incrementAndGet();
    private final IoLoop loop;
    private final Peer peer;
    private final ByteLink link;
    private final Outbox outbox;

    // Any thread.
    private final AtomicReference<@Nullable CloseReason> asked = new AtomicReference<>();
    private final AtomicBoolean attentionAsked = new AtomicBoolean();
    private final AtomicBoolean flushAsked = new AtomicBoolean();
    private final Runnable flush = this::flushAsAsked;
    private volatile boolean reading = true;
    private volatile boolean broken;

    // The I/O thread only.
    private Phase phase = Phase.REQUEST;
    private final SelectionKey key;
    private @Nullable RequestHead head;
    private @Nullable FrameReader reader;
    private @Nullable ConnectionListener listener;
    /** Our close frame waits for the peer's. */
    private boolean awaitsPeer;
    /** The peer has said its last. */
    private boolean peerEnded;

    ServerConnection(IoLoop loop, SelectionKey key, Peer peer, ByteLink link) {
        this.loop = loop;
        this.key = key;
        this.peer = peer;
        this.link = link;
        this.outbox = new Outbox(loop.shared().outbox());
        this.head = new RequestHead(loop.shared().settings().limits().handshakeBytes());
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String remote() {
        return peer.address();
    }

    @Override
    public boolean offer(WireFrame frame) {
        if (!outbox.offer(frame) && !offerAfterFlush(frame)) {
            return false;
        }
        flushSoon();
        return true;
    }

    /** What waits for the end of a round alone is no sign of a peer that doesn't keep up. */
    private boolean offerAfterFlush(WireFrame frame) {
        flush();
        return outbox.offer(frame);
    }

    @Override
    public void signal(Object kind, WireFrame frame) {
        outbox.signal(kind, frame);
        flushSoon();
    }

    @Override
    public long queuedBytes() {
        return outbox.bytes();
    }

    @Override
    public void setReading(boolean reading) {
        this.reading = reading;
        // The I/O thread updates its interest when it has done with what it read.
        if (!loop.isCurrentThread()) {
            askForAttention();
        }
    }

    @Override
    public void close(CloseReason reason) {
        if (asked.compareAndSet(null, reason)) {
            outbox.refuse();
            askForAttention();
        }
    }

    void askForAttention() {
        if (!attentionAsked.get() && attentionAsked.compareAndSet(false, true)) {
            loop.attend(this);
        }
    }

    /**
     * Has what waits written at the end of the round that a lane's thread is in. Other threads have it written by the I/O thread: the timer
     * has more to do than to write to sockets, and one that is interrupted would close the connection.
     */
    private void flushSoon() {
        if (flushAsked.get() || !flushAsked.compareAndSet(false, true)) {
            return;
        }
        if (LaneThreads.atEndOfRound(flush)) {
            return;
        }
        if (loop.isCurrentThread()) {
            flushAsAsked();
        } else {
            flushAsked.set(false);
            askForAttention();
        }
    }

    private void flushAsAsked() {
        flushAsked.set(false);
        flush();
    }

    /** Writes what waits, unless somebody else is at it: then that one does. */
    private void flush() {
        for (int i = 1; i <= WRITES_A_TURN; i++) {
            ByteBuffer out = WriteBuffer.empty();
            if (!outbox.begin(out)) {
                return;
            }
            out.flip();
            try {
                int count = link.write(out);
                boolean full = out.hasRemaining() || link.hasUnflushed() || i == WRITES_A_TURN;
                if (outbox.end(count, full)) {
                    askForAttention();
                }
            } catch (IOException | RuntimeException failure) {
                // Nobody writes any more: this write is never ended.
                broken = true;
                askForAttention();
                return;
            }
        }
    }

    /** Does what other threads asked for. */
    void attend() {
        attentionAsked.set(false);
        guarded(() -> {
            if (broken) {
                cut();
                return;
            }
            if (outbox.takeDrained() && phase == Phase.OPEN) {
                tell(ConnectionListener::drained);
            }
            CloseReason reason = asked.get();
            if (reason != null && phase == Phase.OPEN) {
                beginClose(reason);
            }
            if (link.holdsInput() && wantsToRead()) {
                read(loop.readBuffer());
            }
            flush();
            endAfterLast();
        });
    }

    @Override
    public void ready() {
        guarded(() -> {
            boolean writable = key.isWritable();
            if (writable) {
                outbox.unblock();
            }
            if (key.isReadable() || (writable && link.readsWhenWritable())) {
                read(loop.readBuffer());
            }
            if (writable) {
                flush();
                endAfterLast();
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
        } catch (IOException brokenOff) {
            cut();
        }
    }

    private void read(ByteBuffer in) throws IOException {
        for (int i = 0; i < READS_A_TURN && phase != Phase.GONE; i++) {
            int count = link.read(in.clear());
            if (count < 0) {
                cut();
                return;
            }
            if (count > 0) {
                understand(in.flip());
            }
            if (!link.holdsInput() || !wantsToRead() || count == 0) {
                return;
            }
        }
        if (phase != Phase.GONE) {
            askForAttention();
        }
    }

    private void understand(ByteBuffer in) {
        tell(ConnectionListener::heard);
        try {
            if (head != null && head.read(in)) {
                ByteBuffer request = head.bytes();
                head = null;
                open(request);
            }
            if (reader != null) {
                reader.read(in, loop.now());
            }
        } catch (RefusalException refusal) {
            log(refusal);
            end(refusal.response(), false);
        } catch (ViolationException violation) {
            LOG.debug("Connection {}: {}", id, violation.getMessage());
            fail(violation.reason());
        }
    }

    private void log(RefusalException refusal) {
        if (refusal.hint().isPresent() && loop.mayLogRefusal()) {
            LOG.info(
                    "Connection {} from {}: {}: {}",
                    id,
                    remote(),
                    refusal.getMessage(),
                    refusal.hint().get());
        } else {
            LOG.debug("Connection {} from {}: {}", id, remote(), refusal.getMessage());
        }
    }

    private void open(ByteBuffer request) throws RefusalException {
        Settings settings = loop.shared().settings();
        Handshake handshake = Handshake.accept(request, settings.path(), settings.origins());
        if (!peer.says(handshake.forwardedFor())) {
            throw new RefusalException(429, "Too Many Requests");
        }
        loop.shookHands(this);
        phase = Phase.OPEN;
        outbox.addControl(handshake.response());
        try {
            listener = loop.shared().handler().opened(this);
        } catch (Throwable failure) {
            LOG.error("A connection handler failed", failure);
            fail(CloseReason.INTERNAL);
            return;
        }
        reader = new FrameReader(
                loop.parser(), settings.limits().frameBytes(), loop.shared().unfinished(), new Incoming(), loop.now());
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
                outbox.pong(ServerFrames.pong(payload));
                flushSoon();
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

    private void beginClose(CloseReason reason) {
        if (reason.equals(CloseReason.SLOW_CONSUMER)) {
            outbox.endWith(ServerFrames.close(reason));
            outbox.unblock();
            flush();
            cut();
        } else {
            end(ServerFrames.close(reason), true);
        }
    }

    /** Tells the peer why, if it still listens, and hears no more of it. */
    private void fail(CloseReason reason) {
        if (phase == Phase.OPEN) {
            asked.compareAndSet(null, reason);
            outbox.refuse();
            end(ServerFrames.close(reason), false);
        }
        awaitsPeer = false;
        forgetReader();
        askForAttention();
    }

    private void forgetReader() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }

    private void end(byte[] last, boolean awaitsPeer) {
        phase = Phase.ENDING;
        head = null;
        this.awaitsPeer = awaitsPeer;
        outbox.addControl(last);
        outbox.refuse();
        loop.ending(this);
        askForAttention();
    }

    /**
     * If all is said: a socket that is closed while it holds unread bytes is reset, and the reset may overtake the last that we
     * sent; so a peer that goes on talking is listened to, deaf, until it ends too or its time is over.
     */
    private void endAfterLast() throws IOException {
        if (phase != Phase.ENDING || !outbox.isEmpty()) {
            return;
        }
        if (peerEnded) {
            cut();
        } else if (!awaitsPeer) {
            link.shutdownOutput();
        }
    }

    private boolean wantsToRead() {
        return phase != Phase.GONE && (reading || phase != Phase.OPEN) && !link.isBusy();
    }

    private void updateInterest() {
        if (phase == Phase.GONE) {
            return;
        }
        int read = wantsToRead() ? SelectionKey.OP_READ : 0;
        int write = outbox.isBlocked() || link.readsWhenWritable() ? SelectionKey.OP_WRITE : 0;
        key.interestOps(read | write);
    }

    /** Ends this connection at once. Doing so twice does nothing. */
    void cut() {
        if (phase == Phase.GONE) {
            return;
        }
        phase = Phase.GONE;
        outbox.clear();
        forgetReader();
        peer.leaves();
        loop.gone(this);
        try {
            link.close();
        } catch (IOException alreadyBroken) {
            LOG.debug("Connection {} didn't close cleanly", id, alreadyBroken);
        } finally {
            CloseReason reason = asked.get();
            tell(hearing -> hearing.closed(reason == null ? CloseReason.ABNORMAL : reason));
        }
    }
}
