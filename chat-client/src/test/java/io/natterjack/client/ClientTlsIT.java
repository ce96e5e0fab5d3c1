package io.natterjack.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.natterjack.core.CloseReason;
import io.natterjack.core.TransportException;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionListener;
import io.natterjack.core.wire.WireFrame;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.java_websocket.WebSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom a client believes, on {@code wss}. The server's certificate signs itself and is for {@code localhost}. */
final class ClientTlsIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private SSLContext platform;
    private KeyStore keys;

    @TempDir
    private Path directory;

    @BeforeEach
    void makeCertificate() throws Exception {
        platform = SSLContext.getDefault();
        Path file = directory.resolve("server.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "server",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor()).as("keytool's exit").isZero();
        keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
    }

    @AfterEach
    void trustAsBefore() {
        SSLContext.setDefault(platform);
    }

    /** Has this JVM trust the server's certificate, as an authority that the machine knows would have it. */
    private void trustTheCertificate() throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", keys.getCertificate("server"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        SSLContext.setDefault(context);
    }

    private Connection connect(String scheme, String host, int port) {
        return new JavaWebSocketConnector()
                .connect(
                        URI.create(scheme + "://" + host + ":" + port + "/chat"), TIMEOUT, connection -> new Recorder())
                .toCompletableFuture()
                .join();
    }

    private String whyNot(String scheme, String host, int port) {
        Throwable failure = catchThrowable(() -> connect(scheme, host, port));
        assertThat(failure).hasCauseInstanceOf(TransportException.class);
        return String.valueOf(failure.getCause().getMessage());
    }

    @Test
    void aServerWithACertificateThatIsTrustedAndItsOwnIsTalkedTo() throws Exception {
        trustTheCertificate();
        try (EchoServer server = tlsServer()) {
            Connection connection = connect("wss", "localhost", server.port());
            connection.offer(WireFrame.text("grüße"));
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("grüße");
            connection.close(CloseReason.NORMAL);
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("closed 1000");
        }
    }

    @Test
    void aTrustedCertificateForAnotherNameIsRefused() throws Exception {
        trustTheCertificate();
        try (EchoServer server = tlsServer()) {
            assertThat(whyNot("wss", "127.0.0.1", server.port()))
                    .contains("the server's certificate is for another name");
        }
    }

    @Test
    void aCertificateThatNobodyVouchesForIsRefused() throws Exception {
        try (EchoServer server = tlsServer()) {
            assertThat(whyNot("wss", "localhost", server.port()))
                    .contains("this machine doesn't trust the server's certificate");
        }
    }

    @Test
    void tlsAgainstAServerThatSpeaksNoneSaysSo() throws Exception {
        try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> {
                try (var socket = plain.accept()) {
                    socket.getInputStream().read();
                    socket.getOutputStream()
                            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException gone) {
                    // The client hangs up.
                }
            });
            assertThat(whyNot("wss", "localhost", plain.getLocalPort())).contains("it doesn't speak TLS");
            answered.join();
        }
    }

    private final class Recorder implements ConnectionListener {
        @Override
        public void received(String text) {
            heard.add(text);
        }

        @Override
        public void drained() {}

        @Override
        public void closed(CloseReason reason) {
            heard.add("closed " + reason.code());
        }
    }

    /** A server that says again what it hears. */
    private EchoServer tlsServer() throws GeneralSecurityException, IOException {
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), null, null);
        return new EchoServer(context.getServerSocketFactory(), "chat.v1.json", WebSocket::send);
    }
}
