package io.natterjack.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class TextIdTest {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:~-";

    static Stream<Function<String, TextId>> constructors() {
        return Stream.of(RoomId::new, ClientId::new, DeviceId::new, SessionId::new);
    }

    @ParameterizedTest
    @MethodSource("constructors")
    void everyCharacterOfTheAlphabetIsTaken(Function<String, TextId> id) {
        for (char c : ALPHABET.toCharArray()) {
            assertThat(id.apply(String.valueOf(c)).value()).isEqualTo(String.valueOf(c));
        }
    }

    @ParameterizedTest
    @MethodSource("constructors")
    void everyOtherCharacterIsRefusedAtItsPlace(Function<String, TextId> id) {
        for (int c = 0; c <= 0xffff; c++) {
            if (ALPHABET.indexOf(c) < 0) {
                String text = "ab" + (char) c;
                assertThatThrownBy(() -> id.apply(text))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageEndingWith("not the one at 2");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("constructors")
    void oneTo64CharactersAreTaken(Function<String, TextId> id) {
        assertThat(id.apply("a".repeat(64)).value()).hasSize(64);
        assertThatThrownBy(() -> id.apply("")).hasMessageContaining("1 to 64").hasMessageContaining("was 0");
        assertThatThrownBy(() -> id.apply("a".repeat(65)))
                .hasMessageContaining("1 to 64")
                .hasMessageContaining("was 65");
    }

    @ParameterizedTest
    @MethodSource("constructors")
    void noMessageRepeatsWhatWasGiven(Function<String, TextId> id) {
        for (String text : List.of("secret text", "secret".repeat(20), "secret\u0000")) {
            assertThatThrownBy(() -> id.apply(text)).hasMessageNotContaining("secret");
        }
    }

    @Test
    void idsOfDifferentClassesAreNeverEqual() {
        assertThat(new RoomId("a")).isEqualTo(new RoomId("a")).hasSameHashCodeAs(new RoomId("a"));
        assertThat((Object) new RoomId("a")).isNotEqualTo(new ClientId("a")).isNotEqualTo(new UserId("a"));
    }

    @Test
    void anIdPrintsAsItIs() {
        assertThat(new RoomId("team:a~b")).hasToString("team:a~b");
    }

    @Test
    void aSessionIdPrintsShortened() {
        assertThat(new SessionId("S9secret")).hasToString("S9se…");
    }
}
