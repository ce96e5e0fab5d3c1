package io.natterjack.server.websocket;

import io.natterjack.core.CloseReason;
import io.natterjack.core.wire.Frame;
import io.natterjack.core.wire.WireFrame;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * Goes once through what every connection needs, before the first one comes.
 *
 * <p>Classes are loaded and initialized on first use, some of the JDK's read a file then (time zones, random numbers), and one
 * that fails to initialize stays broken as long as the process lives. So a server that met its first flood without a
 * descriptor left would never shake hands again.
 */
final class Rehearsal {
    private static final String PATH = "/";
    private static final String REQUEST = "GET " + PATH + " HTTP/1.1\r\n"
            + "Host: localhost\r\n"
            + "Upgrade: websocket\r\n"
            + "Connection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            + "Sec-WebSocket-Protocol: " + Frame.SUBPROTOCOL + "\r\n\r\n";
    /** A text, a ping and a close frame; the mask is zero. */
    private static final byte[] FRAMES = {
        (byte) 0x81,
        (byte) 0x82,
        0,
        0,
        0,
        0,
        'h',
        'i',
        (byte) 0x89,
        (byte) 0x80,
        0,
        0,
        0,
        0,
        (byte) 0x88,
        (byte) 0x82,
        0,
        0,
        0,
        0,
        0x03,
        (byte) 0xE8
    };

    private static final int BYTES = 1_024;
    private static final long SELECT_MILLIS = 1_000;

    private Rehearsal() {}

    /**
     * Runs the rehearsal.
     *
     * @throws IOException if sockets can't be had even now
     */
    static void run() throws IOException {
        ByteBuffer bytes = codec();
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocketChannel listening = ServerSocketChannel.open().bind(new InetSocketAddress(loopback, 0));
                SocketChannel client = SocketChannel.open(listening.getLocalAddress());
                SocketChannel server = listening.accept();
                Selector selector = Selector.open()) {
            client.write(bytes);
            client.shutdownOutput();
            server.configureBlocking(false);
            server.register(selector, SelectionKey.OP_READ);
            selector.select(SELECT_MILLIS);
            server.read(bytes.clear());
        }
    }

    private static ByteBuffer codec() {
        Budget budget = new Budget(BYTES);
        Outbox outbox = new Outbox(new Outbox.Bounds(BYTES, BYTES, budget));
        try {
            RequestHead head = new RequestHead(BYTES);
            head.read(ByteBuffer.wrap(REQUEST.getBytes(StandardCharsets.US_ASCII)));
            outbox.addControl(
                    Handshake.accept(head.bytes(), PATH, OriginPolicy.SAME_HOST).response());
            new FrameReader(new FrameParser(BYTES), BYTES, budget, new Echo(outbox), 0)
                    .read(ByteBuffer.wrap(FRAMES), 0);
        } catch (RefusalException | ViolationException impossible) {
            throw new IllegalStateException("the codec doesn't work", impossible);
        }
        ByteBuffer out = ByteBuffer.allocateDirect(BYTES);
        outbox.begin(out);
        outbox.end(out.position(), false);
        return out.flip();
    }

    private record Echo(Outbox outbox) implements FrameReader.Sink {
        @Override
        public void text(String text) {
            outbox.offer(WireFrame.text(text));
        }

        @Override
        public void ping(ByteBuffer payload) {
            outbox.pong(ServerFrames.pong(payload));
        }

        @Override
        public void peerCloses(CloseReason reason) {
            outbox.addControl(ServerFrames.close(reason));
            outbox.addControl(new RefusalException(400, "Bad Request").response());
        }
    }
}
