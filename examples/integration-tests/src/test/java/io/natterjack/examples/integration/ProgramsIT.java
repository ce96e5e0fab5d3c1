package io.natterjack.examples.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The standalone server and the console client as people start them. */
@Timeout(60)
final class ProgramsIT {
    /** What the JVM ends with when it was asked to by SIGTERM. */
    private static final int TERMINATED = 128 + 15;

    @TempDir
    Path directory;

    @Test
    void theServerPrintsOneLineAndEndsInGoodOrder() {
        try (JarProcess server = startServer("--insecure-dev-tokens", "--data=data", "--port=0")) {
            assertThat(server.awaitLine("READY")).matches("READY ws://127\\.0\\.0\\.1:\\d+/chat");
            server.terminate();

            assertThat(server.awaitEnd()).isEqualTo(TERMINATED);
            assertThat(server.output()).hasSize(1);
            assertThat(server.errors()).contains("WARNING", "--insecure-dev-tokens", "Stopped");
            assertThat(directory.resolve("data")).isDirectoryContaining("glob:**chat.db");
        }
    }

    @Test
    void aBadOptionIsNamed() {
        try (JarProcess server = startServer("--insecure-dev-tokens", "--prot=1")) {
            assertThat(server.awaitEnd()).isEqualTo(2);
            assertThat(server.errors())
                    .startsWith("natterjack: unknown option --prot")
                    .contains("--help lists all options");
            assertThat(server.output()).isEmpty();
        }
        try (JarProcess console = startConsole("console", "--room=x")) {
            assertThat(console.awaitEnd()).isEqualTo(2);
            assertThat(console.errors())
                    .startsWith("natterjack: say who you are")
                    .contains("Usage:");
        }
    }

    @Test
    void aServerWithoutAWayToTellWhoIsWhoDoesNotStart() {
        try (JarProcess server = startServer("--memory")) {
            assertThat(server.awaitEnd()).isEqualTo(2);
            assertThat(server.errors()).contains("--jwt-secret-file FILE", "--insecure-dev-tokens");
        }
    }

    @Test
    void aPortThatIsTakenIsOneLine() {
        try (JarProcess first = startServer("--insecure-dev-tokens", "--memory", "--port=0")) {
            String port = address(first).replaceAll(".*:(\\d+)/.*", "$1");
            try (JarProcess second = JarProcess.start(
                    "standalone", directory, "second", "--insecure-dev-tokens", "--memory", "--port=" + port)) {
                assertThat(second.awaitEnd()).isEqualTo(1);
                assertThat(second.errors().lines().filter(line -> line.contains("can't listen on 127.0.0.1:" + port)))
                        .hasSize(1);
                assertThat(second.errors())
                        .contains("another program has this port")
                        .doesNotContain("\tat ");
            }
        }
    }

    @Test
    void aSecretThatIsTooShortIsRefused() throws IOException {
        Files.writeString(directory.resolve("secret"), "short");
        try (JarProcess server = startServer("--jwt-secret-file=secret", "--memory")) {
            assertThat(server.awaitEnd()).isEqualTo(2);
            assertThat(server.errors()).contains("--jwt-secret-file must have 32 bytes or more, has 5");
        }
    }

    @Test
    void twoPeopleTalkWithSignedTokens() throws IOException {
        Files.write(directory.resolve("secret"), Tokens.SECRET);
        try (JarProcess server = startServer("--jwt-secret-file=secret", "--memory", "--port=0")) {
            String url = "--url=" + address(server);
            try (JarProcess ada = startConsole("ada", url, "--room=lobby", "--token=" + Tokens.good("ada"));
                    JarProcess bob = startConsole("bob", url, "--room=lobby", "--token=" + Tokens.good("bob"))) {
                ada.awaitLine("-- online as ada");
                bob.awaitLine("-- joined lobby");
                ada.type("hello \u001b[31mbob");
                bob.awaitLine("#1 ada: hello \\u001b[31mbob");
                bob.type("hello ada");
                ada.awaitLine("#2 bob: hello ada");
                ada.type("/history");
                ada.awaitLine("-- 2 messages");
                ada.endInput();
                assertThat(ada.awaitEnd()).isZero();
            }
        }
    }

    @Test
    void theConsoleEndsWhenItIsNotLetIn() throws IOException {
        Files.write(directory.resolve("secret"), Tokens.SECRET);
        try (JarProcess server = startServer("--jwt-secret-file=secret", "--memory", "--port=0")) {
            String expired = Tokens.signed(Tokens.SECRET, "ada", Instant.now().minusSeconds(600));
            try (JarProcess console = startConsole("console", "--url=" + address(server), "--token=" + expired)) {
                assertThat(console.awaitEnd()).isEqualTo(1);
                assertThat(console.output()).anyMatch(line -> line.contains("4500: the token isn't good"));
            }
        }
    }

    @Test
    void theConsoleSaysWhenItsMessagesHaveNoAnswer() {
        try (JarProcess console = startConsole(
                "console", "--url=ws://127.0.0.1:1/chat", "--token=dev:ada", "--room=lobby", "--drain-timeout=1")) {
            console.type("is anybody there?");
            console.endInput();
            assertThat(console.awaitEnd()).isEqualTo(3);
            assertThat(console.output()).contains("-- no connection, trying again");
            assertThat(console.output()).anyMatch(line -> line.startsWith("-- 1 messages have no answer"));
        }
    }

    private JarProcess startServer(String... options) {
        return JarProcess.start("standalone", directory, "server", options);
    }

    private static String address(JarProcess server) {
        return server.awaitLine("READY").substring("READY ".length());
    }

    private JarProcess startConsole(String name, String... options) {
        return JarProcess.start("console", directory, name, options);
    }
}
