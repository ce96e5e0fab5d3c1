package io.natterjack.server.websocket;

import static io.natterjack.server.websocket.RawPeer.FIN;
import static io.natterjack.server.websocket.RawPeer.TEXT;
import static io.natterjack.server.websocket.RawPeer.frame;
import static io.natterjack.server.websocket.RawPeer.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natterjack.core.wire.WireFrame;
import io.natterjack.testkit.RecordingHandler;
import io.natterjack.testkit.RecordingListener;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests, good and bad. Each test has an innocent connection that must not notice. */
@Timeout(60)
final class HandshakeIT {
    private final RecordingHandler serverSide = new RecordingHandler();
    private final JavaWebSocketTransport transport = JavaWebSocketTransport.builder()
            .handshakeTimeout(Duration.ofSeconds(10))
            .closeTimeout(Duration.ofMillis(500))
            .build();
    /** For peers that are to run out of time; all others have more of it than they need on a busy machine. */
    private final JavaWebSocketTransport hasty = JavaWebSocketTransport.builder()
            .handshakeTimeout(Duration.ofMillis(700))
            .closeTimeout(Duration.ofMillis(500))
            .build();

    private RawPeer innocent;
    private RawPeer peer;

    @BeforeEach
    void connect() throws IOException {
        transport.start(serverSide);
        hasty.start(serverSide);
        innocent = RawPeer.open(transport.port());
        serverSide.await(1);
        peer = new RawPeer(transport.port());
    }

    @AfterEach
    void theInnocentConnectionStillWorks() throws IOException {
        RecordingListener innocents = serverSide.await(1);
        innocent.sendText("still here");
        assertThat(innocents.awaitReceived(1)).containsExactly("still here");
        innocents.connection().offer(WireFrame.text("so am I"));
        assertThat(innocent.read().text()).isEqualTo("so am I");
        innocent.close();
        peer.close();
        hasty.close();
        transport.close();
    }

    private String assertRefused(int status) throws IOException {
        String head = peer.readHead();
        assertThat(head).startsWith("HTTP/1.1 " + status + " ");
        peer.expectEnd();
        assertThat(serverSide.all()).as("connections that were opened").hasSize(1);
        return head;
    }

    @Test
    void aGoodRequestIsAnsweredAsTheStandardHasIt() throws IOException {
        peer.send(request("Sec-WebSocket-Protocol: other, chat.v1.json"));
        assertThat(peer.readHead())
                .startsWith("HTTP/1.1 101 ")
                .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
                .contains("Sec-WebSocket-Protocol: chat.v1.json\r\n")
                .contains("Upgrade: websocket\r\n")
                .contains("Connection: Upgrade\r\n");
    }

    @Test
    void aClientThatOffersNoSubprotocolIsLetIn() throws IOException {
        peer.send(request());
        assertThat(peer.readHead()).startsWith("HTTP/1.1 101 ").doesNotContain("Sec-WebSocket-Protocol");
    }

    @Test
    void aClientThatOffersOnlyOtherSubprotocolsIsRefused() throws IOException {
        peer.send(request("Sec-WebSocket-Protocol: chat.v2.json, mqtt"));
        assertRefused(400);
    }

    @Test
    void compressionIsNeverAgreedOn() throws IOException {
        peer.send(request("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"));
        assertThat(peer.readHead()).startsWith("HTTP/1.1 101 ").doesNotContain("Sec-WebSocket-Extensions");
    }

    @Test
    void aQueryAfterThePathIsNotLookedAt() throws IOException {
        peer.send(request().replace("/chat ", "/chat?v=1 "));
        assertThat(peer.readHead()).startsWith("HTTP/1.1 101 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/chat/", "/chatter", "/CHAT", "/other", "http://localhost/chat", "*"})
    void anotherPathIsNotFound(String path) throws IOException {
        peer.send(request().replace("/chat", path));
        assertRefused(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "HEAD", "OPTIONS", "CONNECT", "get"})
    void anotherMethodIsNotAllowed(String method) throws IOException {
        peer.send(request().replace("GET", method));
        assertThat(assertRefused(405)).contains("Allow: GET\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Upgrade: websocket              | X-Upgrade: websocket               | 426",
                "Upgrade: websocket              | Upgrade: h2c                       | 426",
                "Connection: keep-alive, Upgrade | Connection: keep-alive             | 400",
                "Connection: keep-alive, Upgrade | X-Connection: Upgrade              | 400",
                "Version: 13                     | Version: 8                         | 426",
                "Sec-WebSocket-Version: 13       | X: 13                              | 426",
                "Key: dGhlIHNhbXBsZSBub25jZQ==   | Key: dGhlIHNhbXBsZQ==              | 400",
                "Key: dGhlIHNhbXBsZSBub25jZQ==   | Key: *                             | 400",
                "Sec-WebSocket-Key               | Sec-WebSocket-K                    | 400",
                "HTTP/1.1                        | HTTP/1.0                           | 400",
                "HTTP/1.1                        | HTTP/2.0                           | 400",
                "Host: localhost                 | no field                           | 400",
            })
    void aRequestThatIsNotForAWebSocketIsRefused(String good, String bad, int status) throws IOException {
        peer.send(request().replace(good, bad));
        assertRefused(status);
    }

