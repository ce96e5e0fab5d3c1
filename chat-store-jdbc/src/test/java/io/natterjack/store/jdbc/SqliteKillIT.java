package io.natterjack.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.spi.MessageStore;
import io.natterjack.store.jdbc.AppendingProcess.Ack;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged outlives the process that did it. */
final class SqliteKillIT {
    @TempDir
    Path folder;

    @Test
    void whatAKilledProcessHadAcknowledgedIsThere() throws Exception {
        Path file = folder.resolve("chat.db");
        List<Ack> acks = new ArrayList<>();
        for (int kill = 0; kill < 3; kill++) {
            try (AppendingProcess process =
                    AppendingProcess.start("jdbc:sqlite:" + file, folder.resolve("acks-" + kill))) {
                process.awaitAcks(500);
                process.close();
                acks.addAll(process.acks());
            }
            try (MessageStore store = JdbcMessageStore.sqlite(file)) {
                StoredRooms.read(store, AppendingProcess.ROOMS).assertHas(acks);
            }
        }
    }

    @Test
    void twoProcessesThatWriteTheSameRoomsLeaveNoHole() throws Exception {
        Path file = folder.resolve("chat.db");
        JdbcMessageStore.sqlite(file).close();
        String url = "jdbc:sqlite:" + file;
        try (AppendingProcess one = AppendingProcess.start(url, folder.resolve("one"));
                AppendingProcess two = AppendingProcess.start(url, folder.resolve("two"))) {
            one.awaitAcks(500);
            two.awaitAcks(500);
            one.close();
            two.close();
            try (MessageStore store = JdbcMessageStore.sqlite(file)) {
                StoredRooms rooms = StoredRooms.read(store, AppendingProcess.ROOMS);
                rooms.assertHas(one.acks());
                rooms.assertHas(two.acks());
                assertThat(rooms.size()).isGreaterThanOrEqualTo(1_000);
            }
        }
    }
}
