package io.natterjack.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class Utf8Test {
    @Test
    void everyCharacterHasTheLengthOfItsEncoding() {
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
                String text = Character.toString(point);
                assertThat(Utf8.length(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
            }
        }
    }

    @Test
    void lengthsAddUp() {
        assertThat(Utf8.length("")).isZero();
        assertThat(Utf8.length("aé名\uD83D\uDC38")).isEqualTo(1 + 2 + 3 + 4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\uD83D",
                "\uDC38",
                "a\uD83D",
                "\uD83Da",
                "\uDC38\uD83D",
                "\uD83D\uD83D\uDC38",
                "\uD83D\uDC38\uDC38"
            })
    void aLoneSurrogateHasNoLength(String text) {
        assertThat(Utf8.length(text)).isEqualTo(-1);
    }
}
