package io.natterjack.server.websocket;

import static io.natterjack.server.websocket.RawPeer.FIN;
import static io.natterjack.server.websocket.RawPeer.TEXT;
import static io.natterjack.server.websocket.RawPeer.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natterjack.core.CloseReason;
import io.natterjack.core.wire.WireFrame;
import io.natterjack.server.TlsContexts;
import io.natterjack.testkit.RecordingHandler;
import io.natterjack.testkit.RecordingListener;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The transport's own TLS, beside an innocent peer. */
@Timeout(60)
final class TlsIT {
    private static final int SILENT = 1_000;

    @TempDir
    static Path directory;

    private static SSLContext first;
    private static SSLContext second;

    private final RecordingHandler serverSide = new RecordingHandler();
    private JavaWebSocketTransport transport = start(JavaWebSocketTransport.builder());

    @BeforeAll
    static void makeCertificates() throws IOException, InterruptedException {
        first = TlsContexts.ofKeyStore(TestCertificates.keyStore(directory, "first", "EC"), TestCertificates.PASSWORD);
        second = TlsContexts.ofKeyStore(
                TestCertificates.keyStore(directory, "second", "RSA"), TestCertificates.PASSWORD);
    }

    private JavaWebSocketTransport start(JavaWebSocketTransport.Builder builder) {
        JavaWebSocketTransport started = builder.tls(first).build();
        started.start(serverSide);
        return started;
    }

    @AfterEach
    void anInnocentPeerIsServed() throws Exception {
        int before = serverSide.all().size();
        try (RawPeer peer = open()) {
            RecordingListener listener = serverSide.await(before + 1);
            peer.sendText("hello");
            assertThat(listener.awaitReceived(1)).containsExactly("hello");
        }
        transport.close();
    }

    private static SSLSocket socket(String... protocols) throws GeneralSecurityException, IOException {
        SSLSocket socket =
                (SSLSocket) TestCertificates.trusting().getSocketFactory().createSocket();
        if (protocols.length > 0) {
            socket.setEnabledProtocols(protocols);
        }
        return socket;
    }

    private RawPeer open(String... protocols) throws GeneralSecurityException, IOException {
        return new RawPeer(socket(protocols), transport.port(), 0).opened();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void textTravelsBothWaysWhateverItsSize(String protocol) throws Exception {
        try (RawPeer peer = open(protocol)) {
            RecordingListener listener = serverSide.await(1);
            for (int size : new int[] {0, 1, 1_000, 16_384, 16_385, 65_536}) {
                String text = "x".repeat(size);
                peer.sendText(text);
                listener.connection().offer(WireFrame.text(text));
                assertThat(peer.read().text()).isEqualTo(text);
            }
            assertThat(listener.awaitReceived(6))
                    .allSatisfy(text -> assertThat(text).matches("x*"));
            listener.connection().close(CloseReason.DRAIN);
            assertThat(peer.read().closeCode()).isEqualTo(4001);
            peer.send(frame(FIN | RawPeer.CLOSE, RawPeer.closePayload(4001)));
            peer.expectEnd();
            assertThat(listener.awaitClosed()).isEqualTo(CloseReason.DRAIN);
        }
    }

    @Test
    void olderThanTls12IsRefused() throws Exception {
        SSLSocket old = socket("TLSv1.1");
        old.connect(new java.net.InetSocketAddress("127.0.0.1", transport.port()));
        assertThatThrownBy(old::startHandshake).isInstanceOf(IOException.class);
        old.close();
    }

    @Test
    void aRequestWithoutTlsIsNotAnswered() throws IOException {
        try (RawPeer plain = new RawPeer(transport.port())) {
            plain.send(RawPeer.request());
            plain.expectEnd();
        }
        assertThat(serverSide.all()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"160301", "16030100ff01", "ffffffffffffffffffffffff", "1603014000"})
    void rubbishAndHalfAHandshakeEndWithTheirTime(String hex) throws IOException {
        // Long enough for the innocent one behind it, on a machine that is busy.
        restart(JavaWebSocketTransport.builder().handshakeTimeout(Duration.ofSeconds(2)));
        try (RawPeer plain = new RawPeer(transport.port())) {
            plain.send(java.util.HexFormat.of().parseHex(hex));
            plain.expectEnd();
        }
    }

    private void restart(JavaWebSocketTransport.Builder builder) {
        transport.close();
        transport = start(builder);
    }

    /** Hazard: one silent TLS client made the stock server's selector spin, at the price of a whole core. */
    @Test
    void aThousandSilentClientsCostNothingAndDelayNobody() throws Exception {
        restart(JavaWebSocketTransport.builder()
                .handshakeTimeout(Duration.ofMinutes(1))
                .maxConnectionsPerAddress(2 * SILENT));
        List<RawPeer> silent = new ArrayList<>();
        for (int i = 0; i < SILENT; i++) {
            RawPeer peer = new RawPeer(transport.port());
            if (i % 2 == 0) {
                peer.send(new byte[] {0x16, 0x03, 0x01}); // the beginning of a handshake
            }
            silent.add(peer);
        }
        try (RawPeer innocent = open()) {
            RecordingListener listener = serverSide.await(1);
            for (int round = 1; round <= 100; round++) {
                listener.connection().offer(WireFrame.text("tick"));
                assertThat(innocent.read().text()).isEqualTo("tick");
                innocent.sendText("tock");
                listener.awaitReceived(round);
            }
            long before = ioNanos();
            innocent.expectNothing(Duration.ofSeconds(1));
            long used = ioNanos() - before;
            assertThat(used)
                    .as("CPU time of the I/O threads within a second")
                    .isLessThan(TimeUnit.MILLISECONDS.toNanos(500));
        }
        for (RawPeer peer : silent) {
            peer.close();
        }
    }

    private static long ioNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long nanos = 0;
        for (long id : threads.getAllThreadIds()) {
            var info = threads.getThreadInfo(id);
            if (info != null && info.getThreadName().startsWith("chat-io-")) {
                nanos += Math.max(0, threads.getThreadCpuTime(id));
            }
        }
        return nanos;
    }

