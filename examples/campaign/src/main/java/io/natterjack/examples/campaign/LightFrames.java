package io.natterjack.examples.campaign;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.natterjack.core.wire.Frame;
import java.net.URI;
import java.nio.ByteBuffer;

/** What a light client sends. Frames are masked with zeros, a mask like any other (RFC 6455 section 5.3) that costs nothing. */
final class LightFrames {
    static final int TEXT = 0x1;
    static final int CLOSE = 0x8;
    static final int PING = 0x9;
    static final int PONG = 0xA;

    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;
    private static final int LONGEST_HEAD = 14;
    private static final int SHORT = 126;

    private LightFrames() {}

    /** Returns the question for a WebSocket. Its key is always the same: the answer isn't held against it. */
    static ByteBuffer handshake(URI server) {
        String text = "GET " + server.getPath() + " HTTP/1.1\r\nHost: " + server.getAuthority()
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
                + "\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: " + Frame.SUBPROTOCOL
                + "\r\n\r\n";
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }

    /** Returns one whole frame. */
    static ByteBuffer of(int opcode, ByteBuffer payload) {
        int length = payload.remaining();
        ByteBuffer frame = ByteBuffer.allocate(length + LONGEST_HEAD).put((byte) (FINAL | opcode));
        if (length < SHORT) {
            frame.put((byte) (MASKED | length));
        } else if (length <= 0xFFFF) {
            frame.put((byte) (MASKED | SHORT)).putShort((short) length);
        } else {
            frame.put((byte) (MASKED | SHORT + 1)).putLong(length);
        }
        return frame.putInt(0).put(payload).flip();
    }
}
