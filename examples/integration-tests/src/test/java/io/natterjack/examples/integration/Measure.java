package io.natterjack.examples.integration;

import com.zaxxer.hikari.HikariDataSource;
import io.natterjack.client.ChatClient;
import io.natterjack.client.Room;
import io.natterjack.client.Sent;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.server.ChatServer;
import io.natterjack.server.InMemoryStore;
import io.natterjack.store.jdbc.JdbcMessageStore;
import io.natterjack.testkit.Await;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Measures how many messages a second a server acknowledges, through one room and through 100, and how long one takes from
 * its sender to another client. Server, clients and database share the machine; the figures are for comparing one version
 * with another on the same machine, not with anything else. Not a test; run by hand, after {@code mvn -DskipTests install}:
 *
 * <pre>
 *   mvn -q -pl examples/integration-tests test-compile exec:java -Dexec.classpathScope=test \
 *       -Dexec.mainClass=io.natterjack.examples.integration.Measure -Dexec.args=sqlite
 * </pre>
 *
 * with {@code memory}, {@code sqlite} or {@code postgres} for the store.
 */
public final class Measure {
    private static final int SENDERS = 8;
    private static final int MESSAGES = 40_000;
    private static final int IN_FLIGHT = 200;
    private static final int ROOMS = 100;
    /** What a reader gets of the time before it had joined: more than is sent until then. */
    private static final int TAIL = 100;

    private static final int PACED_MESSAGES = 2_000;
    private static final int PACED_A_SECOND = 200;

    private final URI address;

    private Measure(URI address) {
        this.address = address;
    }

    /** Measures with the store that is named. */
    public static void main(String[] arguments) throws Exception {
        String name = arguments.length == 1 ? arguments[0] : "sqlite";
        switch (name) {
            case "memory" -> measure(name, new InMemoryStore());
            case "sqlite" -> {
                Path directory = Files.createTempDirectory("natterjack-measure");
                measure(name, JdbcMessageStore.sqlite(directory.resolve("chat.db")));
                try (Stream<Path> files = Files.list(directory)) {
                    files.forEach(file -> file.toFile().delete());
                }
                Files.delete(directory);
            }
            case "postgres" -> {
                try (DurablePostgres postgres = DurablePostgres.start();
                        HikariDataSource pool = postgres.newPool()) {
                    measure(name, JdbcMessageStore.create(pool));
                }
            }
            default -> throw new IllegalArgumentException("memory, sqlite or postgres, not " + name);
        }
        System.exit(0);
    }

    private static void measure(String name, MessageStore store) {
        try (store;
                ChatServer server = ChatServer.builder(request -> CompletableFuture.completedFuture(
                                AuthResult.accepted(Principal.of(new UserId(request.token())))))
                        .store(store)
                        .port(0)
                        .noRateLimit()
                        .start()) {
            Measure measure = new Measure(URI.create("ws://127.0.0.1:" + server.port() + "/chat"));
            measure.throughput("warm-up", 1);
            System.out.println(name);
            System.out.println("  one room:  " + measure.throughput("one", 1));
            System.out.println("  " + ROOMS + " rooms: " + measure.throughput("many", ROOMS));
            System.out.println("  " + PACED_A_SECOND + " messages/s: " + measure.latency());
        }
    }

    private ChatClient connect(String user) {
        ChatClient client = ChatClient.builder(address, () -> CompletableFuture.completedFuture(user))
                .connect();
        Await.result(client.ready());
        return client;
    }

    private String throughput(String prefix, int rooms) {
        List<RoomId> ids = IntStream.range(0, rooms)
                .mapToObj(i -> new RoomId(prefix + "-" + i))
                .toList();
        AtomicInteger delivered = new AtomicInteger();
        List<ChatClient> clients = new ArrayList<>();
        try {
            ChatClient reader = connect("reader");
            clients.add(reader);
            ids.forEach(id -> reader.join(id, TAIL, message -> delivered.incrementAndGet()));
            List<Thread> threads = new ArrayList<>();
            Semaphore go = new Semaphore(0);
            for (int i = 0; i < SENDERS; i++) {
                ChatClient sender = connect("sender-" + i);
                clients.add(sender);
                List<Room> joined =
                        ids.stream().map(id -> sender.join(id, message -> {})).toList();
                // The first message goes out when the room is joined.
                joined.forEach(room -> Await.result(room.send(MessageBody.text("here I am"))));
                Thread thread = new Thread(() -> send(joined, go), "sender-" + i);
                thread.start();
                threads.add(thread);
            }
            long start = System.nanoTime();
            go.release(SENDERS);
            threads.forEach(Measure::join);
            double seconds = (System.nanoTime() - start) / 1e9;
            int expected = MESSAGES + SENDERS * rooms;
            Await.until("all are delivered", () -> delivered.get() >= expected);
            double all = (System.nanoTime() - start) / 1e9;
            return Math.round(MESSAGES / seconds) + " acked/s, " + Math.round(MESSAGES / all)
                    + " delivered/s to a reader, " + SENDERS + " other readers";
        } finally {
            clients.forEach(ChatClient::close);
        }
    }

    private static void send(List<Room> rooms, Semaphore go) {
        Semaphore free = new Semaphore(IN_FLIGHT);
        go.acquireUninterruptibly();
        for (int i = 0; i < MESSAGES / SENDERS; i++) {
            free.acquireUninterruptibly();
            rooms.get(i % rooms.size())
                    .send(MessageBody.text("This is message number " + i + " of this sender."))
                    .whenComplete((Sent sent, Throwable failure) -> free.release());
        }
        free.acquireUninterruptibly(IN_FLIGHT);
    }

    private String latency() {
        long[] sent = new long[PACED_MESSAGES];
        long[] nanos = new long[PACED_MESSAGES];
        AtomicInteger delivered = new AtomicInteger();
        try (ChatClient reader = connect("reader");
                ChatClient sender = connect("sender")) {
            RoomId id = new RoomId("paced");
            reader.join(id, TAIL, message -> {
                int number = number(message);
                nanos[number] = System.nanoTime() - sent[number];
                delivered.incrementAndGet();
            });
            Room room = sender.join(id, message -> {});
            long start = System.nanoTime();
            for (int i = 0; i < PACED_MESSAGES; i++) {
                long due = start + i * 1_000_000_000L / PACED_A_SECOND;
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                sent[i] = System.nanoTime();
                room.send(MessageBody.text(String.valueOf(i)));
            }
            Await.until("all are delivered", () -> delivered.get() == PACED_MESSAGES);
        }
        Arrays.sort(nanos);
        return String.format(
                "from sender to reader p50 %.2f ms, p99 %.2f ms",
                nanos[PACED_MESSAGES / 2] / 1e6, nanos[PACED_MESSAGES * 99 / 100] / 1e6);
    }

    private static int number(Message message) {
        return Integer.parseInt(message.body().text().orElseThrow());
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
