package io.natterjack.client;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Collections;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.java_websocket.WebSocket;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.protocols.Protocol;
import org.java_websocket.server.WebSocketServer;

/** A real WebSocket server that does with each message what a test says. */
final class EchoServer implements AutoCloseable {
    private final CountDownLatch started = new CountDownLatch(1);
    private final WebSocketServer server;

    EchoServer(String subprotocol, BiConsumer<WebSocket, String> onMessage) throws InterruptedException {
        Draft_6455 draft =
                new Draft_6455(Collections.emptyList(), Collections.singletonList(new Protocol(subprotocol)), 1 << 20);
        server =
                new WebSocketServer(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        1,
                        Collections.singletonList(draft)) {
                    @Override
                    public void onStart() {
                        started.countDown();
                    }

                    @Override
                    public void onOpen(WebSocket socket, ClientHandshake handshake) {}

                    @Override
                    public void onMessage(WebSocket socket, String message) {
                        onMessage.accept(socket, message);
                    }

                    @Override
                    public void onClose(WebSocket socket, int code, String reason, boolean remote) {}

                    @Override
                    public void onError(WebSocket socket, Exception failure) {}
                };
        server.setReuseAddr(true);
        server.start();
        if (!started.await(10, TimeUnit.SECONDS)) {
            throw new AssertionError("the server doesn't start");
        }
    }

    URI uri() {
        return URI.create("ws://127.0.0.1:" + server.getPort() + "/chat?x=1");
    }

    @Override
    public void close() throws InterruptedException {
        server.stop(1_000);
    }
}
