package io.natterjack.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LogTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "plain text", "äöü 名前 \uD83D\uDC38", "a\\nb", "<a href=\"x\">"})
    void harmlessTextStaysAsItIs(String text) {
        assertThat(LogText.escape(text)).isEqualTo(text);
    }

    @Test
    void lineBreaksAreEscaped() {
        assertThat(LogText.escape("a\r\nb\u0085c\u2028d\u2029e")).isEqualTo("a\\u000d\\u000ab\\u0085c\\u2028d\\u2029e");
    }

    @Test
    void controlAndFormatCharactersAreEscaped() {
        assertThat(LogText.escape("\0\u001b[31m\u007f\u202e\u200b\ufeff"))
                .isEqualTo("\\u0000\\u001b[31m\\u007f\\u202e\\u200b\\ufeff");
        assertThat(LogText.escape("\uDB40\uDC01")).isEqualTo("\\udb40\\udc01");
    }

    @Test
    void loneSurrogatesAreEscaped() {
        assertThat(LogText.escape("\uD83D")).isEqualTo("\\ud83d");
        assertThat(LogText.escape("a\uDC38b")).isEqualTo("a\\udc38b");
    }

    @Test
    void longTextIsCut() {
        assertThat(LogText.escape("a".repeat(256))).isEqualTo("a".repeat(256));
        assertThat(LogText.escape("a".repeat(257))).isEqualTo("a".repeat(256) + "…");
    }

    @Test
    void aCutNeverHalvesACharacter() {
        String escaped = LogText.escape("a".repeat(255) + "\uD83D\uDC38" + "b");

        assertThat(escaped).isEqualTo("a".repeat(255) + "\uD83D\uDC38" + "…");
    }
}
