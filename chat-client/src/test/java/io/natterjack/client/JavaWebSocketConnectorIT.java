package io.natterjack.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.natterjack.core.CloseReason;
import io.natterjack.core.TransportException;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionListener;
import io.natterjack.core.wire.WireFrame;
import io.natterjack.testkit.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.java_websocket.WebSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class JavaWebSocketConnectorIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final AtomicInteger opened = new AtomicInteger();
    private final NewThreads threads = new NewThreads("chat-socket-");

    @AfterEach
    void noThreadOfItsConnectionsIsLeft() {
        threads.awaitEnd();
    }

    private Connection connect(URI server, Duration timeout) {
        return new JavaWebSocketConnector()
                .connect(server, timeout, connection -> {
                    opened.incrementAndGet();
                    return new Recorder();
                })
                .toCompletableFuture()
                .join();
    }

    private String next() throws InterruptedException {
        return String.valueOf(heard.poll(10, TimeUnit.SECONDS));
    }

    private final class Recorder implements ConnectionListener {
        @Override
        public void received(String text) {
            heard.add(text);
        }

        @Override
        public void drained() {
            heard.add("drained");
        }

        @Override
        public void closed(CloseReason reason) {
            heard.add("closed " + reason.code());
        }
    }

    @Test
    void framesGoBothWaysInOrder() throws Exception {
        try (EchoServer server = new EchoServer("chat.v1.json", WebSocket::send)) {
            Connection connection = connect(server.uri(), TIMEOUT);
            for (int i = 0; i < 1_000; i++) {
                assertThat(connection.offer(WireFrame.text("grüße " + i))).isTrue();
            }
            for (int i = 0; i < 1_000; i++) {
                assertThat(next()).isEqualTo("grüße " + i);
            }
            Await.until("all to be written", () -> connection.queuedBytes() == 0);
            connection.close(CloseReason.NORMAL);
            assertThat(next()).isEqualTo("closed 1000");
            assertThat(connection.offer(WireFrame.text("late"))).isFalse();
        }
    }

    @Test
    void whatWasOfferedLeavesBeforeTheClose() throws Exception {
        BlockingQueue<String> atServer = new LinkedBlockingQueue<>();
        try (EchoServer server = new EchoServer("chat.v1.json", (socket, message) -> atServer.add(message))) {
            Connection connection = connect(server.uri(), TIMEOUT);
            for (int i = 0; i < 100; i++) {
                connection.offer(WireFrame.text("m" + i));
            }
            connection.close(CloseReason.NORMAL);
            assertThat(next()).isEqualTo("closed 1000");
            Await.until("all to arrive", () -> atServer.size() == 100);
        }
    }

    @Test
    void aCloseOfTheServersTellsItsCodeOnceAndLast() throws Exception {
        try (EchoServer server = new EchoServer("chat.v1.json", (socket, message) -> {
            socket.send("last words");
            socket.close(4002);
        })) {
            Connection connection = connect(server.uri(), TIMEOUT);
            connection.offer(WireFrame.text("x"));
            assertThat(next()).isEqualTo("last words");
            assertThat(next()).isEqualTo("closed 4002");
            connection.close(CloseReason.NORMAL);
        }
        assertThat(heard).isEmpty();
    }

    @Test
    void aConnectionThatBreaksIsAbnormal() throws Exception {
        try (RawServer server = new RawServer()) {
            connect(server.uri(), TIMEOUT);
            server.accepted().close();
            assertThat(next()).isEqualTo("closed 1006");
        }
    }

    @Test
    void nobodyListeningFailsTheStageAndTheHandlerHearsNothing() throws Exception {
        URI nobody;
        try (ServerSocket free = new ServerSocket(0)) {
            nobody = URI.create("ws://127.0.0.1:" + free.getLocalPort() + "/");
        }
        assertThatThrownBy(() -> connect(nobody, TIMEOUT))
                .hasCauseInstanceOf(TransportException.class)
                .hasMessageContaining("refused");
        assertThat(opened).hasValue(0);
    }

    @Test
    void aServerThatDoesNotSpeakTheSubprotocolIsRefused() throws Exception {
        try (EchoServer server = new EchoServer("other", WebSocket::send)) {
            assertThatThrownBy(() -> connect(server.uri(), TIMEOUT)).hasCauseInstanceOf(TransportException.class);
            assertThat(opened).hasValue(0);
        }
    }

    @Test
    void aServerThatDoesNotShakeHandsIsGivenUpInTime() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            URI server = URI.create("ws://127.0.0.1:" + silent.getLocalPort() + "/");
            assertThatThrownBy(() -> connect(server, Duration.ofMillis(300)))
                    .hasCauseInstanceOf(TransportException.class)
                    .hasMessageContaining("300 ms");
        }
    }

    @Test
    void aServerThatAnswersWithAStatusIsToldWithWhatItMeans() throws Exception {
        assertThat(answeredWith(
                        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)))
                .startsWith("404 from ws://127.0.0.1:")
                .contains("there is no chat at /wrong");
        assertThat(answeredWith("HTTP/1.1 429 Too Many\r\n\r\n".getBytes(StandardCharsets.US_ASCII)))
                .contains("too many connections");
    }

    @Test
    void aServerThatSpeaksTlsOrHangsUpIsToldSo() throws Exception {
        assertThat(answeredWith(new byte[] {21, 3, 3, 0, 2, 2, 10})).endsWith("it speaks TLS, so it is wss:// there");
        assertThat(answeredWith(new byte[0])).contains("it hung up without an answer");
    }

    /** Returns why there is no connection to a server that answers a request so, and hangs up. */
    private String answeredWith(byte[] answer) throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(
                    () -> {
                        try (Socket socket = listening.accept()) {
                            StringBuilder request = new StringBuilder();
                            while (request.indexOf("\r\n\r\n") < 0) {
                                request.append((char) socket.getInputStream().read());
                            }
                            socket.getOutputStream().write(answer);
                        } catch (IOException broken) {
                            throw new AssertionError(broken);
                        }
                    },
                    "raw-answer");
            server.setDaemon(true);
            server.start();
            Throwable failure = catchThrowable(
                    () -> connect(URI.create("ws://127.0.0.1:" + listening.getLocalPort() + "/wrong"), TIMEOUT));
            assertThat(failure).hasCauseInstanceOf(TransportException.class);
            return String.valueOf(failure.getCause().getMessage());
        }
    }

    @Test
    void whileReadingIsStoppedNothingIsReceived() throws Exception {
        try (EchoServer server = new EchoServer("chat.v1.json", (socket, message) -> {
            for (int i = 0; i < 100; i++) {
                socket.send(text(50_000));
            }
        })) {
            Connection connection = connect(server.uri(), TIMEOUT);
            connection.setReading(false);
            connection.offer(WireFrame.text("go"));
            assertThat(heard.poll(300, TimeUnit.MILLISECONDS)).isNull();

            connection.setReading(true);
            for (int i = 0; i < 100; i++) {
                assertThat(next()).hasSize(50_000);
            }
            connection.close(CloseReason.NORMAL);
            assertThat(next()).isEqualTo("closed 1000");
        }
    }

    @Test
    void whatAPeerDoesNotReadIsBoundedAndItsConnectionStillCloses() throws Exception {
        try (RawServer server = new RawServer()) {
            Connection connection = connect(server.uri(), TIMEOUT);
            fill(connection);
            assertThat(connection.queuedBytes()).isBetween(4_000_000L, JavaWebSocketConnection.MAX_UNSENT_BYTES);

            long before = System.nanoTime();
            connection.close(CloseReason.NORMAL);
            assertThat(next()).isEqualTo("closed 1000");
            assertThat(System.nanoTime() - before).isLessThan(TimeUnit.SECONDS.toNanos(6));
        }
    }

    @Test
    void aPeerThatReadsAgainDrainsTheConnection() throws Exception {
        try (RawServer server = new RawServer()) {
            Connection connection = connect(server.uri(), TIMEOUT);
            fill(connection);
            server.readAll();
            assertThat(next()).isEqualTo("drained");
            assertThat(connection.queuedBytes()).isLessThan(JavaWebSocketConnection.LOW_MARK);
            connection.close(CloseReason.SLOW_CONSUMER);
            assertThat(next()).isEqualTo("closed 4002");
        }
    }

    @Test
    void aMessageLargerThanAllowedEndsTheConnection() throws Exception {
        try (EchoServer server = new EchoServer(
                "chat.v1.json",
                (socket, message) -> socket.send(text(JavaWebSocketConnection.MAX_MESSAGE_BYTES + 1)))) {
            connect(server.uri(), TIMEOUT).offer(WireFrame.text("x"));
            assertThat(next()).as("1009 is what the server says").isEqualTo("closed 1006");
        }
    }

    @Test
    void whatIsNoTextEndsTheConnectionAndIsNotTakenForTheServersWord() throws Exception {
        try (EchoServer server =
                new EchoServer("chat.v1.json", (socket, message) -> socket.send(ByteBuffer.allocate(1)))) {
            connect(server.uri(), TIMEOUT).offer(WireFrame.text("x"));
            assertThat(next()).isEqualTo("closed 1006");
        }
        try (RawServer server = new RawServer()) {
            connect(server.uri(), TIMEOUT);
            server.accepted().getOutputStream().write(new byte[] {(byte) 0x81, 1, (byte) 0xff});
            assertThat(next()).isEqualTo("closed 1006");
        }
    }

    @Test
    void thatAServerFoundAMessageTooLargeIsItsOwnWord() throws Exception {
        try (EchoServer server = new EchoServer("chat.v1.json", (socket, message) -> socket.close(1009))) {
            connect(server.uri(), TIMEOUT).offer(WireFrame.text("x"));
            assertThat(next()).isEqualTo("closed 1009");
        }
    }

    /** Offers until nothing more is taken and the operating system takes nothing more either. */
    private void fill(Connection connection) throws InterruptedException {
        WireFrame frame = WireFrame.text(text(30_000));
        long before;
        do {
            int taken = 0;
            while (connection.offer(frame)) {
                assertThat(++taken).isLessThan(10_000);
            }
            before = connection.queuedBytes();
            heard.poll(200, TimeUnit.MILLISECONDS);
        } while (connection.queuedBytes() != before);
        heard.clear(); // it may have been drained meanwhile
    }

    private static String text(int length) {
        StringBuilder text = new StringBuilder(length);
        while (text.length() < length) {
            text.append('x');
        }
        return text.toString();
    }

    /** A server that shakes hands and then does nothing by itself. */
    private static final class RawServer implements AutoCloseable {
        private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final BlockingQueue<Socket> accepted = new LinkedBlockingQueue<>();

        RawServer() throws IOException {
            Thread thread = new Thread(this::accept, "raw-server");
            thread.setDaemon(true);
            thread.start();
        }

        URI uri() {
            return URI.create("ws://127.0.0.1:" + listening.getLocalPort() + "/");
        }

        Socket accepted() throws InterruptedException {
            Socket socket = accepted.take();
            accepted.add(socket);
            return socket;
        }

        void readAll() throws InterruptedException {
            Socket socket = accepted();
            Thread thread = new Thread(
                    () -> {
                        try (InputStream in = socket.getInputStream()) {
                            in.transferTo(OutputStream.nullOutputStream());
                        } catch (IOException gone) {
                            // That is the end of it.
                        }
                    },
                    "raw-reader");
            thread.setDaemon(true);
            thread.start();
        }

        private void accept() {
            try {
                Socket socket = listening.accept();
                StringBuilder request = new StringBuilder();
                while (request.indexOf("\r\n\r\n") < 0) {
                    request.append((char) socket.getInputStream().read());
                }
                String key = request.toString().replaceAll("(?s).*Sec-WebSocket-Key: (\\S+)\r\n.*", "$1");
                byte[] digest = MessageDigest.getInstance("SHA-1")
                        .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
                String answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Protocol: chat.v1.json\r\nSec-WebSocket-Accept: "
                        + Base64.getEncoder().encodeToString(digest) + "\r\n\r\n";
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                accepted.add(socket);
            } catch (Exception broken) {
                throw new AssertionError(broken);
            }
        }

        @Override
        public void close() throws IOException {
            listening.close();
            for (Socket socket : accepted) {
                socket.close();
            }
        }
    }
}