    @Test
    void aWrongVersionIsToldTheRightOne() throws IOException {
        peer.send(request().replace("Version: 13", "Version: 7"));
        assertThat(assertRefused(426)).contains("Sec-WebSocket-Version: 13\r\n");
    }

    @Test
    void anEndlessHeaderIsRefused() throws IOException {
        peer.send(request("X: " + "x".repeat(9_000)));
        assertRefused(431);
    }

    @Test
    void howLongARequestMayBeCanBeSet() throws IOException {
        try (JavaWebSocketTransport roomy = JavaWebSocketTransport.builder()
                        .maxHandshakeBytes(16_384)
                        .build();
                JavaWebSocketTransport narrow =
                        JavaWebSocketTransport.builder().maxHandshakeBytes(256).build()) {
            roomy.start(serverSide);
            narrow.start(serverSide);
            try (RawPeer let = new RawPeer(roomy.port());
                    RawPeer refused = new RawPeer(narrow.port())) {
                let.send(request("X: " + "x".repeat(9_000)));
                assertThat(let.readHead()).startsWith("HTTP/1.1 101 ");
                refused.send(request("X: " + "x".repeat(256)));
                assertThat(refused.readHead()).startsWith("HTTP/1.1 431 ");
            }
        }
    }

    @Test
    void endlessHeaderLinesAreRefused() throws IOException {
        peer.send(request("X: y\r\n".repeat(70) + "Z: z"));
        assertRefused(431);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X: a\nY: b", "X: a\rY: b", "X: \u0000", "X: \u007f"})
    void controlCharactersAreRefused(String line) throws IOException {
        peer.send(request(line));
        assertRefused(400);
    }

    @Test
    void aTlsClientIsRefused() throws IOException {
        peer.send(HexFormat.of().parseHex("16030100c8010000c40303" + "00".repeat(64)));
        assertRefused(400);
    }

    @Test
    void aPeerThatSaysNothingIsCutAfterTheTimeout() throws IOException {
        try (RawPeer silent = new RawPeer(hasty.port())) {
            assertIsCut(silent);
        }
    }

    @Test
    void aPeerThatNeverComesToTheEndOfItsRequestIsCutAfterTheTimeout() throws IOException {
        try (RawPeer slow = new RawPeer(hasty.port())) {
            slow.send("GET /chat HTTP/1.1\r\nX: ");
            assertIsCut(slow);
        }
    }

    private void assertIsCut(RawPeer late) {
        assertThatThrownBy(late::readHead)
                .as("nothing is answered")
                .isInstanceOfAny(EOFException.class, SocketException.class);
        assertThat(serverSide.all()).hasSize(1);
    }

    @Test
    void aRefusedPeerThatStaysIsCutAfterTheTimeout() throws IOException {
        peer.send(request().replace("/chat", "/other"));
        assertThat(peer.readHead()).startsWith("HTTP/1.1 404 ");
        assertThatThrownBy(() -> {
                    while (true) {
                        peer.send("x".repeat(1_000));
                    }
                })
                .isInstanceOf(SocketException.class);
    }

    @Test
    void aRequestMayComeInSingleBytes() throws IOException {
        for (byte single : request().getBytes(UTF_8)) {
            peer.send(new byte[] {single});
        }
        assertThat(peer.readHead()).startsWith("HTTP/1.1 101 ");
    }

    @Test
    void framesMayFollowTheRequestAtOnce() throws IOException {
        ByteArrayOutputStream together = new ByteArrayOutputStream();
        together.write(request().getBytes(UTF_8));
        together.write(frame(FIN | TEXT, "early".getBytes(UTF_8)));
        peer.send(together.toByteArray());
        assertThat(serverSide.await(2).awaitReceived(1)).containsExactly("early");
    }
}
