package io.natterjack.examples.quickstart;

import io.natterjack.core.Message;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthRequest;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.server.ChatServer;
import io.natterjack.store.jdbc.JdbcMessageStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Two people talk, the server goes away and comes back, and nothing is lost: run it and read what it prints. It ends by
 * itself, with exit code 0 if everything was as promised.
 */
public final class Quickstart {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final RoomId LOBBY = new RoomId("lobby");

    private Quickstart() {}

    /** Runs the example. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createTempDirectory("natterjack-quickstart");
        int code = 0;
        try {
            run(directory.resolve("chat.db"));
        } catch (Exception failure) {
            failure.printStackTrace();
            code = 1;
        } finally {
            deleteAll(directory);
        }
        System.exit(code);
    }

    private static void run(Path file) throws Exception {
        Running first = Running.start(file, 0);
        System.out.println("A server listens on port " + first.port() + " and keeps its messages in " + file);
        URI address = URI.create("ws://127.0.0.1:" + first.port() + "/chat");

        try (Person ada = new Person("ada", address, LOBBY);
                Person bob = new Person("bob", address, LOBBY)) {
            await(ada.say("Hello, is anybody there?"));
            await(bob.say("Hello Ada!"));
            bob.awaitHeard(2, PATIENCE);
            ada.awaitHeard(2, PATIENCE);

            System.out.println("The server is stopped.");
            int port = first.port();
            first.close();
            CompletionStage<?> unsent = ada.say("Are you still there? (there is no server now)");

            System.out.println("The server is started again on the same file.");
            try (Running second = Running.start(file, port)) {
                await(unsent);
                bob.awaitHeard(3, PATIENCE);
                await(bob.say("Yes, and I missed nothing."));
                check(ada.awaitHeard(4, PATIENCE), bob.awaitHeard(4, PATIENCE), bob);
            }
        }
        System.out.println("Everybody has seen the same, once and in order.");
    }

    private static void check(List<Message> ada, List<Message> bob, Person reader) throws Exception {
        List<Message> stored = reader.history(PATIENCE).messages();
        System.out.println("What the server has stored:");
        stored.forEach(message -> System.out.println("    " + Person.line(message)));
        List<Long> seqs = stored.stream().map(Message::seq).toList();
        if (!seqs.equals(List.of(1L, 2L, 3L, 4L)) || !ada.equals(stored) || !bob.equals(stored)) {
            throw new IllegalStateException("ada saw " + ada + ", bob saw " + bob + ", stored is " + stored);
        }
    }

    private static void await(CompletionStage<?> stage) throws Exception {
        stage.toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void deleteAll(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            });
        }
    }

    /** A server and its store. */
    private record Running(ChatServer server, MessageStore store) implements AutoCloseable {
        private static final String TOKEN_PREFIX = "token-of-";

        static Running start(Path file, int port) {
            MessageStore store = JdbcMessageStore.sqlite(file);
            return new Running(
                    ChatServer.builder(Running::verify).store(store).port(port).start(), store);
        }

        /** A stand-in for what your application knows of its users; see JwtAuthVerifier for the real thing. */
        private static CompletionStage<AuthResult> verify(AuthRequest request) {
            if (!request.token().startsWith(TOKEN_PREFIX)) {
                return CompletableFuture.completedFuture(AuthResult.refused("unknown token"));
            }
            UserId user = new UserId(request.token().substring(TOKEN_PREFIX.length()));
            return CompletableFuture.completedFuture(AuthResult.accepted(Principal.of(user)));
        }

        int port() {
            return server.port();
        }

        @Override
        public void close() {
            server.close();
            store.close();
        }
    }
}
