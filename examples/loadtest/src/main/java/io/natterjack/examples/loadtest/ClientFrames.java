package io.natterjack.examples.loadtest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What a client sends over a socket. Frames are masked with zeros: that is a mask like any other (RFC 6455 section 5.3). */
final class ClientFrames {
    private static final int FIN_TEXT = 0x81;
    private static final int MASKED = 0x80;

    private ClientFrames() {}

    static ByteBuffer handshake(String host, String path) {
        return ascii("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    static ByteBuffer text(String text) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 14).put((byte) FIN_TEXT);
        if (payload.length < 126) {
            frame.put((byte) (MASKED | payload.length));
        } else if (payload.length <= 0xFFFF) {
            frame.put((byte) (MASKED | 126)).putShort((short) payload.length);
        } else {
            frame.put((byte) (MASKED | 127)).putLong(payload.length);
        }
        return frame.putInt(0).put(payload).flip();
    }
}
