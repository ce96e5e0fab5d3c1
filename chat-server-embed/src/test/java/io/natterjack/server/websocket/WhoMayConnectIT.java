package io.natterjack.server.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.natterjack.testkit.RecordingHandler;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Origins, addresses, and proxies that speak for others. */
@Timeout(60)
final class WhoMayConnectIT {
    private final RecordingHandler serverSide = new RecordingHandler();
    private JavaWebSocketTransport transport = start(JavaWebSocketTransport.builder());

    private JavaWebSocketTransport start(JavaWebSocketTransport.Builder builder) {
        JavaWebSocketTransport started = builder.build();
        started.start(serverSide);
        return started;
    }

    private void restart(JavaWebSocketTransport.Builder builder) {
        transport.close();
        transport = start(builder);
    }

    @AfterEach
    void close() {
        transport.close();
    }

    private String statusOf(String... lines) throws IOException {
        try (RawPeer peer = new RawPeer(transport.port())) {
            peer.send(RawPeer.request(lines));
            return peer.readHead().substring("HTTP/1.1 ".length(), "HTTP/1.1 101".length());
        }
    }

    private RawPeer openAs(String forwardedFor) throws IOException {
        RawPeer peer = new RawPeer(transport.port());
        peer.send(RawPeer.request("X-Forwarded-For: " + forwardedFor));
        assertThat(peer.readHead()).startsWith("HTTP/1.1 101 ");
        return peer;
    }

    @Test
    void aPageOfAnotherHostIsRefusedBeforeTheUpgrade() throws IOException {
        assertThat(statusOf("Origin: https://evil.example")).isEqualTo("403");
        assertThat(statusOf("Origin: null")).isEqualTo("403");
        assertThat(statusOf("Origin: http://localhost", "Origin: https://evil.example"))
                .isEqualTo("403");
        assertThat(serverSide.all()).isEmpty();
        assertThat(statusOf("Origin: http://localhost")).isEqualTo("101");
        assertThat(statusOf()).isEqualTo("101");
    }

    @Test
    void aListOfOriginsTakesTheDefaultsPlace() throws IOException {
        restart(JavaWebSocketTransport.builder().allowedOrigins("https://app.example.org"));

        assertThat(statusOf("Origin: https://app.example.org")).isEqualTo("101");
        assertThat(statusOf("Origin: http://localhost")).isEqualTo("403");
    }

    @Test
    void anyOriginIsAnyOrigin() throws IOException {
        restart(JavaWebSocketTransport.builder().anyOrigin());

        assertThat(statusOf("Origin: https://evil.example")).isEqualTo("101");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::"})
    void listeningToOtherMachinesWithoutTlsMustBeAskedForByName(String host) {
        JavaWebSocketTransport outside =
                JavaWebSocketTransport.builder().host(host).build();
        assertThatIllegalStateException()
                .isThrownBy(() -> outside.start(serverSide))
                .withMessageContaining("behindTlsProxy()");
        outside.close();

        restart(JavaWebSocketTransport.builder().host("0.0.0.0").behindTlsProxy());
        assertThat(transport.port()).isPositive();
    }

    @Test
    void oneAddressMayConnectSoOftenAndAgainWhenOneHasGone() throws IOException {
        restart(JavaWebSocketTransport.builder().maxConnectionsPerAddress(2));
        RawPeer first = RawPeer.open(transport.port());
        try (RawPeer second = RawPeer.open(transport.port());
                RawPeer third = new RawPeer(transport.port())) {
            third.expectEnd();
            second.sendText("the others go on");
            assertThat(serverSide.await(2).awaitReceived(1)).containsExactly("the others go on");
        }
        first.close();
        serverSide.await(1).awaitClosed();
        serverSide.await(2).awaitClosed();

        RawPeer.open(transport.port()).close();
        serverSide.await(3);
    }

    @Test
    void whatAStrangerSaysOfWhomItForwardsForIsNotBelieved() throws IOException {
        openAs("198.51.100.7").close();

        assertThat(serverSide.await(1).connection().remote()).isEqualTo("127.0.0.1");
    }

    @Test
    void behindAProxyClientsCountByTheirOwnAddresses() throws IOException {
        restart(JavaWebSocketTransport.builder().behindTlsProxy("127.0.0.0/8").maxConnectionsPerAddress(1));
        try (RawPeer first = openAs("198.51.100.7");
                RawPeer second = openAs("198.51.100.7, 198.51.100.8")) {
            assertThat(serverSide.await(1).connection().remote()).isEqualTo("198.51.100.7");
            assertThat(serverSide.await(2).connection().remote()).isEqualTo("198.51.100.8");
            assertThat(statusOf("X-Forwarded-For: 198.51.100.7")).isEqualTo("429");
            assertThat(statusOf("X-Forwarded-For: 198.51.100.9, 198.51.100.8")).isEqualTo("429");
            first.sendText("still here");
            serverSide.await(1).awaitReceived(1);
            second.sendText("me too");
            serverSide.await(2).awaitReceived(1);
        }
        serverSide.await(1).awaitClosed();
        openAs("198.51.100.7").close();
    }
}
