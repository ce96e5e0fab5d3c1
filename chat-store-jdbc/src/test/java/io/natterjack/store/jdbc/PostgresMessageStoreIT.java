package io.natterjack.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.Durability;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.testkit.Await;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pool as applications have them. */
final class PostgresMessageStoreIT extends JdbcStoreContract {
    private static DurablePostgres postgres;

    private String schema;
    private HikariDataSource pool;

    @BeforeAll
    static void startPostgres() throws Exception {
        postgres = DurablePostgres.start();
    }

    @AfterAll
    static void stopPostgres() throws Exception {
        postgres.close();
    }

    @Override
    protected MessageStore open() throws Exception {
        schema = postgres.newSchema();
        pool = pool(8, true, "");
        return openAgain();
    }

    @Override
    protected MessageStore openAgain() {
        return JdbcMessageStore.builder(pool).clock(time::wallMillis).open();
    }

    @Override
    DataSource source() {
        return postgres.source(schema);
    }

    @Override
    DataSource empty() throws SQLException {
        return postgres.source(postgres.newSchema());
    }

    @Override
    Dialect dialect() {
        return new PostgresDialect();
    }

    @AfterEach
    void closeThePool() {
        pool.close();
    }

    private HikariDataSource pool(int size, boolean autoCommit, String options) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(postgres.url(schema) + options);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1); // Few tests need more, and all would be opened for each.
        config.setAutoCommit(autoCommit);
        return new HikariDataSource(config);
    }

    @Test
    void manyStoresThatStartAtOnceMakeTheTablesOnceUnderAnyIsolation() throws Exception {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(postgres.url(postgres.newSchema()));
        config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
        try (HikariDataSource fresh = new HikariDataSource(config)) {
            Callable<Long> start = () -> {
                try (MessageStore store = JdbcMessageStore.create(fresh)) {
                    return store.heads(List.of(ROOM)).get(ROOM).epoch();
                }
            };
            assertThat(atOnce(List.of(start, start, start, start)).stream().distinct())
                    .hasSize(1);
        }
    }

    @Test
    void theServerOfTheseTestsIsDurable() throws Exception {
        assertThat(postgres.setting("fsync")).isEqualTo("on");
        assertThat(postgres.setting("full_page_writes")).isEqualTo("on");
        assertThat(postgres.setting("synchronous_commit")).isEqualTo("on");
    }

    @Test
    void aServerThatForgetsIsRefusedUnlessSomebodySaysItMay(@TempDir Path folder) throws Exception {
        try (EmbeddedPostgres forgetful = EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("data"))
                .start()) {
            assertThatThrownBy(() -> JdbcMessageStore.create(forgetful.getPostgresDatabase()))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("fsync off (set fsync = on)");
            JdbcMessageStore.builder(forgetful.getPostgresDatabase())
                    .durability(Durability.MAY_LOSE_ACKNOWLEDGED_MESSAGES)
                    .open()
                    .close();
        }
    }

    @Test
    void severalAppendsAtOnceAreOfUse() {
        assertThat(store().appendConcurrency()).isEqualTo(4);
    }

    @Test
    void aPoolWhoseConnectionsAreSetUpOtherwiseDoesNoHarm() throws Exception {
        String options = "&options=-c%20default_transaction_isolation=serializable%20-c%20synchronous_commit=off";
        try (HikariDataSource odd = pool(4, false, options);
                MessageStore other = JdbcMessageStore.create(odd)) {
            List<Callable<List<RoomEvent>>> writers = new ArrayList<>();
            for (String user : List.of("ada", "bob", "cy", "dan")) {
                writers.add(() -> write(other, new UserId(user), 20));
            }
            List<RoomEvent> events = new ArrayList<>();
            atOnce(writers).forEach(events::addAll);
            assertRoomsHold(store(), events);
        }
    }

    @Test
    void aRoomThatIsLockedForLongMakesTheStoreUnavailableForAWhile() throws Exception {
        store().append(drafts(ROOM, "a"));
        try (Connection other = postgres.source(schema).getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select * from chat_room for update");

            assertThatThrownBy(() -> store().append(drafts(ROOM, "b")))
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            away -> assertThat(away.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE));
            assertThat(store().append(drafts(room(7), "c"))).hasSize(1);
            other.rollback();
        }
        store().append(drafts(ROOM, "d"));
        assertThat(all(ROOM)).hasSize(2);
    }

    @Test
    void whatTheDatabaseRefusesIsRejectedAndLeavesNothing() {
        List<Draft> batch = new ArrayList<>(drafts(ROOM, "secret a"));
        batch.add(
                new Draft(ROOM, new UserId("ada"), new ClientId("bad"), MessageBody.ofStored("{\"text\":\"\u0000\"}")));

        assertThatThrownBy(() -> store().append(batch))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        refusal -> assertThat(refusal.kind()).isEqualTo(StoreException.Kind.REJECTED))
                .satisfies(refusal -> assertThat(stackTrace(refusal)).doesNotContain("secret"));
        assertThat(all(ROOM)).isEmpty();
        assertThat(store().append(drafts(ROOM, "a", "b"))).hasSize(2);
    }

    @Test
    void anUpgradeDoesNotWaitForLongInFrontOfAllOthers() throws Exception {
        assertUpgradeWaitsAndWaitsAgain(pool);
    }

    @Test
    void anUpgradeTakesAsLongAsItTakesWhateverTimeoutTheConnectionsHave() throws Exception {
        try (HikariDataSource hasty = pool(1, true, "&socketTimeout=1")) {
            assertUpgradeWaitsAndWaitsAgain(hasty);
            try (Connection after = hasty.getConnection()) {
                assertThat(after.getNetworkTimeout()).isEqualTo(1_000);
            }
        }
    }

    private void assertUpgradeWaitsAndWaitsAgain(DataSource upgrading) throws Exception {
        execute("alter table chat_room drop column changed_slot");
        execute("drop index chat_revocation_time");
        execute("drop table chat_fence");
        execute("update chat_store set schema_version = 3");
        String waiting = "select count(*) from pg_locks where not granted and mode = 'AccessExclusiveLock'"
                + " and relation = '" + schema + ".chat_room'::regclass";
        try (Connection other = postgres.source(schema).getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select * from chat_room");
            CompletableFuture<MessageStore> opened =
                    CompletableFuture.supplyAsync(() -> JdbcMessageStore.create(upgrading));
            Await.until(() -> read(waiting).equals("1"));
            Await.until(() -> read(waiting).equals("0"));
            assertThat(opened).isNotDone();
            other.rollback();

            opened.get(30, TimeUnit.SECONDS).close();
        }
        assertThat(read("select schema_version from chat_store")).isEqualTo(String.valueOf(Schema.VERSION));
    }

    @Test
    void aTransactionThatCollidesIsTriedAgainAtOnce() throws Exception {
        store().append(drafts(ROOM, "a"));
        execute("create sequence attempts");
        // Sequences aren't rolled back: the first four inserts collide.
        execute("create function collide() returns trigger language plpgsql as $$ begin"
                + " if nextval('attempts') < 5 then raise sqlstate '40P01'; end if; return new; end $$");
        execute("create trigger collide before insert on chat_message for each row execute function collide()");

        assertThat(store().append(drafts(ROOM, "b"))).hasSize(1);
        assertThat(all(ROOM)).hasSize(2);
    }

    @Test
    void aTransactionThatCollidesAgainAndAgainIsGivenUp() throws Exception {
        store().append(drafts(ROOM, "a"));
        execute("create function collide() returns trigger language plpgsql as $$ begin"
                + " raise sqlstate '40001'; end $$");
        execute("create trigger collide before insert on chat_message for each row execute function collide()");

        assertThatThrownBy(() -> store().append(drafts(ROOM, "b")))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        away -> assertThat(away.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE));
        assertThat(all(ROOM)).hasSize(1);
    }

    @Test
    void everyStatementUsesAnIndexEvenWhileTheTablesAreSmall() throws Exception {
        store().append(drafts(ROOM, "a"));
        execute("analyze");
        try (Connection connection = source().getConnection()) {
            for (String sql : PostgresDialect.STATEMENTS_OF_APPEND) {
                assertThat(scans(connection, sql)).as(sql).isEmpty();
            }
        }
    }

    @Test
    void anAppendLeavesItsRoomsRowOnItsPage() throws Exception {
        // A connection that ends reports its figures.
        try (MessageStore other = JdbcMessageStore.create(source())) {
            for (int i = 0; i < 100; i++) {
                other.append(drafts(ROOM, "n" + i));
            }
        }
        String updates = " from pg_stat_user_tables where schemaname = '" + schema + "' and relname = 'chat_room'";
        Await.until(() -> Integer.parseInt(read("select n_tup_upd" + updates)) >= 100);
        assertThat(Integer.parseInt(read("select n_tup_hot_upd" + updates))).isGreaterThan(90);
    }

    private static String stackTrace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Override
    List<String> scans(Connection connection, String sql) throws SQLException {
        List<String> steps = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            // As the store's transactions have it; of reads, only where statistics of a test's few rows would mislead.
            statement.execute("set local enable_seqscan = off");
            int parameter = 0;
            StringBuilder numbered = new StringBuilder();
            for (String piece : (sql + " ").split("\\?", -1)) {
                numbered.append(parameter == 0 ? "" : "$" + parameter).append(piece);
                parameter++;
            }
            statement.execute("prepare s as " + numbered);
            statement.execute("set local plan_cache_mode = force_generic_plan");
            String nulls = String.join(", ", Collections.nCopies(parameter - 1, "null"));
            String call = parameter == 1 ? "explain execute s" : "explain execute s(" + nulls + ")";
            try (ResultSet row = statement.executeQuery(call)) {
                while (row.next()) {
                    steps.add(row.getString(1));
                }
            }
            statement.execute("deallocate s");
            connection.rollback();
            connection.setAutoCommit(true);
        }
        steps.removeIf(step -> !step.contains("Seq Scan on chat_"));
        return steps;
    }
}
