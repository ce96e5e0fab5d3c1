package io.natterjack.examples.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.client.Sent;
import io.natterjack.core.RoomId;
import io.natterjack.testkit.Await;
import io.natterjack.testkit.FaultProxy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** While the database is away a server says so soon, and acknowledges nothing that isn't kept. */
@Timeout(60)
final class DatabaseOutageIT {
    /** "Within about a second", on a machine that does other things too. */
    private static final Duration SOON = Duration.ofSeconds(4);

    private static DurablePostgres postgres;

    @TempDir
    Path directory;

    private FaultProxy path;
    private JarProcess server;
    private Listener patient;
    private RawPeer peer;

    @BeforeAll
    static void startDatabase() {
        postgres = DurablePostgres.start();
    }

    @AfterAll
    static void stopDatabase() {
        postgres.close();
    }

    @BeforeEach
    void start() throws IOException {
        String direct = postgres.newUrl();
        int port = URI.create(direct.substring("jdbc:".length())).getPort();
        path = FaultProxy.to("127.0.0.1", port);
        server = JarProcess.start(
                "standalone",
                directory,
                "server",
                "--insecure-dev-tokens",
                "--port=0",
                "--jdbc-url=" + direct.replace(":" + port + "/", ":" + path.port() + "/"));
        int serverPort = URI.create(server.awaitLine("READY").substring("READY ".length()))
                .getPort();
        patient = new Listener("dev:patient", serverPort, new RoomId("r"));
        peer = new RawPeer(serverPort);
        peer.send("{\"t\":\"hello\",\"id\":1,\"token\":\"dev:ada\",\"device\":\"d\"}");
        assertThat(peer.receive()).contains("welcome");
        peer.send("{\"t\":\"join\",\"id\":2,\"room\":\"r\"}");
        assertThat(peer.receive()).contains("joined");
        send("before");
        assertThat(next()).contains("\"ack\"");
    }

    @AfterEach
    void stop() throws IOException {
        peer.close();
        patient.close();
        server.close();
        path.close();
    }

    @Test
    void aDatabaseThatIsGoneIsSaidSoonAndItsReturnNoticed() throws IOException {
        path.refuse();
        path.cut();
        CompletionStage<Sent> waiting = patient.say();
        assertUnavailable();
        assertThat(waiting.toCompletableFuture()).isNotDone();

        path.accept();
        assertBack(waiting);
    }

    @Test
    void aDatabaseThatFallsSilentIsSaidSoonAndItsReturnNoticed() throws IOException {
        path.stall();
        CompletionStage<Sent> waiting = patient.say();
        assertUnavailable();
        assertThat(waiting.toCompletableFuture()).isNotDone();

        path.cut();
        path.resume();
        assertBack(waiting);
    }

    private void assertUnavailable() throws IOException {
        long start = System.nanoTime();
        send("during");
        assertThat(next()).contains("\"error\"", "\"unavailable\"", "\"retry\"", "\"cid\":\"during\"");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
    }

    /** What waited at a client gets there by itself, and what was refused can be sent again. */
    private void assertBack(CompletionStage<Sent> waiting) throws IOException {
        Await.result(waiting);
        send("during");
        assertThat(next()).contains("\"ack\"", "\"cid\":\"during\"");
        Await.until("all three are seen", () -> patient.count() == 3);
    }

    private void send(String id) throws IOException {
        peer.send("{\"t\":\"send\",\"id\":3,\"room\":\"r\",\"cid\":\"" + id + "\",\"b\":{\"text\":\"hello\"}}");
    }

    /** Returns the next answer; events may come in between. */
    private String next() throws IOException {
        String text = peer.receive();
        while (text.contains("\"t\":\"ev\"")) {
            text = peer.receive();
        }
        return text;
    }
}
