package io.natterjack.examples.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that logs its own details, and a peer that tries to write lines of its own into the log. */
@Timeout(60)
final class LogInjectionIT {
    private static final String ATTEMPT = "x\\r\\n2026 INFO FORGED\\u001b[2J\\u2028FORGED\\u202eFORGED";
    private static final String SECRET_TEXT = "hush-hush";

    @TempDir
    Path directory;

    @Test
    void nothingThatAPeerSendsReachesTheLogUnescaped() throws IOException {
        try (JarProcess server = startServer()) {
            int port = URI.create(server.awaitLine("READY").substring("READY ".length()))
                    .getPort();
            attack(port);
            server.terminate();
            server.awaitEnd();

            assertThat(server.errors()).contains("DEBUG").doesNotContain(SECRET_TEXT);
            assertThat(server.errors().lines())
                    .noneMatch(line -> line.startsWith("2026 INFO FORGED") || line.startsWith("FORGED"));
            assertThat(server.errors().chars()).noneMatch(unit -> unit == 0x1b || unit == 0x2028 || unit == 0x202e);
        }
    }

    @Test
    void aThousandRefusedTokensAreAFewLines() throws IOException {
        try (JarProcess server = startServer()) {
            int port = URI.create(server.awaitLine("READY").substring("READY ".length()))
                    .getPort();
            long start = System.nanoTime();
            for (int i = 0; i < 1_000; i++) {
                try (RawPeer peer = new RawPeer(port)) {
                    peer.send("{\"t\":\"hello\",\"id\":1,\"token\":\"no\",\"device\":\"d\"}");
                    assertThat(peer.receive()).contains("unauthorized");
                }
            }
            long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
            server.terminate();
            server.awaitEnd();

            assertThat(server.errors().lines().filter(line -> line.contains(" refused: ")))
                    .hasSizeBetween(1, (int) seconds + 2);
        }
    }

    private JarProcess startServer() {
        return JarProcess.start(
                directory,
                "server",
                List.of(
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=debug",
                        "-jar",
                        JarProcess.jar("standalone").toString(),
                        "--insecure-dev-tokens",
                        "--memory",
                        "--port=0"));
    }

    private static void attack(int port) throws IOException {
        try (RawPeer peer = new RawPeer(port)) {
            peer.send("{\"t\":\"hello\",\"id\":1,\"token\":\"" + SECRET_TEXT + ATTEMPT + "\",\"device\":\"d\"}");
            assertThat(peer.receive()).contains("unauthorized");
        }
        try (RawPeer peer = new RawPeer(port)) {
            // A user id may have characters that paint over a line, though no line breaks.
            peer.send("{\"t\":\"hello\",\"id\":1,\"token\":\"dev:x\\u2028FORGED\\u202eFORGED\",\"device\":\"d\"}");
            assertThat(peer.receive()).contains("welcome");
            peer.send("{\"t\":\"join\",\"id\":2,\"room\":\"" + ATTEMPT + "\"}");
            assertThat(peer.receive()).contains("bad_frame");
            peer.send("{\"t\":\"" + ATTEMPT + "\",\"id\":3}");
            assertThat(peer.receive()).contains("unsupported");
            peer.send("{\"t\":\"join\",\"id\":4,\"room\":\"r\"}");
            assertThat(peer.receive()).contains("joined");
            peer.send("{\"t\":\"send\",\"id\":5,\"room\":\"r\",\"cid\":\"c\",\"b\":{\"text\":\"" + SECRET_TEXT + ATTEMPT
                    + "\"}}");
            // In whichever order.
            assertThat(peer.receive() + peer.receive()).contains("\"t\":\"ack\"", "\"t\":\"ev\"");
            attackByOtherFields(peer);
        }
    }

    /** What is refused isn't repeated either. */
    private static void attackByOtherFields(RawPeer peer) throws IOException {
        for (String cursor : List.of(ATTEMPT, ATTEMPT + "/r/1", "1/" + ATTEMPT + "/1", "1/r/" + ATTEMPT, "-5")) {
            assertThat(refusals(peer, "{\"t\":\"search\",\"id\":6,\"text\":\"a\",\"cursor\":\"" + cursor + "\"}"))
                    .contains("bad_frame")
                    .doesNotContain("FORGED");
        }
        for (String frame : List.of(
                "{\"t\":\"rooms\",\"id\":7,\"cursor\":\"" + ATTEMPT + "\"}",
                "{\"t\":\"members\",\"id\":7,\"room\":\"r\",\"is\":\"" + ATTEMPT + "\"}",
                "{\"t\":\"members\",\"id\":7,\"room\":\"r\",\"user\":\"" + ATTEMPT + "\"}",
                "{\"t\":\"users\",\"id\":7,\"who\":[\"" + ATTEMPT + "\"]}",
                "{\"t\":\"profile\",\"id\":7,\"name\":\"" + ATTEMPT + "\",\"avatar\":\"" + ATTEMPT + "\"}",
                "{\"t\":\"profile\",\"id\":7,\"attrs\":{\"" + ATTEMPT + "\":1}}",
                "{\"t\":\"presence\",\"state\":\"away\",\"status\":\"" + ATTEMPT + "\"}",
                "{\"t\":\"presence\",\"state\":\"" + ATTEMPT + "\"}",
                "{\"t\":\"call\",\"id\":7,\"room\":\"r\",\"op\":\"hangup\",\"call\":\"k\",\"reason\":\"" + ATTEMPT
                        + "\"}",
                "{\"t\":\"room\",\"id\":7,\"room\":\"r\",\"cid\":\"d\",\"b\":{\"" + ATTEMPT + "\":1}}",
                "{\"t\":\"room\",\"id\":7,\"room\":\"r\",\"cid\":\"e\",\"b\":{\"kind\":\"" + ATTEMPT + "\"}}",
                "{\"t\":\"send\",\"id\":7,\"room\":\"r\",\"cid\":\"f\",\"b\":{\"mentions\":[\"" + ATTEMPT + "\"]}}")) {
            assertThat(refusals(peer, frame)).doesNotContain("FORGED");
        }
    }

    /** Sends a frame, and returns what was refused until the server has answered it. */
    private static String refusals(RawPeer peer, String frame) throws IOException {
        peer.send(frame);
        // Reads are answered one after the other, so an answer to the second tells that the first was given.
        peer.send("{\"t\":\"users\",\"id\":99,\"who\":[\"somebody\"]}");
        StringBuilder refusals = new StringBuilder();
        String answer = peer.receive();
        while (!answer.contains("\"id\":99")) {
            assertThat(answer).doesNotStartWith("close");
            if (answer.contains("\"t\":\"error\"")) {
                refusals.append(answer).append('\n');
            }
            answer = peer.receive();
        }
        return refusals.toString();
    }
}
