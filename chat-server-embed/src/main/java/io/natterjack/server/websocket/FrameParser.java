package io.natterjack.server.websocket;

import io.natterjack.core.CloseReason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.enums.Role;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.framing.Framedata;
import org.java_websocket.protocols.Protocol;

/**
 * Makes frames of bytes, with Java-WebSocket's draft. It is only given whole frames, one at a time, so it has nothing to remember
 * between two calls and serves all connections of an I/O thread.
 *
 * <p><b>Threads.</b> One I/O thread only.
 */
final class FrameParser {
    private static final char REPLACEMENT = '\uFFFD';

    private final Draft_6455 draft;
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();

    FrameParser(int maxFrameBytes) {
        draft = new Draft_6455(List.of(), List.of(new Protocol("")), maxFrameBytes);
        draft.setParseMode(Role.SERVER);
    }

    /** Parses {@code whole}: one frame that {@link FrameGate} let through, with an array behind it. */
    Framedata frame(ByteBuffer whole) throws ViolationException {
        try {
            return draft.translateFrame(whole).get(0);
        } catch (InvalidDataException malformed) {
            throw new ViolationException(CloseReason.of(malformed.getCloseCode()), "a malformed frame");
        } catch (RuntimeException malformed) {
            // A close frame with a text that isn't UTF-8 makes the draft stumble.
            throw new ViolationException(CloseReason.WEBSOCKET_PROTOCOL, "a malformed frame");
        }
    }

    /** Decodes text, and refuses what isn't UTF-8. */
    String text(byte[] bytes, int offset, int length) throws ViolationException {
        String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0) {
            // It was sent as it is, or stands for what can't be decoded.
            requireUtf8(ByteBuffer.wrap(bytes, offset, length));
        }
        return text;
    }

    private void requireUtf8(ByteBuffer payload) throws ViolationException {
        try {
            utf8.decode(payload);
        } catch (CharacterCodingException malformed) {
            throw new ViolationException(CloseReason.NOT_UTF8, "text that isn't UTF-8");
        }
    }
}
