package io.natterjack.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UserIdTest {
    @ParameterizedTest
    @ValueSource(strings = {"ada", "ada@example.org", "auth0|1", "名前", "\uD83D\uDC38", " a b ", "{\"x\":1}", "../.."})
    void theHostsOwnNamesAreTakenAsTheyAre(String name) {
        assertThat(new UserId(name).value()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, '\n', '\r', 0x1b, 0x1f, 0x7f, 0x80, 0x85, 0x9f})
    void aControlCharacterIsRefused(int control) {
        assertThatThrownBy(() -> new UserId("secret" + (char) control))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("user id may not have control characters");
    }

    @ParameterizedTest
    @ValueSource(ints = {0xd800, 0xdbff, 0xdc00, 0xdfff})
    void aLoneSurrogateIsRefused(int surrogate) {
        assertThatThrownBy(() -> new UserId("secret" + (char) surrogate + "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not well-formed")
                .hasMessageNotContaining("secret");
    }

    @Test
    void surrogatesInTheWrongOrderAreRefused() {
        assertThatThrownBy(() -> new UserId("\uDC38\uD83D")).hasMessageContaining("not well-formed");
    }

    @Test
    void theLimitCountsBytes() {
        assertThat(new UserId("a".repeat(128)).value()).hasSize(128);
        assertThat(new UserId("é".repeat(64)).value()).hasSize(64);
        assertThat(new UserId("\uD83D\uDC38".repeat(32)).value()).hasSize(64);
        assertThatThrownBy(() -> new UserId("a".repeat(129)))
                .hasMessageContaining("1 to 128 bytes")
                .hasMessageContaining("was 129");
        assertThatThrownBy(() -> new UserId("é".repeat(64) + "a")).hasMessageContaining("was 129");
        assertThatThrownBy(() -> new UserId("")).hasMessageContaining("was 0");
    }

    @Test
    void aNameThatTurnsTextAroundPrintsEscaped() {
        assertThat(new UserId("a\u202eb")).hasToString("a\\u202eb");
    }

    @Test
    void namesThatOnlyLookAlikeAreDifferent() {
        assertThat(new UserId("é")).isNotEqualTo(new UserId("e\u0301"));
    }
}
