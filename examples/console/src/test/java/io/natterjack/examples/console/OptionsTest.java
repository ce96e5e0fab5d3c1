package io.natterjack.examples.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

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
import picocli.CommandLine.ParameterException;

final class OptionsTest {
    @Test
    void theDefaultsAreALocalServerAndNoRoom() {
        Settings settings = settings("--token", "t");

        assertThat(settings.url()).isEqualTo(URI.create("ws://127.0.0.1:8080/chat"));
        assertThat(settings.rooms()).isEmpty();
        assertThat(settings.device()).isEmpty();
        assertThat(settings.tail()).isEqualTo(10);
        assertThat(settings.log()).isEmpty();
        assertThat(settings.drainTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.tokens().token().toCompletableFuture().join()).isEqualTo("t");
    }

    @Test
    void roomsMayBeSeveral() {
        Settings settings = settings("--token=t", "--room=a", "--room", "b", "--room=a", "--device=d");

        assertThat(settings.rooms()).containsExactly(new RoomId("a"), new RoomId("b"));
        assertThat(settings.device()).contains(new DeviceId("d"));
    }

    @Test
    void aTokenIsTakenAsItIs() {
        assertThat(settings("--token", "@\"a=${b}")
                        .tokens()
                        .token()
                        .toCompletableFuture()
                        .join())
                .isEqualTo("@\"a=${b}");
    }

    @Test
    void aTokenFileIsReadEachTime(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("token"), "first\n");
        Settings settings = settings("--token-file", file.toString());

        assertThat(settings.tokens().token().toCompletableFuture().join()).isEqualTo("first");
        Files.delete(file);
        assertThat(settings.tokens().token().toCompletableFuture()).isCompletedExceptionally();
        Files.writeString(file, "second\n");
        assertThat(settings.tokens().token().toCompletableFuture().join()).isEqualTo("second");
    }

    @Test
    void helpNeedsNothingElse() {
        Options options = new Options();
        options.parser().parseArgs("--help");

        assertThat(options.help()).isTrue();
    }

    @Test
    void everyMistakeNamesItsOption() {
        assertThat(mistake()).contains("--token TOKEN");
        assertThat(mistake("--token=t", "--url=http://x")).startsWith("--url must be ws://");
        assertThat(mistake("--token=t", "--url=ws:// x")).contains("--url");
        assertThat(mistake("--token=t", "--room=a room")).startsWith("--room: ");
        assertThat(mistake("--token=t", "--tail=101")).isEqualTo("--tail must be 0 to 100, was 101");
        assertThat(mistake("--token=t", "--drain-timeout=-1")).isEqualTo("--drain-timeout must be 0 to 86400, was -1");
        assertThat(mistake("--token=t", "--token-file=f")).isEqualTo("--token and --token-file exclude each other");
        assertThat(mistake("--token-file=nowhere")).isEqualTo("--token-file nowhere: there is no such file to read");
        assertThat(mistake("--token=t", "--colour=red")).isEqualTo("unknown option --colour");
    }

    @Test
    void noMistakeShowsTheToken() {
        assertThat(List.of(
                        mistake("--token=hush", "--token=hush"),
                        mistake("--token=hush", "--token-file=f"),
                        mistake("--tokn=hush"),
                        mistake("--token", "a", "hush")))
                .noneMatch(message -> message.contains("hush"));
    }

    private static String mistake(String... arguments) {
        return Options.explain(catchThrowableOfType(ParameterException.class, () -> settings(arguments)));
    }

    private static Settings settings(String... arguments) {
        Options options = new Options();
        return options.settings(options.parser().parseArgs(arguments));
    }
}
