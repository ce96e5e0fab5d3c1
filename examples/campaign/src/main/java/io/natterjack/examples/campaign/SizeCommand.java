package io.natterjack.examples.campaign;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.store.jdbc.JdbcMessageStore;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures reads on an almost empty PostgreSQL, fills it, and measures them again. */
@Command(
        name = "size",
        description = "How reads take on a large database, against an almost empty one.",
        showDefaultValues = true)
final class SizeCommand implements Callable<Integer> {
    private static final RoomId LARGE = new RoomId("large");
    private static final UserId READER = new UserId("reader");
    private static final int READS = 2_000;
    private static final int BYTES = 256 << 10;
    private static final int SMALL_MESSAGES = 1_000;
    private static final int SMALL_ROOMS = 60;

    private final PrintStream out = System.out;

    @Option(names = "--messages", description = "Messages in the large room.", defaultValue = "1000000")
    private int messages;

    @Option(names = "--rooms", description = "Rooms.", defaultValue = "10000")
    private int rooms;

    @Override
    public Integer call() throws Exception {
        RunFolder folder = RunFolder.create("size");
        try (PostgresServer server = PostgresServer.start(folder.path())) {
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(server.url(server.port()));
            config.setMaximumPoolSize(2);
            try (HikariDataSource pool = new HikariDataSource(config);
                    JdbcMessageStore store = JdbcMessageStore.create(pool)) {
                fill(pool, 0, SMALL_MESSAGES, 0, SMALL_ROOMS);
                measure(store, SMALL_MESSAGES);
                Map<String, Double> small = measure(store, SMALL_MESSAGES);
                long start = System.nanoTime();
                fill(pool, SMALL_MESSAGES, messages, SMALL_ROOMS, rooms);
                out.printf(
                        Locale.ROOT,
                        "%d messages in one room, %d rooms (filled in %d s)%n",
                        messages,
                        rooms,
                        (System.nanoTime() - start) / 1_000_000_000L);
                measure(store, messages);
                Map<String, Double> large = measure(store, messages);
                small.forEach((what, micros) -> out.printf(
                        Locale.ROOT,
                        "%-28s %7.0f us, was %7.0f us: x %.2f%n",
                        what,
                        large.get(what),
                        micros,
                        large.getOrDefault(what, 0.0) / micros));
            }
        }
        return folder.end(true, out);
    }

    /** Writes rows as the store does, but many at once. The reader belongs to fifty rooms. */
    private static void fill(HikariDataSource pool, int fromMessage, int toMessage, int fromRoom, int toRoom)
            throws SQLException {
        String columns = "insert into chat_message (room, seq, rev, sender, cid, content_hash, ts, body) ";
        String message = "'user-' || s % 100, 'c' || s, md5(s::text), 1700000000000 + s,"
                + " '{\"text\":\"A message of about the length that people write to one another, number ' || s || '.\"}'";
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            for (int from = fromMessage; from < toMessage; from += 500_000) {
                int to = Math.min(toMessage, from + 500_000);
                statement.execute(columns + "select 'large', s, s, " + message + " from generate_series(" + (from + 1)
                        + ", " + to + ") s");
            }
            statement.execute("insert into chat_room (room, last_seq, last_ts, updated_at) values ('large', "
                    + toMessage
                    + ", " + (1_700_000_000_000L + toMessage) + ", now()) on conflict (room) do update set last_seq = "
                    + toMessage);
            statement.execute("insert into chat_room (room, last_seq, last_ts, updated_at) select 'r' || r, 30,"
                    + " 1700000000000 + r, now() from generate_series(" + fromRoom + ", " + (toRoom - 1) + ") r");
            statement.execute(columns + "select 'r' || r, s, s, " + message + " from generate_series(" + fromRoom + ", "
                    + (toRoom - 1) + ") r, generate_series(1, 30) s");
            statement.execute(
                    "insert into chat_member (room, member, joined_seq, is_in, standing, delivered_seq, read_seq)"
                            + " select 'r' || r, case when r < 50 then 'reader' else 'user-' || r % 1000 end, 1, 1, 1, 20, 20"
                            + " from generate_series(" + fromRoom + ", " + (toRoom - 1) + ") r");
            statement.execute("vacuum analyze");
        }
    }

    private static Map<String, Double> measure(JdbcMessageStore store, int size) {
        Random random = new Random(1);
        Map<String, Double> medians = new LinkedHashMap<>();
        medians.put(
                "history page of 50",
                median(
                        50,
                        () -> store.history(
                                        new HistoryQuery(
                                                LARGE,
                                                HistoryQuery.Direction.BEFORE,
                                                100 + random.nextInt(size - 100),
                                                50),
                                        BYTES)
                                .messages()
                                .size()));
        medians.put(
                "newest page of 50",
                median(
                        50,
                        () -> store.history(HistoryQuery.latest(LARGE, 50), BYTES)
                                .messages()
                                .size()));
        medians.put(
                "resume of 200 events",
                median(
                        200,
                        () -> store.eventsAfter(LARGE, random.nextInt(size - 200), 200, BYTES)
                                .size()));
        medians.put(
                "changes of 200",
                median(
                        200,
                        () -> store.changes(LARGE, new UserId("ada"), 0, random.nextInt(size - 200), 200, BYTES)
                                .messages()
                                .size()));
        medians.put(
                "room list of 50",
                median(50, () -> store.inbox(READER, Optional.empty(), 50).size()));
        return medians;
    }

    /** Reads again and again, and makes sure that there was something to read: an empty list is quick. */
    private static double median(int expected, IntSupplier read) {
        double[] micros = new double[READS];
        for (int i = 0; i < READS; i++) {
            long start = System.nanoTime();
            int found = read.getAsInt();
            micros[i] = (System.nanoTime() - start) / 1_000.0;
            if (found != expected) {
                throw new IllegalStateException("a read returned " + found + " instead of " + expected);
            }
        }
        Arrays.sort(micros);
        return micros[READS / 2];
    }
}
