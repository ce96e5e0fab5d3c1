package io.natterjack.examples.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natterjack.core.DeviceId;
import io.natterjack.core.RoomId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsTest {
    @Test
    void theDefaultsAreALocalServerAndNoRoom() {
        Settings settings = parse("--token", "t");

        assertThat(settings.url()).isEqualTo(URI.create("ws://127.0.0.1:8080/chat"));
        assertThat(settings.rooms()).isEmpty();
        assertThat(settings.drainTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.tokens().token().toCompletableFuture().join()).isEqualTo("t");
    }

    @Test
    void roomsMayBeSeveral() {
        Settings settings = parse("--token=t", "--room=a", "--room=b", "--room=a", "--device=d");

        assertThat(settings.rooms()).containsExactly(new RoomId("a"), new RoomId("b"));
        assertThat(settings.device()).contains(new DeviceId("d"));
    }

    @Test
    void aTokenFileIsReadEachTime(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("token");
        Settings settings = parse("--token-file", file.toString());

        assertThat(settings.tokens().token().toCompletableFuture()).isCompletedExceptionally();
        Files.writeString(file, "first\n");
        assertThat(settings.tokens().token().toCompletableFuture().join()).isEqualTo("first");
        Files.writeString(file, "second\n");
        assertThat(settings.tokens().token().toCompletableFuture().join()).isEqualTo("second");
    }

    @Test
    void everyMistakeNamesItsOption() {
        assertMistake("--token TOKEN");
        assertMistake("--url must be ws://", "--token=t", "--url=http://x");
        assertMistake("--url must be ws://", "--token=t", "--url=ws:// x");
        assertMistake("--room: ", "--token=t", "--room=a room");
        assertMistake("exclude each other", "--token=t", "--token-file=f");
    }

    private static void assertMistake(String message, String... arguments) {
        assertThatThrownBy(() -> Settings.parse(List.of(arguments)))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(message);
    }

    private static Settings parse(String... arguments) {
        return Settings.parse(List.of(arguments)).orElseThrow();
    }
}
