package io.natterjack.server.websocket;

import io.natterjack.core.CloseReason;
import io.natterjack.core.lane.Budget;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;

/**
 * Makes messages of the bytes that one client sends. {@link FrameGate} decides what is taken, {@link FrameParser} unmasks it, and
 * this class keeps what isn't whole yet: a frame of which more will come, a message of which more fragments will.
 *
 * <p>While nothing is half done it holds no buffer. What it does hold counts in a budget that all connections share.
 *
 * <p><b>Threads.</b> The connection's I/O thread only.
 */
final class FrameReader {
    /** Takes what was read. */
    interface Sink {
        void text(String text);

        void ping(ByteBuffer payload);

        /** The peer's close frame came, the last that is read. */
        void peerCloses(CloseReason reason);
    }

    /** How many control frames may come at once, and how many a second in the long run. */
    static final int CONTROL_BURST = 256;

    static final int CONTROLS_A_SECOND = 32;

    private static final long NANOS_A_CONTROL = TimeUnit.SECONDS.toNanos(1) / CONTROLS_A_SECOND;
    private static final byte[] NONE = {};
    private static final int FIRST_SIZE = 256;
    /** IANA's registry of close codes: try again later. */
    private static final CloseReason NO_ROOM = CloseReason.of(1013);

    private final FrameParser parser;
    private final Budget budget;
    private final FrameGate gate;
    private final Sink sink;
    private boolean ended;

    /** The beginning of a frame. */
    private byte[] frame = NONE;

    private int frameBytes;

    /** The fragments of a message so far. */
    private byte[] message = NONE;

    private int messageBytes;
    private boolean inMessage;

    /** When all control frames so far would have come, had they come at the rate that is allowed. */
    private long controlsDue;

    FrameReader(FrameParser parser, int maxMessageBytes, Budget budget, Sink sink, long now) {
        this.parser = parser;
        this.budget = budget;
        this.gate = new FrameGate(maxMessageBytes);
        this.sink = sink;
        this.controlsDue = now;
    }

    /**
     * Reads all of {@code in}, which has an array behind it, up to the peer's close frame.
     *
     * @param now in nanoseconds
     * @throws ViolationException if the peer broke a rule; what came before has been handed on
     */
    void read(ByteBuffer in, long now) throws ViolationException {
        int limit = in.limit();
        while (in.position() < limit && !ended) {
            in.limit(gate.admit(in));
            if (!gate.isBetweenFrames()) {
                keep(in);
            } else if (frameBytes == 0) {
                take(parser.frame(in), now);
            } else {
                keep(in);
                Framedata whole = parser.frame(ByteBuffer.wrap(frame, 0, frameBytes));
                forgetFrame();
                take(whole, now);
            }
            in.limit(limit);
        }
    }

    private void keep(ByteBuffer in) throws ViolationException {
        int size = in.remaining();
        frame = grown(frame, frameBytes, size);
        in.get(frame, frameBytes, size);
        frameBytes += size;
    }

    private void take(Framedata whole, long now) throws ViolationException {
        switch (whole.getOpcode()) {
            case TEXT, CONTINUOUS -> fragment(whole);
            case PING -> {
                countControl(now);
                sink.ping(whole.getPayloadData());
            }
            case CLOSING -> {
                ended = true;
                sink.peerCloses(CloseReason.of(((CloseFrame) whole).getCloseCode()));
            }
            // A pong says that the peer lives; any other frame says so too.
            default -> countControl(now);
        }
    }

    private void countControl(long now) throws ViolationException {
        controlsDue = NANOS_A_CONTROL + (controlsDue - now < 0 ? now : controlsDue);
        if (controlsDue - now > CONTROL_BURST * NANOS_A_CONTROL) {
            throw new ViolationException(CloseReason.FLOOD, "more control frames than anybody needs");
        }
    }

    private void fragment(Framedata fragment) throws ViolationException {
        ByteBuffer payload = fragment.getPayloadData();
        int size = payload.remaining();
        int offset = payload.arrayOffset() + payload.position();
        if (fragment.isFin() && !inMessage) {
            sink.text(parser.text(payload.array(), offset, size));
            return;
        }
        inMessage = true;
        message = grown(message, messageBytes, size);
        System.arraycopy(payload.array(), offset, message, messageBytes, size);
        messageBytes += size;
        if (fragment.isFin()) {
            String text = parser.text(message, 0, messageBytes);
            forgetMessage();
            sink.text(text);
        }
    }

    private byte[] grown(byte[] array, int used, int more) throws ViolationException {
        if (used + more <= array.length) {
            return array;
        }
        int length = Math.max(used + more, Math.max(FIRST_SIZE, 2 * used));
        if (!budget.hasRoomFor(length - array.length)) {
            throw new ViolationException(NO_ROOM, "no room for a message that isn't whole");
        }
        budget.add(length - array.length);
        return Arrays.copyOf(array, length);
    }

    private void forgetFrame() {
        budget.give(frame.length);
        frame = NONE;
        frameBytes = 0;
    }

    private void forgetMessage() {
        budget.give(message.length);
        message = NONE;
        messageBytes = 0;
        inMessage = false;
    }

    /** Reads no more, and gives back what it holds. */
    void close() {
        ended = true;
        forgetFrame();
        forgetMessage();
    }
}
