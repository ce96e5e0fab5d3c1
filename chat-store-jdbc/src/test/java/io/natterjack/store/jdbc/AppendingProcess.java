package io.natterjack.store.jdbc;

import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.testkit.Await;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A process that appends batches to a store and prints what was acknowledged, until somebody kills it. */
final class AppendingProcess implements AutoCloseable {
    static final List<RoomId> ROOMS = List.of(new RoomId("red"), new RoomId("green"), new RoomId("blue"));

    /** One acknowledged message. */
    record Ack(RoomId room, long seq, ClientId clientId) {}

    /** It starts a JVM, and may share the machine with much else. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Process process;
    private final Path acks;

    private AppendingProcess(Process process, Path acks) {
        this.process = process;
        this.acks = acks;
    }

    /** Starts a process on the database of that JDBC URL, which prints to the file {@code acks}. */
    static AppendingProcess start(String url, Path acks) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AppendingProcess.class.getName(),
                        url)
                .redirectOutput(acks.toFile())
                .redirectError(new File(acks + ".err"))
                .start();
        return new AppendingProcess(process, acks);
    }

    /** Waits until at least that many messages were acknowledged. */
    void awaitAcks(int count) throws Exception {
        Await.until("messages appended by the process", PATIENCE, () -> {
            if (!process.isAlive()) {
                throw new AssertionError("the process ended: " + Files.readString(Path.of(acks + ".err")));
            }
            return acks().size() >= count;
        });
    }

    /** Returns what was acknowledged so far. */
    List<Ack> acks() throws IOException {
        String text = Files.readString(acks);
        List<Ack> result = new ArrayList<>();
        // The last line may be cut off in the middle.
        for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
            String[] words = line.split(" ");
            result.add(new Ack(new RoomId(words[0]), Long.parseLong(words[1]), new ClientId(words[2])));
        }
        return result;
    }

    /** Kills the process without warning. */
    @Override
    public void close() throws Exception {
        process.destroyForcibly().waitFor();
    }

    /** The process itself. */
    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.US_ASCII);
        UserId user = new UserId("user-" + UUID.randomUUID());
        try (MessageStore store = open(args[0])) {
            for (int round = 0; ; round++) {
                List<Draft> batch = new ArrayList<>();
                for (int i = 0; i <= round % 20; i++) {
                    ClientId cid = new ClientId(UUID.randomUUID().toString());
                    batch.add(new Draft(ROOMS.get(i % ROOMS.size()), user, cid, MessageBody.text("message " + round)));
                }
                List<Outcome> outcomes = append(store, batch);
                for (int i = 0; i < batch.size(); i++) {
                    long seq = ((Outcome.Accepted) outcomes.get(i)).at().seq();
                    out.print(batch.get(i).room().value() + " " + seq + " "
                            + batch.get(i).clientId().value() + "\n");
                }
                out.flush();
            }
        }
    }

    /** Appends as a server does: again while the store is away. */
    private static List<Outcome> append(MessageStore store, List<Draft> batch) {
        while (true) {
            try {
                return store.append(batch);
            } catch (StoreException e) {
                if (e.kind() != StoreException.Kind.UNAVAILABLE) {
                    throw e;
                }
            }
        }
    }

    private static MessageStore open(String url) throws SQLException {
        if (url.startsWith("jdbc:sqlite:")) {
            return JdbcMessageStore.sqlite(Path.of(url.substring("jdbc:sqlite:".length())));
        }
        if (url.startsWith("jdbc:mariadb:")) {
            return JdbcMessageStore.create(new MariaDbDataSource(url));
        }
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        return JdbcMessageStore.create(source);
    }
}
