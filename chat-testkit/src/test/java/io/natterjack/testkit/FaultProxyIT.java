package io.natterjack.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class FaultProxyIT {
    private static final int QUIET_MILLIS = 100;

    private final EchoServer server = new EchoServer();
    private final FaultProxy proxy = FaultProxy.to("127.0.0.1", server.port());
    private final List<Socket> clients = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        proxy.close();
        server.close();
    }

    @Test
    void bytesPassBothWaysUnchanged() throws IOException {
        Socket client = connect();
        byte[] sent = new byte[3_000_000];
        new Random(1).nextBytes(sent);
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(client, sent));

        byte[] echoed = read(client, sent.length);

        writing.join();
        assertThat(echoed).isEqualTo(sent);
    }

    @Test
    void anEndPassesAfterWhatWasWrittenBefore() throws IOException {
        Socket client = connect();
        byte[] sent = new byte[200_000];
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            write(client, sent);
            shutdownOutput(client);
        });

        byte[] echoed = client.getInputStream().readAllBytes();

        writing.join();
        assertThat(echoed).hasSize(sent.length);
        Await.until(() -> proxy.connections() == 0);
    }

    @Test
    void aCutResetsBothSides() throws IOException {
        Socket client = connect();
        echo(client, "before");

        proxy.cut();

        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        Await.until(() -> server.broken.get() == 1);
        assertThat(proxy.connections()).isZero();
        echo(connect(), "a new connection works");
    }

    @Test
    void refusesNewConnectionsWhileOpenOnesStay() throws IOException {
        Socket client = connect();
        echo(client, "before");

        proxy.refuse();
        assertThatThrownBy(() -> echo(connect(), "refused")).isInstanceOf(IOException.class);
        echo(client, "meanwhile");

        proxy.accept();
        echo(connect(), "after");
    }

    @Test
    void aStallHoldsBackWhatAResumeBrings() throws IOException {
        Socket client = connect();
        echo(client, "before");

        proxy.stall();
        write(client, "during".getBytes());
        assertQuiet(client);
        assertThat(server.bytes.get()).isEqualTo("before".length());

        proxy.resume();
        assertThat(new String(read(client, "during".length()))).isEqualTo("during");
    }

    @Test
    void aStallOfOneDirectionLetsTheOtherPass() throws IOException {
        Socket client = connect();
        echo(client, "before");

        proxy.stall(FaultProxy.Direction.TO_CLIENT);
        write(client, "during".getBytes());
        Await.until(() -> server.bytes.get() == "beforeduring".length());
        assertQuiet(client);

        proxy.resume();
        assertThat(new String(read(client, "during".length()))).isEqualTo("during");
    }

    @Test
    void aStalledConnectionCanBeCut() throws IOException {
        Socket client = connect();
        echo(client, "before");
        proxy.stall();

        proxy.cut();

        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @Test
    void swallowedRepliesAreLostThoughTheirRequestsArrived() throws IOException {
        Socket client = connect();
        echo(client, "before");

        proxy.swallowReplies();
        write(client, "lost".getBytes());
        Await.until(() -> proxy.swallowedBytes() == "lost".length());
        assertThat(server.bytes.get()).isEqualTo("beforelost".length());
        assertQuiet(client);

        proxy.cut();
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        echo(connect(), "a new connection gets its replies");
    }

    @Test
    void aThrottledConnectionTakesItsTime() throws IOException {
        Socket client = connect();
        proxy.throttle(20_000);

        long start = System.nanoTime();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(client, new byte[10_000]));
        byte[] echoed = read(client, 10_000);

        writing.join();
        assertThat(echoed).hasSize(10_000);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(400));
    }

    @Test
    void aDelayKeepsTheOrder() throws IOException {
        Socket client = connect();
        proxy.delay(Duration.ofMillis(100));

        long start = System.nanoTime();
        write(client, "one".getBytes());
        write(client, "two".getBytes());

        assertThat(new String(read(client, 6))).isEqualTo("onetwo");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
    }

    @Test
    void newConnectionsGoWhereTheyAreSentTo() throws IOException {
        server.close();
        try (EchoServer other = new EchoServer()) {
            proxy.retarget("127.0.0.1", other.port());
            echo(connect(), "hello");
            assertThat(other.bytes.get()).isEqualTo("hello".length());
        }
    }

    @Test
    void aServerThatIsNotThereLooksLikeABrokenConnection() {
        server.close();

        assertThatThrownBy(() -> echo(connect(), "hello")).isInstanceOf(IOException.class);
    }

    private Socket connect() throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        client.setSoTimeout(10_000);
        clients.add(client);
        return client;
    }

    private static void echo(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes());
        assertThat(new String(read(client, text.length()))).isEqualTo(text);
    }

    private static void write(Socket client, byte[] bytes) {
        try {
            client.getOutputStream().write(bytes);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private static void shutdownOutput(Socket client) {
        try {
            client.shutdownOutput();
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private static byte[] read(Socket client, int length) throws IOException {
        return new DataInputStream(client.getInputStream()).readNBytes(length);
    }

    private static void assertQuiet(Socket client) throws IOException {
        client.setSoTimeout(QUIET_MILLIS);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        client.setSoTimeout(10_000);
    }

    /** Sends back what it gets. */
    private static final class EchoServer implements AutoCloseable {
        final AtomicLong bytes = new AtomicLong();
        final AtomicLong broken = new AtomicLong();
        private final ServerSocket listening;

        EchoServer() {
            try {
                listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            } catch (IOException failure) {
                throw new AssertionError(failure);
            }
            start("echo-accept", this::acceptAll);
        }

        int port() {
            return listening.getLocalPort();
        }

        private void acceptAll() {
            while (!listening.isClosed()) {
                try {
                    Socket socket = listening.accept();
                    start("echo", () -> echo(socket));
                } catch (IOException closed) {
                    return;
                }
            }
        }

        private void echo(Socket socket) {
            try (socket) {
                InputStream in = socket.getInputStream();
                byte[] buffer = new byte[8_192];
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    bytes.addAndGet(read);
                    socket.getOutputStream().write(buffer, 0, read);
                }
            } catch (IOException failure) {
                broken.incrementAndGet();
            }
        }

        private static void start(String name, Runnable task) {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() {
            try {
                listening.close();
            } catch (IOException failure) {
                throw new AssertionError(failure);
            }
        }
    }
}
