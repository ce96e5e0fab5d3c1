package io.natterjack.server.websocket;

import io.natterjack.core.CloseReason;
import io.natterjack.core.wire.WireFrame;
import java.nio.ByteBuffer;

/**
 * Frames from the server, as RFC 6455 section 5.2 has them: never masked, never in fragments. So a header before a payload that is
 * shared is all there is to one.
 */
final class ServerFrames {
    private static final int FIN = 0x80;
    private static final int TEXT = 0x1;
    private static final int CLOSE = 0x8;
    private static final int PONG = 0xA;
    private static final int SHORT_LENGTH = 125;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;

    private ServerFrames() {}

    /** Returns the size of the header before a payload of that many bytes. */
    static int headerBytes(int payloadBytes) {
        if (payloadBytes <= SHORT_LENGTH) {
            return 2;
        }
        return payloadBytes <= 0xFFFF ? 4 : 10;
    }

    /** Copies a text frame into {@code out}, without its first {@code skip} bytes and as far as it fits. */
    static void copyText(WireFrame frame, int skip, ByteBuffer out) {
        int size = frame.size();
        int header = headerBytes(size);
        if (skip == 0 && out.remaining() >= header) {
            putTextHeader(size, out);
            frame.copyTo(out, 0);
            return;
        }
        for (int i = skip; i < header && out.hasRemaining(); i++) {
            out.put(putTextHeader(size, ByteBuffer.allocate(header)).get(i));
        }
        if (out.hasRemaining()) {
            frame.copyTo(out, Math.max(0, skip - header));
        }
    }

    private static ByteBuffer putTextHeader(int payloadBytes, ByteBuffer out) {
        out.put((byte) (FIN | TEXT));
        if (payloadBytes <= SHORT_LENGTH) {
            return out.put((byte) payloadBytes);
        }
        if (payloadBytes <= 0xFFFF) {
            return out.put((byte) LENGTH_16).putShort((short) payloadBytes);
        }
        return out.put((byte) LENGTH_64).putLong(payloadBytes);
    }

    /** Returns a whole close frame. The text that may follow the code is left out. */
    static byte[] close(CloseReason reason) {
        return new byte[] {(byte) (FIN | CLOSE), 2, (byte) (reason.code() >> 8), (byte) reason.code()};
    }

    /** Returns a whole pong. */
    static byte[] pong(ByteBuffer payload) {
        byte[] whole = new byte[2 + payload.remaining()];
        whole[0] = (byte) (FIN | PONG);
        whole[1] = (byte) payload.remaining();
        payload.get(payload.position(), whole, 2, payload.remaining());
        return whole;
    }
}