    @Test
    void aPeerThatStopsReadingGetsAllOfItWhenItGoesOn() throws Exception {
        RawPeer peer = new RawPeer(socket(), transport.port(), 4_096).opened();
        RecordingListener listener = serverSide.await(1);
        int taken = 0;
        while (listener.connection().offer(WireFrame.text(String.format("%08d", taken) + "x".repeat(8_000)))) {
            taken++;
        }
        for (int i = 0; i < taken; i++) {
            assertThat(peer.read().text()).startsWith(String.format("%08d", i));
        }
        listener.awaitDrained(1);
        listener.connection().offer(WireFrame.text("and on"));
        assertThat(peer.read().text()).isEqualTo("and on");
        peer.close();
    }

    @Test
    void severalThreadsWriteWhileAnotherReads() throws Exception {
        try (RawPeer peer = open()) {
            RecordingListener listener = serverSide.await(1);
            List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int writer = i;
                writers.add(new Thread(() -> {
                    for (int j = 0; j < 500; j++) {
                        listener.connection().offer(WireFrame.text(writer + " " + j + "x".repeat(100)));
                    }
                }));
            }
            writers.forEach(Thread::start);
            for (int j = 0; j < 500; j++) {
                peer.sendText("up " + j);
            }
            int[] next = new int[4];
            for (int i = 0; i < 2_000; i++) {
                String text = peer.read().text();
                int writer = text.charAt(0) - '0';
                assertThat(text).isEqualTo(writer + " " + next[writer]++ + "x".repeat(100));
            }
            assertThat(listener.awaitReceived(500)).hasSize(500).endsWith("up 499");
        }
    }

    @Test
    void aViolationIsToldInACloseFrame() throws Exception {
        try (RawPeer peer = open()) {
            RecordingListener listener = serverSide.await(1);
            peer.send(frame(FIN | TEXT, "not\u00ffutf8".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)));
            peer.expectClose(1007);
            assertThat(listener.awaitClosed()).isEqualTo(CloseReason.NOT_UTF8);
        }
    }

    @Test
    void aClientMayNotRenegotiateNotEvenWhileOthersWriteToIt() throws Exception {
        for (int round = 0; round < 20; round++) {
            SSLSocket socket = socket("TLSv1.2");
            RawPeer peer = new RawPeer(socket, transport.port(), 0).opened();
            RecordingListener listener = serverSide.await(round + 1);
            Thread writer = new Thread(() -> {
                while (listener.closed().isEmpty()) {
                    listener.connection().offer(WireFrame.text("tick"));
                }
            });
            writer.start();
            assertThatThrownBy(() -> {
                        socket.startHandshake();
                        while (true) {
                            peer.read();
                        }
                    })
                    .isInstanceOf(IOException.class);
            assertThat(listener.awaitClosed()).isEqualTo(CloseReason.ABNORMAL);
            writer.join();
            peer.close();
        }
    }

    @Test
    void newCertificatesAreForThoseWhoComeFromThenOn() throws Exception {
        SSLSocket early = socket();
        RawPeer before = new RawPeer(early, transport.port(), 0).opened();
        transport.reloadTls(second);
        SSLSocket late = socket();
        RawPeer after = new RawPeer(late, transport.port(), 0).opened();

        assertThat(nameOf(early)).isEqualTo("CN=first");
        assertThat(nameOf(late)).isEqualTo("CN=second");
        before.sendText("still here");
        assertThat(serverSide.await(1).awaitReceived(1)).containsExactly("still here");
        before.close();
        after.close();
    }

    private static String nameOf(SSLSocket socket) throws IOException {
        return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                .getSubjectX500Principal()
                .getName();
    }

    @Test
    void withoutTlsThereIsNothingToReload() {
        JavaWebSocketTransport plain = JavaWebSocketTransport.builder().build();

        assertThatIllegalStateException().isThrownBy(() -> plain.reloadTls(second));
        plain.close();
    }

    @Test
    void withTlsItMayListenToAllMachines() {
        restart(JavaWebSocketTransport.builder().host("0.0.0.0"));

        assertThat(transport.port()).isPositive();
    }
}
