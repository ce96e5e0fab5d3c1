package io.natterjack.examples.integration;

import io.natterjack.testkit.Await;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A WebSocket client that can do everything wrong. One thread. */
final class RawPeer implements AutoCloseable {
    static final int TEXT = 1;
    static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    /** Connects and shakes hands. */
    RawPeer(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) Await.PATIENCE.toMillis());
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
        out.write(("GET /chat HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: " + Base64.getEncoder().encodeToString(new byte[16])
                        + "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat.v1.json\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        if (!head.toString().startsWith("HTTP/1.1 101")) {
            throw new AssertionError("no WebSocket: " + head);
        }
    }

    void send(String text) throws IOException {
        send(TEXT, text.getBytes(StandardCharsets.UTF_8), true);
    }

    /** Sends one frame, whose payload needn't make sense. */
    void send(int opcode, byte[] payload, boolean masked) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
        frame.put((byte) (FINAL | opcode));
        int mask = masked ? MASKED : 0;
        if (payload.length < 126) {
            frame.put((byte) (mask | payload.length));
        } else if (payload.length < 65_536) {
            frame.put((byte) (mask | 126)).putShort((short) payload.length);
        } else {
            frame.put((byte) (mask | 127)).putLong(payload.length);
        }
        if (masked) {
            frame.putInt(0); // a mask of zeros leaves the payload as it is
        }
        frame.put(payload);
        out.write(frame.array(), 0, frame.position());
    }

    /** Sends the header of a masked frame, and nothing of what it announces. */
    void sendHeader(int opcode, long length) throws IOException {
        out.write(ByteBuffer.allocate(14)
                .put((byte) (FINAL | opcode))
                .put((byte) (MASKED | 127))
                .putLong(length)
                .putInt(0)
                .array());
    }

    /** Returns the next text, or {@code close CODE}. */
    String receive() throws IOException {
        while (true) {
            int opcode = in.readUnsignedByte() & 0xF;
            long length = in.readUnsignedByte();
            if (length == 126) {
                length = in.readUnsignedShort();
            } else if (length == 127) {
                length = in.readLong();
            }
            byte[] payload = in.readNBytes((int) length);
            if (opcode == TEXT) {
                return new String(payload, StandardCharsets.UTF_8);
            }
            if (opcode == CLOSE) {
                return "close "
                        + (payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getShort());
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
