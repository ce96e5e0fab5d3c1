package io.natterjack.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.store.jdbc.AppendingProcess.Ack;
import io.natterjack.testkit.Await;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged outlives the server and the processes that did it. */
final class PostgresKillIT {
    private static final int WRITERS = 4;

    @TempDir
    Path folder;

    private final Queue<Ack> acks = new ConcurrentLinkedQueue<>();
    private DurablePostgres postgres;
    private String schema;

    @BeforeEach
    void startPostgres() throws Exception {
        postgres = DurablePostgres.start();
        schema = postgres.newSchema();
    }

    @AfterEach
    void stopPostgres() throws Exception {
        postgres.close();
    }

    @Test
    void whatAKilledServerHadAcknowledgedIsThereAndABatchOfUnknownFateIsThereOnce() throws Exception {
        List<List<Draft>> unknown = List.of();
        for (int kill = 0; kill < 3; kill++) {
            try (HikariDataSource pool = pool();
                    MessageStore store = JdbcMessageStore.create(pool)) {
                for (List<Draft> batch : unknown) {
                    acknowledge(batch, store.append(batch));
                }
                StoredRooms rooms = StoredRooms.read(store, AppendingProcess.ROOMS);
                rooms.assertHas(List.copyOf(acks));
                assertThat(rooms.size()).isEqualTo(acks.size());
                unknown = writeUntilKilled(store);
                assertThat(unknown).hasSize(WRITERS);
            }
            postgres.restart();
        }
    }

    /** Kills the server while all writers are at work; returns the batches that they don't know the fate of. */
    private List<List<Draft>> writeUntilKilled(MessageStore store) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try {
            List<Future<List<Draft>>> unknown = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                UserId user = new UserId("user-" + i);
                unknown.add(threads.submit(() -> writeUntilUnavailable(store, user)));
            }
            int enough = acks.size() + 2_000;
            Await.until(() -> acks.size() >= enough || unknown.stream().anyMatch(Future::isDone));
            postgres.kill();
            List<List<Draft>> batches = new ArrayList<>();
            for (Future<List<Draft>> batch : unknown) {
                batches.add(batch.get(60, TimeUnit.SECONDS));
            }
            return batches;
        } finally {
            threads.shutdownNow();
        }
    }

    private List<Draft> writeUntilUnavailable(MessageStore store, UserId user) {
        while (true) {
            List<Draft> batch = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                ClientId cid = new ClientId(UUID.randomUUID().toString());
                batch.add(new Draft(AppendingProcess.ROOMS.get(i % 3), user, cid, MessageBody.text("hi")));
            }
            try {
                acknowledge(batch, store.append(batch));
            } catch (StoreException away) {
                assertThat(away.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE);
                return batch;
            }
        }
    }

    private void acknowledge(List<Draft> batch, List<Outcome> outcomes) {
        for (int i = 0; i < batch.size(); i++) {
            long seq = ((Outcome.Accepted) outcomes.get(i)).at().seq();
            acks.add(new Ack(batch.get(i).room(), seq, batch.get(i).clientId()));
        }
    }

    private HikariDataSource pool() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(postgres.url(schema));
        config.setMaximumPoolSize(WRITERS);
        config.setConnectionTimeout(1_000);
        return new HikariDataSource(config);
    }

    @Test
    void processesThatWriteTheSameRoomsAndAreKilledLeaveNoHole() throws Exception {
        JdbcMessageStore.create(postgres.source(schema)).close();
        String url = postgres.url(schema);
        List<Ack> printed = new ArrayList<>();
        try (AppendingProcess survivor = AppendingProcess.start(url, folder.resolve("survivor"))) {
            for (int kill = 0; kill < 3; kill++) {
                try (AppendingProcess victim = AppendingProcess.start(url, folder.resolve("victim-" + kill))) {
                    victim.awaitAcks(500);
                    victim.close();
                    printed.addAll(victim.acks());
                }
            }
            int sofar = survivor.acks().size();
            survivor.awaitAcks(sofar + 500);
            survivor.close();
            printed.addAll(survivor.acks());
        }
        try (MessageStore store = JdbcMessageStore.create(postgres.source(schema))) {
            StoredRooms.read(store, AppendingProcess.ROOMS).assertHas(printed);
        }
    }
}
