package io.natterjack.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natterjack.core.Cursor;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.StoreException;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.testkit.DurableMessageStoreContract;
import io.natterjack.testkit.ManualScheduler;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** A file that the store opens itself. */
final class SqliteMessageStoreIT extends DurableMessageStoreContract {
    private final ManualScheduler time = new ManualScheduler();

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

    @Test
    void theEpochIsTheTimeWhenTheTablesWereMade() {
        time.advance(Duration.ofDays(1));

        try (MessageStore next = openAgain()) {
            assertThat(next.heads(List.of(ROOM)).get(ROOM)).isEqualTo(new Cursor(ManualScheduler.START_MILLIS, 0));
        }
    }

    @Test
    void aClockThatIsSetBackDoesNotSetTimestampsBack() {
        store().append(drafts(ROOM, "a"));
        time.jumpWall(Duration.ofHours(-1));
        store().append(drafts(ROOM, "b"));

        assertThat(all(ROOM))
                .extracting(RoomEvent::timestamp)
                .containsExactly(ManualScheduler.START_MILLIS, ManualScheduler.START_MILLIS);
    }

    @Test
    void oneAppendAtATimeIsOfUse() {
        assertThat(store().appendConcurrency()).isEqualTo(1);
    }

    @Test
    void tablesOfANewerVersionAreRefused() throws Exception {
        execute("update chat_store set schema_version = 2");

        assertThatThrownBy(this::openAgain)
                .isInstanceOfSatisfying(
                        StoreException.class,
                        refusal -> assertThat(refusal.kind()).isEqualTo(StoreException.Kind.REJECTED))
                .hasMessageContaining("version 2");
    }

    @Test
    void aFileThatCannotBeOpenedIsReported() {
        assertThatThrownBy(() -> JdbcMessageStore.sqlite(folder.resolve("no/such/folder/chat.db")))
                .isInstanceOf(StoreException.class);
    }

    @Test
    void aWriterThatBlocksAllOthersMakesTheStoreUnavailableForAWhile() throws Exception {
        try (Connection other = connection();
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
                .hasMessageContaining("MAY_LOSE");
        JdbcMessageStore.create(memory, Durability.MAY_LOSE_ACKNOWLEDGED_MESSAGES)
                .close();
    }

    @Test
    void everyReadUsesAnIndex() throws Exception {
        store().append(drafts(ROOM, "a"));
        for (String sql : List.of(
                Reads.EVENTS, Reads.HISTORY, Reads.CHANGES, "select room from chat_room where room in (?, ?)")) {
            assertThat(plan(sql)).as(sql).noneMatch(step -> step.startsWith("SCAN chat_"));
        }
    }

    private static String stackTrace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private List<String> plan(String sql) throws Exception {
        List<String> steps = new ArrayList<>();
        try (Connection connection = connection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("explain query plan " + sql)) {
            while (row.next()) {
                steps.add(row.getString("detail"));
            }
        }
        return steps;
    }

    private void execute(String sql) throws Exception {
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Connection connection() throws Exception {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("chat.db"));
    }
}
