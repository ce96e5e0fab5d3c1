package io.natterjack.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.testkit.DurableMessageStoreContract;
import io.natterjack.testkit.ManualScheduler;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pool as applications have them. */
final class PostgresMessageStoreIT extends DurableMessageStoreContract {
    private static DurablePostgres postgres;

    private final ManualScheduler time = new ManualScheduler();
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
        return JdbcMessageStore.create(pool, Durability.REQUIRED, time::wallMillis);
    }

    @AfterEach
    void closeThePool() {
        pool.close();
    }

    private HikariDataSource pool(int size, boolean autoCommit, String options) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(postgres.url(schema) + options);
        config.setMaximumPoolSize(size);
        config.setAutoCommit(autoCommit);
        return new HikariDataSource(config);
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
                    .hasMessageContaining("fsync off");
            JdbcMessageStore.create(forgetful.getPostgresDatabase(), Durability.MAY_LOSE_ACKNOWLEDGED_MESSAGES)
                    .close();
        }
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
    void severalAppendsAtOnceAreOfUse() {
        assertThat(store().appendConcurrency()).isEqualTo(4);
    }

    @Test
    void tablesOfANewerVersionAreRefused() throws Exception {
        execute("update chat_store set schema_version = 2");

        assertThatThrownBy(this::openAgain).isInstanceOf(StoreException.class).hasMessageContaining("version 2");
    }

    @Test
    void manyStoresThatStartAtOnceMakeTheTablesOnce() throws Exception {
        schema = postgres.newSchema();
        try (HikariDataSource fresh = pool(4, true, "")) {
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
    void aPoolOfOneConnectionIsEnough() throws Exception {
        try (HikariDataSource one = pool(1, true, "");
                MessageStore other = JdbcMessageStore.create(one)) {
            List<Callable<List<RoomEvent>>> writers = new ArrayList<>();
            for (String user : List.of("ada", "bob", "cy")) {
                writers.add(() -> write(other, new UserId(user), 20));
            }
            List<RoomEvent> events = new ArrayList<>();
            atOnce(writers).forEach(events::addAll);
            assertRoomsHold(other, events);
        }
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
    void aCommitWhoseAnswerIsLostIsUnknownWhateverTheErrorAndTheResendFindsIt() {
        FaultySource faulty = new FaultySource(postgres.source(schema));
        try (MessageStore other = JdbcMessageStore.create(faulty.source())) {
            for (String state : List.of("08006", "23505", "40001")) {
                List<Draft> batch = drafts(ROOM, "a", "b");
                faulty.swallowAnswers(1, state);

                assertThatThrownBy(() -> other.append(batch))
                        .isInstanceOfSatisfying(
                                StoreException.class,
                                away -> assertThat(away.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE));
                assertThat(other.append(batch)).isEqualTo(asDuplicates(other.append(batch)));
            }
        }
        assertThat(all(ROOM)).hasSize(6);
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
        for (String sql : PostgresDialect.STATEMENTS_OF_APPEND) {
            assertThat(plan(sql)).as(sql).noneMatch(step -> step.contains("Seq Scan on chat_"));
        }
    }

    @Test
    void everyReadUsesAnIndexOnceTheTablesAreLarge() throws Exception {
        for (int room = 0; room < 20; room++) {
            List<Draft> batch = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                batch.addAll(drafts(room(room), "message " + i));
            }
            store().append(batch);
        }
        execute("analyze");
        for (String sql : List.of(Reads.EVENTS, Reads.HISTORY, Reads.CHANGES)) {
            assertThat(plan(sql)).as(sql).noneMatch(step -> step.contains("Seq Scan on chat_message"));
        }
    }

    private static String stackTrace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private List<String> plan(String sql) throws Exception {
        List<String> steps = new ArrayList<>();
        try (Connection connection = postgres.source(schema).getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            if (sql.contains("any") || sql.contains("unnest")) {
                statement.execute("set local enable_seqscan = off");
            }
            int parameter = 0;
            StringBuilder numbered = new StringBuilder();
            for (String piece : (sql + " ").split("\\?", -1)) {
                numbered.append(parameter == 0 ? "" : "$" + parameter).append(piece);
                parameter++;
            }
            statement.execute("prepare s as " + numbered);
            statement.execute("set local plan_cache_mode = force_generic_plan");
            String nulls = String.join(", ", Collections.nCopies(parameter - 1, "null"));
            try (ResultSet row = statement.executeQuery("explain execute s(" + nulls + ")")) {
                while (row.next()) {
                    steps.add(row.getString(1));
                }
            }
            statement.execute("deallocate s");
            connection.rollback();
        }
        return steps;
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = postgres.source(schema).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
