package io.natterjack.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.spi.MessageStore;
import io.natterjack.store.jdbc.AppendingProcess.Ack;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Four processes that know nothing of each other append to the same rooms of one database, and are killed. */
final class FourProcessesIT {
    private static final int PROCESSES = 4;
    private static final int ACKS_EACH = 500;

    @TempDir
    Path folder;

    @Test
    void onPostgres() throws Exception {
        try (DurablePostgres postgres = DurablePostgres.start()) {
            String schema = postgres.newSchema();
            assertRight(postgres.url(schema), JdbcMessageStore.create(postgres.source(schema)));
        }
    }

    @Test
    @EnabledIf(
            value = "io.natterjack.store.jdbc.DurableMariaDb#isInstalled",
            disabledReason = "no MariaDB server is installed")
    void onMariaDb() throws Exception {
        try (DurableMariaDb server = DurableMariaDb.start()) {
            String database = server.newDatabase();
            assertRight(server.url(database), JdbcMessageStore.create(server.source(database)));
        }
    }

    @Test
    void onSqlite() throws Exception {
        Path file = folder.resolve("chat.db");
        assertRight("jdbc:sqlite:" + file, JdbcMessageStore.sqlite(file));
    }

    private void assertRight(String url, MessageStore store) throws Exception {
        List<AppendingProcess> processes = new ArrayList<>();
        try (store) {
            for (int i = 0; i < PROCESSES; i++) {
                processes.add(AppendingProcess.start(url, folder.resolve("process-" + i)));
            }
            List<Ack> acks = new ArrayList<>();
            for (AppendingProcess process : processes) {
                process.awaitAcks(ACKS_EACH);
            }
            for (AppendingProcess process : processes) {
                process.close();
                acks.addAll(process.acks());
            }
            StoredRooms rooms = StoredRooms.read(store, AppendingProcess.ROOMS);
            rooms.assertHas(acks);
            assertThat(rooms.size()).isGreaterThanOrEqualTo(PROCESSES * ACKS_EACH);
        } finally {
            for (AppendingProcess process : processes) {
                process.close();
            }
        }
    }
}
