package io.natterjack.server.websocket;

import io.natterjack.core.CloseReason;
import java.nio.ByteBuffer;

/**
 * Frames from the server, as RFC 6455 section 5.2 has them: never masked, never in fragments. So a header of its own before a
 * payload that is shared is all there is to one.
 */
final class ServerFrames {
    /** The most bytes that a header takes. */
    static final int MAX_HEADER = 10;

    private static final int FIN = 0x80;
    private static final int TEXT = 0x1;
    private static final int CLOSE = 0x8;
    private static final int PONG = 0xA;
    private static final int SHORT_LENGTH = 125;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;

    private ServerFrames() {}

    /** Returns the header of a text frame with a payload of that many bytes. */
    static ByteBuffer textHeader(int payloadBytes) {
        ByteBuffer header = ByteBuffer.allocate(headerBytes(payloadBytes)).put((byte) (FIN | TEXT));
        if (payloadBytes <= SHORT_LENGTH) {
            header.put((byte) payloadBytes);
        } else if (payloadBytes <= 0xFFFF) {
            header.put((byte) LENGTH_16).putShort((short) payloadBytes);
        } else {
            header.put((byte) LENGTH_64).putLong(payloadBytes);
        }
        return header.flip();
    }

    static int headerBytes(int payloadBytes) {
        if (payloadBytes <= SHORT_LENGTH) {
            return 2;
        }
        return payloadBytes <= 0xFFFF ? 4 : MAX_HEADER;
    }

    /** Returns a whole close frame. The text that may follow the code is left out. */
    static ByteBuffer close(CloseReason reason) {
        return control(
                CLOSE, ByteBuffer.allocate(2).putShort((short) reason.code()).flip());
    }

    /** Returns a whole pong. */
    static ByteBuffer pong(ByteBuffer payload) {
        return control(PONG, payload);
    }

    private static ByteBuffer control(int opcode, ByteBuffer payload) {
        return ByteBuffer.allocate(2 + payload.remaining())
                .put((byte) (FIN | opcode))
                .put((byte) payload.remaining())
                .put(payload.duplicate())
                .flip();
    }
}
