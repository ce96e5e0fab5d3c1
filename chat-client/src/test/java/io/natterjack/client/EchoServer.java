package io.natterjack.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;
import javax.net.ServerSocketFactory;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketAdapter;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.handshake.Handshakedata;
import org.java_websocket.protocols.Protocol;

/**
 * A real WebSocket server that does with each message what a test says. Java-WebSocket reads and writes its frames; the
 * sockets are its own, because that library's server now and then forgets a frame that another thread gives it just
 * while it ends a write.
 *
 * <p><b>Threads.</b> One that accepts, and one a connection, which runs the test's code and may block there.
 */
final class EchoServer implements AutoCloseable {
    private final String subprotocol;
    private final BiConsumer<WebSocket, String> onMessage;
    private final ServerSocket listening;
    private final Queue<Socket> accepted = new ConcurrentLinkedQueue<>();

    EchoServer(String subprotocol, BiConsumer<WebSocket, String> onMessage) throws IOException {
        this(ServerSocketFactory.getDefault(), subprotocol, onMessage);
    }

    EchoServer(ServerSocketFactory sockets, String subprotocol, BiConsumer<WebSocket, String> onMessage)
            throws IOException {
        this.subprotocol = subprotocol;
        this.onMessage = onMessage;
        listening = sockets.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("echo-accept", this::accept);
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                accepted.add(socket);
                start("echo-" + socket.getPort(), () -> serve(socket));
            }
        } catch (IOException closed) {
            accepted.forEach(EchoServer::closeQuietly);
        }
    }

    private void serve(Socket socket) {
        try (socket;
                InputStream in = socket.getInputStream()) {
            WebSocketImpl codec = new WebSocketImpl(
                    new Writer(socket.getOutputStream()),
                    Collections.singletonList(new Draft_6455(
                            Collections.emptyList(), Collections.singletonList(new Protocol(subprotocol)), 1 << 20)));
            byte[] buffer = new byte[16 * 1024];
            for (int n = in.read(buffer); n != -1 && !codec.isFlushAndClose(); n = in.read(buffer)) {
                codec.decode(ByteBuffer.wrap(buffer, 0, n));
                if (codec.isFlushAndClose()) {
                    socket.shutdownOutput(); // and read on, so that what was said isn't lost to a reset
                    in.transferTo(OutputStream.nullOutputStream());
                }
            }
        } catch (IOException gone) {
            // The client went, or the test is over.
        }
    }

    int port() {
        return listening.getLocalPort();
    }

    URI uri() {
        return URI.create("ws://127.0.0.1:" + port() + "/chat?x=1");
    }

    @Override
    public void close() throws IOException {
        listening.close();
        accepted.forEach(EchoServer::closeQuietly);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException closed) {
            // It is what was wanted.
        }
    }

    /** Writes what the codec has to say at once, on the thread that has it say so. */
    private final class Writer extends WebSocketAdapter {
        private final OutputStream out;

        Writer(OutputStream out) {
            this.out = out;
        }

        @Override
        public void onWriteDemand(WebSocket socket) {
            Queue<ByteBuffer> queue = ((WebSocketImpl) socket).outQueue;
            try {
                for (ByteBuffer buffer = queue.poll(); buffer != null; buffer = queue.poll()) {
                    out.write(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
                }
                out.flush();
            } catch (IOException gone) {
                queue.clear();
            }
        }

        @Override
        public void onWebsocketMessage(WebSocket socket, String message) {
            onMessage.accept(socket, message);
        }

        @Override
        public void onWebsocketMessage(WebSocket socket, ByteBuffer binary) {}

        @Override
        public void onWebsocketOpen(WebSocket socket, Handshakedata handshake) {}

        @Override
        public void onWebsocketClosing(WebSocket socket, int code, String reason, boolean remote) {}

        @Override
        public void onWebsocketClose(WebSocket socket, int code, String reason, boolean remote) {}

        @Override
        public void onWebsocketCloseInitiated(WebSocket socket, int code, String reason) {}

        @Override
        public void onWebsocketError(WebSocket socket, Exception failure) {}

        @Override
        public InetSocketAddress getLocalSocketAddress(WebSocket socket) {
            return new InetSocketAddress(listening.getInetAddress(), port());
        }

        @Override
        public InetSocketAddress getRemoteSocketAddress(WebSocket socket) {
            throw new UnsupportedOperationException("no test asks");
        }
    }
}
