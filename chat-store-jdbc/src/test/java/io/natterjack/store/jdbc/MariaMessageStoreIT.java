package io.natterjack.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.Durability;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.testkit.Await;
import io.natterjack.testkit.ManualScheduler;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The MariaDB that the machine has; {@code .ci/run} makes sure that it has one. */
@EnabledIf(
        value = "io.natterjack.store.jdbc.DurableMariaDb#isInstalled",
        disabledReason = "no MariaDB server is installed")
final class MariaMessageStoreIT extends JdbcStoreContract {
    private static final String INDEXED =
            "select count(*) from information_schema.innodb_ft_index_table where word like '%quagga%'";

    private static DurableMariaDb server;
    private static String model;

    private String database;
    private HikariDataSource pool;

    @BeforeAll
    static void startServer() throws Exception {
        server = DurableMariaDb.start();
        model = server.newDatabase();
        JdbcMessageStore.builder(server.source(model))
                .clock(() -> ManualScheduler.START_MILLIS)
                .open()
                .close();
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    @Override
    protected MessageStore open() throws Exception {
        database = server.newDatabaseLike(model);
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(server.url(database));
        config.setMaximumPoolSize(8);
        config.setMinimumIdle(1); // Few tests need more, and all would be opened for each.
        pool = new HikariDataSource(config);
        return openAgain();
    }

    @Override
    protected MessageStore openAgain() {
        return JdbcMessageStore.builder(pool).clock(time::wallMillis).open();
    }

    @Test
    void wordsOfWhatWasErasedLeaveTheIndexAsThePageSays() throws Exception {
        store().append(List.of(new Draft(ROOM, ADMIN, new ClientId("c"), MessageBody.text("quagga"))));
        execute("set global innodb_ft_aux_table = '" + database + "/chat_message'");
        execute("set global innodb_optimize_fulltext_only = on");
        execute("optimize table chat_message");
        assertThat(read(INDEXED)).as("before").isNotEqualTo("0");
        archive().eraseUser(ADMIN, ADMIN);

        execute("optimize table chat_message");
        assertThat(read(INDEXED)).isEqualTo("0");
        execute("set global innodb_optimize_fulltext_only = off");
    }

    @AfterEach
    void closeThePool() {
        pool.close();
    }

    @Override
    DataSource source() throws SQLException {
        return server.source(database);
    }

    @Override
    DataSource empty() throws SQLException {
        return server.source(server.newDatabase());
    }

    @Override
    Dialect dialect() {
        return new MariaDialect(true);
    }

    @Override
    void analyze() throws Exception {
        execute("analyze table chat_room, chat_message, chat_member, chat_outbox, chat_retention");
    }

    @Override
    List<String> scans(Connection connection, String sql) throws SQLException {
        List<String> steps = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement("explain " + sql)) {
            int parameters = statement.getParameterMetaData().getParameterCount();
            for (int i = 1; i <= parameters; i++) {
                boolean number = sql.toLowerCase(Locale.ROOT).startsWith("select") && isNumber(sql, i);
                if (number) {
                    statement.setLong(i, 50);
                } else {
                    statement.setString(i, "room-1");
                }
            }
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    String table = String.valueOf(row.getString("table"));
                    String type = String.valueOf(row.getString("type"));
                    boolean whole = type.equals("ALL") || type.equals("index") && row.getString("key") == null;
                    if (whole && !table.startsWith("<")) {
                        steps.add(table + " " + type + " " + row.getString("rows"));
                    }
                }
            }
        }
        return steps;
    }

    /** Tells whether the parameter is compared with a number: by the word before it. */
    private static boolean isNumber(String sql, int parameter) {
        int at = -1;
        for (int i = 0; i < parameter; i++) {
            at = sql.indexOf('?', at + 1);
        }
        String before = sql.substring(0, at);
        return before.matches("(?s).*(seq|rev|ts|limit) ?[<>=]* ?(greatest\\()?");
    }

    @Test
    void itsClockGoesOnWhenSummerTimeEnds() throws Exception {
        List<String> times = new ArrayList<>();
        try (Connection connection = source().getConnection();
                Statement statement = connection.createStatement()) {
            // 2:30 in summer time, and an hour later 2:30 again.
            for (String instant : List.of("1761438600.25", "1761442200.25")) {
                statement.execute("set timestamp = " + instant);
                try (ResultSet row =
                        statement.executeQuery("select " + dialect().nowMillis() + ", cast(now() as char)")) {
                    row.next();
                    times.add(row.getString(1));
                    assertThat(row.getString(2)).isEqualTo("2025-10-26 02:30:00");
                }
            }
        }
        assertThat(times).containsExactly("1761438600250", "1761442200250");
    }

    @Test
    void severalAppendsAtOnceAreOfUse() {
        assertThat(store().appendConcurrency()).isEqualTo(4);
    }

    @Test
    void settingsThatForgetAreRefusedWithTheReason() throws Exception {
        for (String setting : List.of("innodb_flush_log_at_trx_commit = 2", "sync_binlog = 0")) {
            String name = setting.substring(0, setting.indexOf(' '));
            server.execute("set global " + setting);
            try {
                assertThatThrownBy(this::openAgain)
                        .isInstanceOfSatisfying(
                                StoreException.class,
                                refusal -> assertThat(refusal.kind()).isEqualTo(StoreException.Kind.REJECTED))
                        .hasMessageContaining(name)
                        .hasMessageContaining("MAY_LOSE");
                JdbcMessageStore.builder(pool)
                        .durability(Durability.MAY_LOSE_ACKNOWLEDGED_MESSAGES)
                        .open()
                        .close();
            } finally {
                server.execute("set global " + name + " = 1");
            }
        }
    }

    @Test
    void aModeThatCutsValuesOffIsRefused() throws Exception {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(server.url(database) + "&sessionVariables=sql_mode='NO_ENGINE_SUBSTITUTION'");
        try (HikariDataSource other = new HikariDataSource(config)) {
            assertThatThrownBy(() -> JdbcMessageStore.create(other))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("sql_mode");
        }
    }

    @Test
    void aPoolWhoseConnectionsAreSetUpOtherwiseDoesNoHarm() throws Exception {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(server.url(database));
        config.setAutoCommit(false);
        for (String isolation : List.of("TRANSACTION_SERIALIZABLE", "TRANSACTION_READ_UNCOMMITTED")) {
            config.setTransactionIsolation(isolation);
            try (HikariDataSource odd = new HikariDataSource(config);
                    MessageStore other = JdbcMessageStore.create(odd)) {
                List<Callable<List<io.natterjack.core.RoomEvent>>> writers = new ArrayList<>();
                for (String user : List.of("ada", "bob", "cy", "dan")) {
                    writers.add(() -> write(other, new UserId(user + isolation), 20));
                }
                atOnce(writers);
                assertThat(other.heads(List.of(room(0))).get(room(0)).seq()).isPositive();
            }
        }
        assertThat(all(room(0))).hasSize(2 * 4 * 20 * 3);
    }

    @Test
    void aRoomThatIsLockedForLongMakesTheStoreUnavailableForAWhile() throws Exception {
        store().append(drafts(ROOM, "a"));
        try (Connection other = source().getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select * from chat_room for update");

            assertThatThrownBy(() -> store().append(drafts(ROOM, "b")))
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            away -> assertThat(away.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE));
            other.rollback();
        }
        store().append(drafts(ROOM, "d"));
        assertThat(all(ROOM)).hasSize(2);
    }

    @Test
    void everyDraftsKeyIsLookedUpByTheIndex() throws Exception {
        List<Draft> batch = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            batch.addAll(drafts(ROOM, "message " + i));
        }
        store().append(batch);
        analyze();
        try (Connection connection = source().getConnection()) {
            assertThat(scans(connection, MariaDialect.knownQuery(3))).isEmpty();
        }
    }

    @Test
    void aNodeThatFreezesInMidTransactionGivesItsRoomsBack() throws Exception {
        store().append(drafts(ROOM, "a"));
        try (Handle frozen = Jdbi.open(source())) {
            dialect().begin(frozen, lobby(), List.of());

            Await.until(this::appends);
        }
    }

    private static SortedSet<RoomId> lobby() {
        SortedSet<RoomId> rooms = new TreeSet<>(Comparator.comparing(RoomId::value));
        rooms.add(ROOM);
        return rooms;
    }

    private boolean appends() {
        try {
            store().append(drafts(ROOM, "b"));
            return true;
        } catch (StoreException locked) {
            return false;
        }
    }

    @Test
    void aConnectionIsGivenBackAsItWas() throws Exception {
        String settings = "select concat(@@session.idle_transaction_timeout, ' ', @@session.innodb_lock_wait_timeout)";
        try (Handle handle = Jdbi.open(source())) {
            handle.execute("set session idle_transaction_timeout = 77, innodb_lock_wait_timeout = 33");
            dialect().begin(handle, lobby(), List.of());
            assertThat(handle.createQuery(settings).mapTo(String.class).one()).isEqualTo("5 1");
            dialect().commit(handle);

            assertThat(handle.createQuery(settings).mapTo(String.class).one()).isEqualTo("77 33");
        }
    }
}
