package io.natterjack.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SettingsTest {
    @Test
    void theDefaultsAreALocalServerOnASqliteFile() {
        Settings settings = Settings.parse(List.of("--insecure-dev-tokens")).orElseThrow();

        assertThat(settings)
                .isEqualTo(new Settings(
                        "127.0.0.1",
                        8080,
                        new Settings.Storage.Sqlite(Path.of("chat-data")),
                        Optional.empty(),
                        Optional.of(20)));
    }

    @Test
    void allOfPostgresCanBeSaid() {
        Settings settings = parse(
                "--jwt-secret-file=s", "--jdbc-url=jdbc:postgresql://db/chat", "--jdbc-user=u", "--jdbc-password=p");

        assertThat(settings.storage())
                .isEqualTo(new Settings.Storage.Jdbc(
                        "jdbc:postgresql://db/chat",
                        Optional.of("u"),
                        new Settings.Password(Optional.of("p"), Optional.empty())));
        assertThat(settings.jwtSecretFile()).contains(Path.of("s"));
    }

    @Test
    void thePasswordDoesNotShow() {
        assertThat(parse("--insecure-dev-tokens", "--jdbc-url=jdbc:postgresql:x", "--jdbc-password=hush")
                        .toString())
                .doesNotContain("hush");
    }

    @Test
    void theRateLimitCanBeSetAndLifted() {
        assertThat(parse("--insecure-dev-tokens", "--rate-limit", "5").framesPerSecond())
                .contains(5);
        assertThat(parse("--insecure-dev-tokens", "--rate-limit", "off").framesPerSecond())
                .isEmpty();
    }

    @Test
    void helpNeedsNothingElse() {
        assertThat(Settings.parse(List.of("--help"))).isEmpty();
    }

    @Test
    void everyMistakeSaysWhatToDo() {
        assertMistake("--jwt-secret-file FILE");
        assertMistake("exclude each other", "--jwt-secret-file=s", "--insecure-dev-tokens");
        assertMistake("exclude each other", "--insecure-dev-tokens", "--memory", "--data=d");
        assertMistake("for SQLite use --data", "--insecure-dev-tokens", "--jdbc-url=jdbc:sqlite:x");
        assertMistake("--jdbc-user needs --jdbc-url", "--insecure-dev-tokens", "--jdbc-user=u");
        assertMistake("(or off)", "--insecure-dev-tokens", "--rate-limit=0");
        assertMistake("0 to 65535", "--insecure-dev-tokens", "--port=99999");
    }

    @Test
    void everyOptionIsExplained() {
        for (String option : List.of(
                "--host",
                "--port",
                "--data",
                "--jdbc-url",
                "--jdbc-user",
                "--jdbc-password",
                "--jdbc-password-file",
                "--jwt-secret-file",
                "--insecure-dev-tokens",
                "--memory",
                "--rate-limit",
                "--help")) {
            assertThat(Settings.USAGE).contains("  " + option);
        }
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
