package io.natterjack.examples.campaign;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.lane.SystemScheduler;
import io.natterjack.core.spi.Flow;
import io.natterjack.server.engine.GroupCommitQueue;
import io.natterjack.server.engine.LocalRouter;
import io.natterjack.server.engine.StoreReads;
import io.natterjack.store.jdbc.JdbcMessageStore;
import io.natterjack.testkit.FaultProxy;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Compares the queue and the store with the plain way: one INSERT and one commit a message, with the same driver and pool, on the same
 * durable PostgreSQL. Rounds take turns.
 */
@Command(
        name = "commits",
        description = "Acknowledged messages a second by group commit, against one INSERT and one COMMIT a message.",
        showDefaultValues = true)
final class CommitsCommand implements Callable<Integer> {
    private static final String BODY =
            "{\"text\":\"A message of about the length that people write to one another in a chat.\"}";
    private static final int ROOMS = 64;

    private final PrintStream out = System.out;

    @Option(names = "--pool", description = "Connections, for both.", defaultValue = "4")
    private int poolSize;

    @Option(names = "--seconds", description = "How long a round takes.", defaultValue = "5")
    private int seconds;

    @Option(names = "--rounds", description = "Rounds of each.", defaultValue = "3")
    private int rounds;

    @Option(names = "--delay", description = "What the far database adds to a round trip, in ms.", defaultValue = "2")
    private int delayMillis;

    /** One round: messages a second, and the median time of one in microseconds. */
    private record Figures(double rate, double p50Micros) {
        static Figures medianOf(List<Figures> all) {
            return new Figures(
                    median(all.stream().mapToDouble(Figures::rate).toArray()),
                    median(all.stream().mapToDouble(Figures::p50Micros).toArray()));
        }

        private static double median(double[] values) {
            Arrays.sort(values);
            return values[values.length / 2];
        }
    }

    /** Sends one message and returns when it is acknowledged. */
    private interface Way {
        void send(int sender, long number) throws Exception;
    }

    @Override
    public Integer call() throws Exception {
        RunFolder folder = RunFolder.create("commits");
        try (PostgresServer server = PostgresServer.start(folder.path());
                FaultProxy far = FaultProxy.to("127.0.0.1", server.port())) {
            // Each direction is delayed by half.
            far.delay(Duration.ofNanos(delayMillis * 500_000L));
            compare("near", server.url(server.port()));
            compare("far (+" + delayMillis + " ms)", server.url(far.port()));
        }
        return folder.end(true, out);
    }

    private void compare(String name, String url) throws Exception {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(poolSize);
        config.setConnectionTimeout(30_000);
        SystemScheduler scheduler = new SystemScheduler("commits-timer");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        ExecutorService lanes = Executors.newFixedThreadPool(2);
        try (HikariDataSource pool = new HikariDataSource(config);
                JdbcMessageStore store = JdbcMessageStore.create(pool)) {
            prepare(pool);
            LocalRouter router =
                    new LocalRouter(new StoreReads(store, threads), lanes, scheduler, LocalRouter.Bounds.DEFAULT);
            GroupCommitQueue queue =
                    new GroupCommitQueue(store, router, threads, scheduler, GroupCommitQueue.Bounds.DEFAULT);
            for (int senders : new int[] {64, 1}) {
                List<Figures> plain = new ArrayList<>();
                List<Figures> group = new ArrayList<>();
                measure(senders, plainWay(pool), 1);
                measure(senders, groupWay(queue), 2);
                for (int round = 0; round < rounds; round++) {
                    plain.add(measure(senders, plainWay(pool), seconds));
                    group.add(measure(senders, groupWay(queue), seconds));
                }
                print(name, senders, Figures.medianOf(plain), Figures.medianOf(group));
            }
            queue.close();
        } finally {
            threads.shutdownNow();
            lanes.shutdownNow();
            scheduler.close();
        }
    }

    private void print(String name, int senders, Figures plain, Figures group) {
        out.printf(
                Locale.ROOT,
                "%-12s pool %d, %2d senders: plain %6.0f/s p50 %6.0f us, group commit %6.0f/s p50 %6.0f us;"
                        + " rate x %.2f, p50 x %.2f%n",
                name,
                poolSize,
                senders,
                plain.rate,
                plain.p50Micros,
                group.rate,
                group.p50Micros,
                group.rate / plain.rate,
                group.p50Micros / plain.p50Micros);
    }

    private static void prepare(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "create table if not exists plain (id bigint generated always as identity primary key,"
                            + " room text not null, sender text not null, cid text not null, ts bigint not null, body text not null)");
        }
    }

    private static Way plainWay(HikariDataSource pool) {
        return (sender, number) -> {
            try (Connection connection = pool.getConnection()) {
                connection.setAutoCommit(false);
                try (PreparedStatement insert = connection.prepareStatement(
                        "insert into plain (room, sender, cid, ts, body) values (?, ?, ?, ?, ?)")) {
                    insert.setString(1, "room-" + sender % ROOMS);
                    insert.setString(2, "user-" + sender);
                    insert.setString(3, "c" + number);
                    insert.setLong(4, System.currentTimeMillis());
                    insert.setString(5, BODY);
                    insert.executeUpdate();
                }
                connection.commit();
            }
        };
    }

    private static Way groupWay(GroupCommitQueue queue) {
        MessageBody body = MessageBody.json(BODY);
        return (sender, number) -> {
            Draft draft = new Draft(
                    new RoomId("room-" + sender % ROOMS),
                    new UserId("user-" + sender),
                    new ClientId("c" + number),
                    body);
            Outcome outcome =
                    queue.append(draft, new Flow()).toCompletableFuture().get();
            if (!(outcome instanceof Outcome.Accepted)) {
                throw new IllegalStateException("not accepted: " + outcome);
            }
        };
    }

    private static final AtomicLong NUMBERS = new AtomicLong();

    private static Figures measure(int senders, Way way, int seconds) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(senders);
        try {
            long end = System.nanoTime() + seconds * 1_000_000_000L;
            List<Future<long[]>> futures = new ArrayList<>();
            for (int i = 0; i < senders; i++) {
                int sender = i;
                futures.add(threads.submit(() -> {
                    long[] times = new long[1024];
                    int count = 0;
                    for (long start = System.nanoTime(); start < end; ) {
                        way.send(sender, NUMBERS.incrementAndGet());
                        long now = System.nanoTime();
                        if (count == times.length) {
                            times = Arrays.copyOf(times, 2 * count);
                        }
                        times[count++] = now - start;
                        start = now;
                    }
                    return Arrays.copyOf(times, count);
                }));
            }
            List<Long> all = new ArrayList<>();
            for (Future<long[]> future : futures) {
                for (long time : future.get()) {
                    all.add(time);
                }
            }
            all.sort(null);
            return new Figures((double) all.size() / seconds, all.get(all.size() / 2) / 1_000.0);
        } finally {
            threads.shutdownNow();
        }
    }
}
