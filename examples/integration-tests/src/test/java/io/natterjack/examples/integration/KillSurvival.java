package io.natterjack.examples.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.client.ChatClient;
import io.natterjack.core.Cursor;
import io.natterjack.core.RoomId;
import io.natterjack.testkit.Await;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server process is killed in the middle of its work, twice, and started again; two client processes talk all the while.
 * What the server acknowledged must be there, once and in one order for both, and what it didn't must get there.
 */
@Timeout(150)
abstract class KillSurvival {
    private static final int LINES = 1_000;
    private static final int FIRST_KILL = 300;
    private static final int SECOND_KILL = 1_100;
    private static final RoomId ROOM = new RoomId("room");

    @TempDir
    Path directory;

    private final int port = Ports.free();
    private int starts;

    /** Returns the options of the server that say where it keeps messages. */
    abstract List<String> storage();

    @Test
    void whatWasAckedSurvivesKillsOfTheServerOnceAndInOrder() {
        JarProcess server = startServer();
        try (Console ada = new Console("ada");
                Console bob = new Console("bob")) {
            Thread talking = talk(ada, bob);

            server = killAndRestart(server, FIRST_KILL, ada, bob);
            server = killAndRestart(server, SECOND_KILL, ada, bob);

            ada.awaitAll();
            bob.awaitAll();
            join(talking);
            List<ClientLog> logs = List.of(ada.finish(), bob.finish());
            assertThat(LogChecker.violations(logs)).isEmpty();
            assertThat(logs.get(0).events()).hasSize(2 * LINES);
            assertThat(newcomer(logs.get(0).events().get(0).epoch()))
                    .isEqualTo(logs.get(0).events().stream()
                            .map(ClientLog.Event::clientId)
                            .toList());
        } finally {
            server.close();
        }
    }

    private JarProcess killAndRestart(JarProcess server, int acks, Console ada, Console bob) {
        Await.until(acks + " acks", () -> ada.acks() + bob.acks() >= acks);
        server.kill();
        assertThat(ada.acks() + bob.acks()).as("killed in the middle").isLessThan(2 * LINES);
        return startServer();
    }

    private JarProcess startServer() {
        List<String> arguments = new ArrayList<>(storage());
        arguments.addAll(List.of("--insecure-dev-tokens", "--port=" + port, "--rate-limit=off"));
        JarProcess server =
                JarProcess.start("standalone", directory, "server-" + ++starts, arguments.toArray(String[]::new));
        assertThat(server.awaitLine("READY")).isEqualTo("READY " + address());
        return server;
    }

    private URI address() {
        return URI.create("ws://127.0.0.1:" + port + "/chat");
    }

    private static Thread talk(Console ada, Console bob) {
        Thread thread = new Thread(
                () -> {
                    for (int i = 1; i <= LINES; i++) {
                        ada.type("ada " + i);
                        bob.type("bob " + i);
                    }
                },
                "typing");
        thread.start();
        return thread;
    }

    private static void join(Thread thread) {
        try {
            thread.join(Await.PATIENCE.toMillis());
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
        assertThat(thread.isAlive()).isFalse();
    }

    /** Returns the client ids that somebody sees who comes when all is over and reads from the beginning. */
    private List<String> newcomer(long epoch) {
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        try (ChatClient eve = ChatClient.builder(address(), () -> CompletableFuture.completedFuture("dev:eve"))
                .connect()) {
            eve.join(
                    ROOM,
                    new Cursor(epoch, 0),
                    message -> seen.add(message.clientId().value()));
            Await.until("the newcomer has read everything", () -> seen.size() >= 2 * LINES);
        }
        return List.copyOf(seen);
    }

    /** A console client as a process of its own. */
    private final class Console implements AutoCloseable {
        private final String user;
        private final Path log;
        private final LogTail tail;
        private final JarProcess process;

        Console(String user) {
            this.user = user;
            log = directory.resolve(user + ".log");
            tail = new LogTail(log);
            process = JarProcess.start(
                    "console",
                    directory,
                    user,
                    "--url=" + address(),
                    "--token=dev:" + user,
                    "--room=" + ROOM,
                    "--tail=0",
                    "--log=" + log);
            Await.until(user + " has joined", () -> tail.count("joined") > 0);
        }

        void type(String line) {
            process.type(line);
        }

        int acks() {
            return tail.count("ack");
        }

        void awaitAll() {
            Await.until(user + " has everything acknowledged", () -> tail.count("ack") >= LINES);
            Await.until(user + " has seen everything", () -> tail.count("event") >= 2 * LINES);
        }

        ClientLog finish() {
            process.endInput();
            assertThat(process.awaitEnd()).as(process.errors()).isZero();
            return ClientLog.read(user, log);
        }

        @Override
        public void close() {
            process.close();
        }
    }
}
