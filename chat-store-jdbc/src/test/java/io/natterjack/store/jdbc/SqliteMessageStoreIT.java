package io.natterjack.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.Durability;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomChange;
import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** A file that the store opens itself. */
final class SqliteMessageStoreIT extends JdbcStoreContract {
    private int databases;

    @TempDir
    Path folder;

    @Override
    protected MessageStore open() {
        return openAgain();
    }

    @Override
    protected MessageStore openAgain() {
        return JdbcMessageStore.sqlite(folder.resolve("chat.db"), time::wallMillis);
    }

    @Override
    DataSource source() {
        return source("chat.db");
    }

    @Override
    DataSource empty() {
        return source("empty-" + databases++ + ".db");
    }

    private DataSource source(String file) {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + folder.resolve(file));
        return source;
    }

    @Override
    Dialect dialect() {
        return new SqliteDialect();
    }

    @Override
    List<String> scans(Connection connection, String sql) throws SQLException {
        List<String> steps = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("explain query plan " + sql)) {
            while (row.next()) {
                steps.add(row.getString("detail"));
            }
        }
        // A scan of a virtual table with an index is a full-text look-up; one along an index with a limit goes in
        // order.
        steps.removeIf(step -> !step.startsWith("SCAN ")
                || step.contains("CONSTANT ROW")
                || step.contains("VIRTUAL TABLE INDEX")
                || step.matches("SCAN (below|above|m|l|u|d|\\(.*\\)).*")
                || step.equals("SCAN chat_outbox"));
        return steps;
    }

    @Test
    void aBackupIsTakenWhileTheStoreIsUsedAndBeginsANewEpoch() throws Exception {
        store().append(drafts(ROOM, "a", "frog"));
        Path copy = folder.resolve("copy.db");
        ((JdbcMessageStore) store()).archive().backup(copy);
        store().append(drafts(ROOM, "after the backup"));

        long[] epochs = new long[2];
        for (int restored = 0; restored < 2; restored++) {
            Path file = folder.resolve("restored-" + restored + ".db");
            Files.copy(copy, file);
            time.advance(Duration.ofMillis(1));
            try (MessageStore other = JdbcMessageStore.sqlite(file, time::wallMillis)) {
                assertThat(other.eventsAfter(ROOM, 0, 10, 1 << 20)).hasSize(2);
                epochs[restored] = other.heads(List.of(ROOM)).get(ROOM).epoch();
            }
            try (MessageStore again = JdbcMessageStore.sqlite(file, time::wallMillis)) {
                assertThat(again.heads(List.of(ROOM)).get(ROOM).epoch()).isEqualTo(epochs[restored]);
            }
        }
        assertThat(epochs[0]).isGreaterThan(all(ROOM).get(0).at().epoch());
        assertThat(epochs[1]).as("the same backup once more").isGreaterThan(epochs[0]);
        assertThatThrownBy(() -> ((JdbcMessageStore) store()).archive().backup(copy))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void inABackupIsNoWordOfWhatWasErased() throws Exception {
        store().append(List.of(
                new Draft(ROOM, ADMIN, new ClientId("a"), MessageBody.text("quagga")),
                new Draft(ROOM, new UserId("bob"), new ClientId("b"), MessageBody.text("zebra"))));
        archive().eraseUser(ADMIN, ADMIN);
        Path copy = folder.resolve("copy.db");
        archive().backup(copy);

        assertThat(Files.readString(copy, StandardCharsets.ISO_8859_1))
                .contains("zebra")
                .doesNotContain("quagga");
        try (MessageStore other = JdbcMessageStore.sqlite(copy, time::wallMillis)) {
            assertThat(other.eventsAfter(ROOM, 0, 10, 1 << 20)).hasSize(3);
        }
    }

    @Test
    void oneAppendAtATimeIsOfUse() {
        assertThat(store().appendConcurrency()).isEqualTo(1);
    }

    @Test
    void aFileThatCannotBeOpenedIsReported() {
        assertThatThrownBy(() -> JdbcMessageStore.sqlite(folder.resolve("no/such/folder/chat.db")))
                .isInstanceOf(StoreException.class);
    }

    @Test
    void aWriterThatBlocksAllOthersMakesTheStoreUnavailableForAWhile() throws Exception {
        try (Connection other = source().getConnection();
                Statement statement = other.createStatement()) {
            statement.execute("begin immediate");

            assertThatThrownBy(() -> store().append(drafts(ROOM, "a")))
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            away -> assertThat(away.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE));
            assertThat(all(ROOM)).isEmpty();
            statement.execute("rollback");
        }
        store().append(drafts(ROOM, "b"));
        assertThat(all(ROOM)).hasSize(1);
    }

    @Test
    void aWriterInAnotherProcessIsWaitedForAlsoAfterAnAppend() throws Exception {
        UserId ada = new UserId("ada");
        Draft joins = Draft.change(ROOM, ada, new ClientId("in"), new RoomChange.Member(ada, true));
        store().append(List.of(joins));
        try (Connection other = source().getConnection();
                Statement statement = other.createStatement()) {
            statement.execute("begin immediate");
            CompletableFuture<Void> marked = CompletableFuture.runAsync(() -> store().mark(ROOM, ada, 1, 1));
            assertThatThrownBy(() -> marked.get(100, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            statement.execute("rollback");
            marked.get(10, TimeUnit.SECONDS);
        }
        assertThat(store().membership(ROOM, ada).orElseThrow().read()).isEqualTo(1);
    }

    @Test
    void whatTheDatabaseRefusesIsRejectedAndLeavesNothing() throws Exception {
        execute("create trigger no_more before insert on chat_message when new.seq = 3"
                + " begin select raise(abort, 'no'); end");

        assertThatThrownBy(() -> store().append(drafts(ROOM, "secret a", "secret b", "secret c")))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        refusal -> assertThat(refusal.kind()).isEqualTo(StoreException.Kind.REJECTED))
                .satisfies(refusal -> assertThat(stackTrace(refusal)).doesNotContain("secret"));
        assertThat(all(ROOM)).isEmpty();
        assertThat(store().append(drafts(ROOM, "a", "b"))).hasSize(2);
    }

    @Test
    void aDatabaseInMemoryIsRefusedUnlessSomebodySaysItMayForget() {
        SQLiteDataSource memory = new SQLiteDataSource();
        memory.setUrl("jdbc:sqlite:file:forgetful?mode=memory&cache=shared");

        assertThatThrownBy(() -> JdbcMessageStore.create(memory))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(
                        "JdbcMessageStore.builder(…).durability(Durability.MAY_LOSE_ACKNOWLEDGED_MESSAGES)");
        JdbcMessageStore.builder(memory)
                .durability(Durability.MAY_LOSE_ACKNOWLEDGED_MESSAGES)
                .open()
                .close();
    }

    private static String stackTrace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
