package io.natterjack.server.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OriginPolicyTest {
    @Test
    void aListOfNoneIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OriginPolicy.of(Set.of()))
                .withMessageContaining("allowedOrigins");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "example.org",
                "https://example.org/",
                "https://example.org/app",
                "https://*.example.org",
                "https://ada@example.org",
                "*",
                ""
            })
    void whatNoBrowserWouldSendIsRefused(String origin) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OriginPolicy.of(Set.of(origin)))
                .withMessageContaining("https://example.org");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "http://[::1]:3000", "capacitor://localhost", "chrome-extension://abcdef"})
    void anOriginMayBeOfAnyKind(String origin) {
        assertThat(OriginPolicy.of(Set.of(origin)).allows(origin, "chat.example.org"))
                .isTrue();
    }

    @Test
    void whoIsNoPageIsLetThrough() {
        assertThat(OriginPolicy.SAME_HOST.allows("", "example.org")).isTrue();
        assertThat(OriginPolicy.of(Set.of("https://example.org")).allows("", "other"))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "https://example.org, example.org",
        "https://example.org, example.org:443",
        "https://Example.ORG:443, example.org",
        "http://example.org, example.org:80",
        "http://localhost:8080, localhost:8080",
        "http://[::1]:8080, [::1]:8080",
        "http://[::1], [::1]:80"
    })
    void byDefaultAPageOfTheHostThatItConnectsToMay(String origin, String host) {
        assertThat(OriginPolicy.SAME_HOST.allows(origin, host)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "https://evil.example, example.org",
        "https://example.org.evil.example, example.org",
        "https://example.org:8443, example.org",
        "http://example.org, example.org:443",
        "null, example.org",
        "file://, example.org",
        "example.org, example.org",
        "ftp://example.org, example.org"
    })
    void andNoOther(String origin, String host) {
        assertThat(OriginPolicy.SAME_HOST.allows(origin, host)).isFalse();
    }

    @Test
    void aListIsExact() {
        OriginPolicy listed = OriginPolicy.of(Set.of("https://app.example.org", "http://localhost:3000"));

        assertThat(listed.allows("https://APP.example.org", "chat.example.org")).isTrue();
        assertThat(listed.allows("http://localhost:3000", "chat.example.org")).isTrue();
        assertThat(listed.allows("http://app.example.org", "app.example.org")).isFalse();
        assertThat(listed.allows("https://chat.example.org", "chat.example.org"))
                .isFalse();
    }

    @Test
    void allMayIfThatIsAskedFor() {
        assertThat(new OriginPolicy(true, Set.of()).allows("https://evil.example", "example.org"))
                .isTrue();
    }
}
