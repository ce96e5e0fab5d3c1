package io.natterjack.examples.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.natterjack.core.Principal;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.server.ChatServer;
import io.natterjack.server.jwt.JwtAlgorithm;
import io.natterjack.server.jwt.JwtAuthVerifier;
import io.natterjack.server.websocket.JavaWebSocketTransport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.java_websocket.WebSocket;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program against a real server. */
@Timeout(120)
final class LoadTestIT {
    private static final String SECRET = "a secret of more than thirty-two bytes";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private int run(int port, String... options) {
        List<String> all = new ArrayList<>(List.of("--url", "ws://127.0.0.1:" + port + "/chat", "--json"));
        all.addAll(List.of("--connections", "20", "--warm-up", "0", "--duration", "1"));
        all.addAll(List.of(options));
        return LoadTest.run(
                all.toArray(String[]::new),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(PrintStream.nullOutputStream()));
    }

    private JsonObject outcome() {
        return JsonParser.parseString(out.toString(StandardCharsets.UTF_8)).getAsJsonObject();
    }

    private static ChatServer.Builder server() {
        return ChatServer.builder(request -> CompletableFuture.completedFuture(AuthResult.accepted(
                        Principal.of(new UserId(request.token().replace("dev:", ""))))))
                .port(0)
                .noRateLimit();
    }

    @Test
    void anOpenLoopDeliversEachMessageToTheWholeRoom() {
        try (ChatServer server = server().start()) {
            assertThat(run(server.port(), "--rate", "200", "--room-size", "5")).isZero();
        }

        long sent = outcome().get("sent").getAsLong();
        assertThat(sent).isBetween(150L, 201L);
        assertThat(outcome().get("deliveries").getAsLong()).isBetween(sent * 5 - 100, sent * 5);
        assertThat(outcome().get("lost").getAsLong()).isZero();
        assertThat(outcome().get("p50Millis").getAsDouble()).isPositive();
    }

    @Test
    void aClosedLoopWithSignedTokensKeepsItsMessagesUnderWay(@TempDir Path directory) throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), SECRET);
        JwtAuthVerifier auth = JwtAuthVerifier.withSecret(
                        JwtAlgorithm.HS256, SECRET.getBytes(StandardCharsets.US_ASCII))
                .build();
        try (ChatServer server = ChatServer.builder(auth).port(0).noRateLimit().start()) {
            assertThat(run(server.port(), "--in-flight", "2", "--jwt-secret-file", secret.toString()))
                    .isZero();
        }

        assertThat(outcome().get("acked").getAsLong()).isPositive();
    }

    @Test
    void whatIsRefusedForNowIsSentAgainAndArrives() {
        try (ChatServer server = server().rateLimit(20, 20).start()) {
            assertThat(run(server.port(), "--rate", "1000")).isZero();
        }

        assertThat(outcome().getAsJsonObject("refused").get("rate_limited").getAsLong())
                .isPositive();
        assertThat(outcome().get("heldBack").getAsLong()).isPositive();
    }

    @Test
    void peersThatDoNotReadAreCutAndComeBackWithoutAHole() {
        JavaWebSocketTransport small =
                JavaWebSocketTransport.builder().maxQueuedBytes(64 << 10).build();
        try (ChatServer server = server().transport(small).start()) {
            assertThat(run(
                            server.port(),
                            "--room-size=20",
                            "--rate=200",
                            "--body-bytes=16000",
                            "--stalled-percent=10",
                            "--receive-buffer=4096"))
                    .isZero();
        }

        assertThat(outcome().get("connectionsCut").getAsLong()).isGreaterThanOrEqualTo(2);
        assertThat(outcome().get("connectionsResumed")).isEqualTo(outcome().get("connectionsCut"));
        assertThat(outcome().get("gaps").getAsLong()).isZero();
    }

    @Test
    void whatAServerNeverAnswersIsSaidAndFails() throws Exception {
        Report report = runAgainst(new CarelessServer(WebSocket::isOpen));

        assertThat(report.isClean()).isFalse();
        JsonObject said = JsonParser.parseString(report.json()).getAsJsonObject();
        assertThat(said.get("unanswered")).isEqualTo(said.get("sent"));
        assertThat(said.get("unanswered").getAsLong()).isPositive();
        assertThat(said.get("connectionsMissing").getAsLong()).isZero();
    }

    @Test
    void whoIsNotBackAtTheEndIsSaidAndFails() throws Exception {
        Report report = runAgainst(new CarelessServer(connection -> {
            connection.close();
            return false;
        }));

        assertThat(report.isClean()).isFalse();
        JsonObject said = JsonParser.parseString(report.json()).getAsJsonObject();
        assertThat(said.get("connectionsMissing").getAsLong()).isPositive();
    }

    private static Report runAgainst(CarelessServer server) throws Exception {
        try (server) {
            server.start();
            server.started.await();
            Plan plan = new Plan(
                    URI.create("ws://127.0.0.1:" + server.getPort() + "/chat"),
                    Tokens.ofTemplate("dev:load-%d"),
                    2,
                    2,
                    20,
                    0,
                    Duration.ZERO,
                    Duration.ofSeconds(1),
                    100,
                    false,
                    0,
                    0,
                    1,
                    0,
                    1,
                    false,
                    List.of());
            try (LoadRun run =
                    new LoadRun(plan, new PrintStream(PrintStream.nullOutputStream()), Duration.ofMillis(200))) {
                return new Report(run.run());
            }
        }
    }

    /** Lets clients in, and takes no message. */
    private static final class CarelessServer extends WebSocketServer implements AutoCloseable {
        final CountDownLatch started = new CountDownLatch(1);
        private final Predicate<WebSocket> goesOnAfterMessage;
        private volatile boolean letsIn = true;

        CarelessServer(Predicate<WebSocket> goesOnAfterMessage) {
            super(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            this.goesOnAfterMessage = goesOnAfterMessage;
        }

        @Override
        public void onMessage(WebSocket connection, String message) {
            if (message.startsWith("{\"t\":\"send\"")) {
                letsIn = goesOnAfterMessage.test(connection);
            } else if (message.startsWith("{\"t\":\"join\"") && letsIn) {
                connection.send("{\"t\":\"joined\",\"id\":1,\"room\":\"load-0\",\"e\":1,\"after\":0}");
            }
        }

        @Override
        public void onStart() {
            started.countDown();
        }

        @Override
        public void onOpen(WebSocket connection, ClientHandshake handshake) {}

        @Override
        public void onClose(WebSocket connection, int code, String reason, boolean byPeer) {}

        @Override
        public void onError(@Nullable WebSocket connection, Exception failure) {}

        @Override
        public void close() throws InterruptedException {
            stop();
        }
    }

    @Test
    void aWrongOptionIsSaidByName() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream before = System.err;
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            assertThat(run(1, "--rate=1", "--in-flight=1")).isEqualTo(2);
            assertThat(run(1, "--rate=1", "--stalled-percent=20")).isEqualTo(2);
        } finally {
            System.setErr(before);
        }
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("--rate MESSAGES", "--stalled-percent and --slow-percent leave nobody");
    }
}
