package io.natterjack.server.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TrustedProxiesTest {
    private final TrustedProxies proxies =
            TrustedProxies.of(List.of("127.0.0.1", "10.0.0.0/9", "2001:db8::/32", "192.0.2.128/25"));

    private String client(String... forwardedFor) {
        return proxies.client(List.of(forwardedFor))
                .map(address -> address.getHostAddress())
                .orElse("nobody");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "10.0.0.0", "10.127.255.255", "2001:db8:ffff::1", "192.0.2.255"})
    void whatLiesInANetworkOfOursIsAProxy(String address) {
        assertThat(proxies.contains(Addresses.parse(address).orElseThrow())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.2", "10.128.0.0", "9.255.255.255", "2001:db9::1", "192.0.2.127", "::1"})
    void whatDoesNotIsNone(String address) {
        assertThat(proxies.contains(Addresses.parse(address).orElseThrow())).isFalse();
    }

    @Test
    void theClientIsTheLastThatIsNoProxyOfOurs() {
        assertThat(client("198.51.100.7")).isEqualTo("198.51.100.7");
        assertThat(client("203.0.113.9", "198.51.100.7", "10.1.2.3")).isEqualTo("198.51.100.7");
        assertThat(client("what I say", "198.51.100.7")).isEqualTo("198.51.100.7");
    }

    @Test
    void whatIsNoAddressIsNotBelieved() {
        assertThat(client()).isEqualTo("nobody");
        assertThat(client("10.1.2.3")).isEqualTo("nobody");
        assertThat(client("198.51.100.7", "unknown")).isEqualTo("nobody");
        assertThat(client("198.51.100.7", "localhost")).isEqualTo("nobody");
        assertThat(client("198.51.100.7", "300.1.1.1", "10.1.2.3")).isEqualTo("nobody");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "localhost", "example.org", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "10.0.0/8", "::/129"
            })
    void aNameOrAnOddNetworkIsRefused(String network) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrustedProxies.of(List.of(network)))
                .withMessageContaining("as an address or a network");
    }
}
