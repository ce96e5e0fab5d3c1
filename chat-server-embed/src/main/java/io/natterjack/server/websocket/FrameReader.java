package io.natterjack.server.websocket;

import io.natterjack.core.CloseReason;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;

/**
 * Makes messages of the bytes that one client sends. {@link FrameGate} decides what is taken, Java-WebSocket's draft unmasks
 * it, and this class puts fragments together.
 *
 * <p>Of Java-WebSocket only the draft's codec is used: its connection class queues without bound and calls back under a lock.
 *
 * <p><b>Threads.</b> {@code chat-io} only.
 */
final class FrameReader {
    /** Takes what was read. */
    interface Sink {
        void text(String text);

        void ping(ByteBuffer payload);

        /** The peer's close frame came, the last that is read. */
        void peerCloses(CloseReason reason);
    }

    private final Draft_6455 draft;
    private final FrameGate gate;
    private final Sink sink;
    // Keeps no state between messages. New for each connection all the same: it is small.
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
    private Optional<ByteArrayOutputStream> fragments = Optional.empty();
    private boolean ended;

    FrameReader(Draft_6455 draft, int maxMessageBytes, Sink sink) {
        this.draft = draft;
        this.gate = new FrameGate(maxMessageBytes);
        this.sink = sink;
    }

    /**
     * Reads all of {@code in}, which has an array behind it, up to the peer's close frame.
     *
     * @throws ViolationException if the peer broke a rule; what came before has been handed on
     */
    void read(ByteBuffer in) throws ViolationException {
        int limit = in.limit();
        while (in.position() < limit && !ended) {
            in.limit(gate.admit(in));
            for (Framedata frame : decode(in)) {
                take(frame);
            }
            in.limit(limit);
        }
    }

    private Iterable<Framedata> decode(ByteBuffer in) throws ViolationException {
        try {
            return draft.translateFrame(in);
        } catch (InvalidDataException malformed) {
            throw new ViolationException(CloseReason.of(malformed.getCloseCode()), "a malformed frame");
        } catch (RuntimeException malformed) {
            // A close frame with a text that isn't UTF-8 makes the draft stumble.
            throw new ViolationException(CloseReason.WEBSOCKET_PROTOCOL, "a malformed frame");
        }
    }

    private void take(Framedata frame) throws ViolationException {
        switch (frame.getOpcode()) {
            case TEXT, CONTINUOUS -> fragment(frame);
            case PING -> sink.ping(frame.getPayloadData());
            case CLOSING -> {
                ended = true;
                sink.peerCloses(CloseReason.of(((CloseFrame) frame).getCloseCode()));
            }
            default -> {
                // A pong says that the peer lives; any other frame says so too.
            }
        }
    }

    private void fragment(Framedata frame) throws ViolationException {
        ByteBuffer payload = frame.getPayloadData();
        if (frame.isFin() && fragments.isEmpty()) {
            sink.text(decodeText(payload));
            return;
        }
        ByteArrayOutputStream message = fragments.orElseGet(ByteArrayOutputStream::new);
        message.write(payload.array(), payload.arrayOffset() + payload.position(), payload.remaining());
        fragments = Optional.of(message);
        if (frame.isFin()) {
            fragments = Optional.empty();
            sink.text(decodeText(ByteBuffer.wrap(message.toByteArray())));
        }
    }

    private String decodeText(ByteBuffer payload) throws ViolationException {
        try {
            return utf8.decode(payload).toString();
        } catch (CharacterCodingException malformed) {
            throw new ViolationException(CloseReason.NOT_UTF8, "text that isn't UTF-8");
        }
    }
}
