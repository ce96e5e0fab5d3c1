package io.natterjack.server.websocket;

import io.natterjack.core.CloseReason;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionListener;
import io.natterjack.core.wire.Frame;
import io.natterjack.core.wire.WireFrame;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Serves three clients of its own before the first one comes: a good one, one that breaks the protocol, one that talks rubbish.
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

    /** No request at all, and a frame that isn't masked. */
    private static final byte[] RUBBISH = {0, 0};

    /** Where a transport listens by itself. The machine's loopback address may be another one, of IPv6. */
    private static final byte[] LISTENING = {127, 0, 0, 1};

    private static final int PATIENCE_MILLIS = 2_000;

    private Rehearsal() {}

    /**
     * Runs the rehearsal, on a port of its own for a moment.
     *
     * @throws IOException if sockets can't be had even now
     */
    static void run() throws IOException {
        JavaWebSocketTransport transport =
                JavaWebSocketTransport.builder().path(PATH).ioThreads(1).build();

        try {
            transport.startUnrehearsed(Echo::new);
            byte[] request = REQUEST.getBytes(StandardCharsets.US_ASCII);
            play(transport.port(), request, FRAMES);
            play(transport.port(), request, RUBBISH);
            play(transport.port(), RUBBISH);
        } finally {
            transport.close();
        }
    }

    private static void play(int port, byte[]... parts) throws IOException {
        try (Socket client = new Socket(InetAddress.getByAddress(LISTENING), port)) {
            client.setSoTimeout(PATIENCE_MILLIS);
            for (byte[] part : parts) {
                client.getOutputStream().write(part);
            }
            client.getInputStream().readAllBytes();
        }
    }

    private record Echo(Connection connection) implements ConnectionListener {
        @Override
        public void received(String text) {
            connection.signal("kind", WireFrame.text(text));
            connection.offer(WireFrame.text(text));
        }

        @Override
        public void drained() {}

        @Override
        public void closed(CloseReason reason) {}
    }
}
