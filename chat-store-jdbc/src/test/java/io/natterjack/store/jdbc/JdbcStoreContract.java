package io.natterjack.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.Membership;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Role;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.Standing;
import io.natterjack.core.StoreException;
import io.natterjack.core.Target;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.testkit.ManualScheduler;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What the store does on every database. */
abstract class JdbcStoreContract extends JdbcArchiveContract {
    /** Returns another database without tables. */
    abstract DataSource empty() throws Exception;

    abstract Dialect dialect();

    /** Returns how the database goes about a query with null parameters: those of its steps that go through a whole table or index. */
    abstract List<String> scans(Connection connection, String sql) throws SQLException;

    @Override
    protected void later() {
        time.advance(Duration.ofMillis(1));
    }

    @Override
    void execute(String sql) throws Exception {
        execute(source(), sql);
    }

    private static void execute(DataSource source, String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void executeAll(DataSource source, String script) throws SQLException {
        for (String statement : script.replaceAll("(?m)^--.*$", "").split(";\\s*\\n")) {
            if (!statement.isBlank()) {
                execute(source, statement);
            }
        }
    }

    @Override
    String read(String sql) throws Exception {
        try (Connection connection = source().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : "";
        }
    }

    // The schema.

    private static final int NEWER = Schema.VERSION + 1;

    @Test
    void theEpochIsTheTimeWhenTheTablesWereMade() throws Exception {
        time.advance(Duration.ofDays(1));

        try (MessageStore next = openAgain()) {
            assertThat(next.heads(List.of(ROOM)).get(ROOM)).isEqualTo(new Cursor(ManualScheduler.START_MILLIS, 0));
        }
    }

    @Test
    void whoOpenACopyAtOnceHaveTheSameEpoch() throws Exception {
        execute("update chat_store set is_copy = 1");
        time.advance(Duration.ofDays(1));
        DataSource source = source();
        FaultySource faulty = new FaultySource(source);
        List<Long> epochs = new ArrayList<>();
        faulty.before("update chat_store", () -> {
            time.advance(Duration.ofMillis(1));
            epochs.add(epochOf(source));
        });

        epochs.add(epochOf(faulty.source()));
        assertThat(epochs).hasSize(2).containsOnly(time.wallMillis());
    }

    private long epochOf(DataSource source) {
        try (MessageStore opened =
                JdbcMessageStore.builder(source).clock(time::wallMillis).open()) {
            return opened.heads(List.of(ROOM)).get(ROOM).epoch();
        }
    }

    @Test
    void tablesOfANewerVersionAreRefused() throws Exception {
        execute("update chat_store set schema_version = " + NEWER + ", oldest_code = " + NEWER);

        assertThatThrownBy(this::openAgain)
                .isInstanceOfSatisfying(
                        StoreException.class,
                        refusal -> assertThat(refusal.kind()).isEqualTo(StoreException.Kind.REJECTED))
                .hasMessageContaining("version " + NEWER);
    }

    @Test
    void tablesOfANewerVersionThatThisCodeMayUseAreUsed() throws Exception {
        execute("alter table chat_message add column from_the_future integer");
        execute("update chat_store set schema_version = " + NEWER);

        try (MessageStore next = openAgain()) {
            next.append(drafts(ROOM, "a"));
            assertThat(next.heads(List.of(ROOM)).get(ROOM).seq()).isEqualTo(1);
        }
    }

    @Test
    void tablesOfTheVersionBeforeAreBroughtUpToDateWithAllThatIsInThem() throws Exception {
        DataSource old = empty();
        String name = dialect().name();
        String both = Schema.script(name, 0, 7);
        executeAll(
                old, both.substring(0, both.length() - Schema.script(name, 1, 7).length()));
        String updated = name.equals("postgresql") ? "now()" : "0";
        execute(
                old,
                "insert into chat_room (room, last_seq, last_ts, updated_at) values ('room', 1, 5, " + updated + ")");
        String insert = "insert into chat_message (room, seq, rev, sender, cid, content_hash, ts, body)"
                + " values ('room', %1$d, %1$d, 'ada', 'c%1$d', 'h', 5, '{\"text\":\"old\"}')";
        execute(old, String.format(insert, 1));

        try (MessageStore upgraded = JdbcMessageStore.create(old)) {
            assertThat(upgraded.heads(List.of(ROOM)).get(ROOM)).isEqualTo(new Cursor(7, 1));
            assertThat(upgraded.eventsAfter(ROOM, 0, 10, 1 << 20).get(0).body()).isEqualTo(MessageBody.text("old"));
            // What code of the version before writes meanwhile.
            execute(old, String.format(insert, 2));
            execute(old, "update chat_room set last_seq = 2 where room = 'room'");
            upgraded.append(drafts(ROOM, "new"));
            assertThat(upgraded.eventsAfter(ROOM, 0, 10, 1 << 20))
                    .extracting(RoomEvent::seq)
                    .containsExactly(1L, 2L, 3L);
        }
    }

    @Test
    void anApplicationMayMakeTheTablesItself() throws Exception {
        DataSource own = empty();
        JdbcMessageStore.Builder builder = JdbcMessageStore.builder(own).schemaByApplication();
        assertThatThrownBy(builder::open)
                .isInstanceOfSatisfying(
                        StoreException.class,
                        refusal -> assertThat(refusal.kind()).isEqualTo(StoreException.Kind.REJECTED))
                .hasMessageContaining(
                        "apply JdbcMessageStore.schema(\"" + dialect().name() + "\", 0)");

        executeAll(own, JdbcMessageStore.schema(dialect().name(), 0));
        try (MessageStore store = builder.open()) {
            assertThat(store.append(drafts(ROOM, "a"))).hasSize(1);
        }
    }

    @Test
    void manyStoresThatStartAtOnceMakeTheTablesOnce() throws Exception {
        DataSource fresh = empty();
        Callable<Long> start = () -> {
            try (MessageStore store = JdbcMessageStore.create(fresh)) {
                return store.heads(List.of(ROOM)).get(ROOM).epoch();
            }
        };
        assertThat(atOnce(List.of(start, start, start, start)).stream().distinct())
                .hasSize(1);
    }

    @Test
    void aNewEpochIsLaterThanTheOneBefore() throws Exception {
        JdbcMessageStore.beginEpoch(source());

        try (MessageStore next = openAgain()) {
            assertThat(next.heads(List.of(ROOM)).get(ROOM).epoch()).isGreaterThan(ManualScheduler.START_MILLIS);
        }
    }

    // Time and connections.

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
    void theDatabasesClockIsReadInUtc() throws Exception {
        store().append(drafts(ROOM, "a"));

        long database = Long.parseLong(read("select " + dialect().nowMillis()));
        assertThat(database).isBetween(System.currentTimeMillis() - 60_000, System.currentTimeMillis() + 60_000);
    }

    @Test
    void aPoolOfOneConnectionIsEnough() throws Exception {
        HikariConfig config = new HikariConfig();
        config.setDataSource(source());
        config.setMaximumPoolSize(1);
        try (HikariDataSource one = new HikariDataSource(config);
                MessageStore other = JdbcMessageStore.create(one)) {
            List<Callable<List<RoomEvent>>> writers = new ArrayList<>();
            for (String user : List.of("ada", "bob", "cy")) {
                writers.add(() -> write(other, new UserId(user), 20));
            }
            List<RoomEvent> events = new ArrayList<>();
            atOnce(writers).forEach(events::addAll);
            assertRoomsHold(other, events);
            assertThat(one.getHikariPoolMXBean().getActiveConnections()).isZero();
        }
    }

    @Test
    void connectionsAlwaysGoBack() throws Exception {
        FaultySource source = new FaultySource(source());
        try (JdbcMessageStore other = JdbcMessageStore.create(source.source())) {
            other.append(drafts(ROOM, "a"));
            source.swallowAnswers(1, "08006");
            assertThatThrownBy(() -> other.append(drafts(ROOM, "b"))).isInstanceOf(StoreException.class);
            assertThatThrownBy(() -> other.append(List.of(withATakenPlace()))).isInstanceOf(StoreException.class);
            other.eventsAfter(ROOM, 0, 1, 1);
            other.hold(ROOM, true);
        }
        assertThat(source.open()).isZero();
    }

    /** Something that the database refuses: a primary key that is taken. */
    private Draft withATakenPlace() throws Exception {
        execute("update chat_room set last_seq = 0 where room = 'room'");
        return drafts(ROOM, "refused").get(0);
    }

    @Test
    void aCommitWhoseAnswerIsLostIsUnknownAndTheResendFindsIt() throws Exception {
        FaultySource faulty = new FaultySource(source());
        try (MessageStore other = JdbcMessageStore.create(faulty.source())) {
            other.append(drafts(ROOM, "first"));
            List<Draft> batch = drafts(ROOM, "a", "b");
            faulty.swallowAnswers(1, "08006");

            assertThatThrownBy(() -> other.append(batch))
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            away -> assertThat(away.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE));
            assertThat(other.append(batch)).isEqualTo(asDuplicates(other.append(batch)));
        }
        assertThat(all(ROOM)).hasSize(3);
    }

    // What happens at once, and what it costs.

    @Test
    void aRevocationOfWhatNeverComesMakesLaterBatchesAskOnceMoreAtMost() throws Exception {
        FaultySource counting = new FaultySource(source());
        try (MessageStore other = JdbcMessageStore.create(counting.source())) {
            other.append(oneEach("first"));
            int without = statementsOf(counting, () -> other.append(oneEach("before")));
            Target never = Target.own(cid("never"));
            other.append(List.of(Draft.change(ROOM, SHOP, cid("revoke"), new RoomChange.Revoked(never))));

            assertThat(statementsOf(counting, () -> other.append(oneEach("after"))))
                    .isLessThanOrEqualTo(without + 1);
        }
    }

    private static List<Draft> oneEach(String cid) {
        return IntStream.range(0, 200)
                .mapToObj(i -> message(ROOM, new UserId("u" + i), cid))
                .toList();
    }

    private static int statementsOf(FaultySource source, Runnable what) {
        int before = source.statements();
        what.run();
        return source.statements() - before;
    }

    @Test
    void aChangeOfRoleDoesNotTakeBackHowFarSomebodyHasReadMeanwhile() throws Exception {
        assumeTrue(dialect().appendConcurrency() > 1, "nobody else writes meanwhile");
        UserId bob = new UserId("bob");
        store().append(List.of(Draft.change(ROOM, ADMIN, cid("in"), new RoomChange.Member(bob, true))));
        fillRoom(ROOM, 12);
        FaultySource faulty = new FaultySource(source());
        try (MessageStore other = JdbcMessageStore.create(faulty.source())) {
            faulty.before("update chat_member", () -> store().mark(ROOM, bob, 10, 10));
            other.append(List.of(Draft.change(
                    ROOM,
                    ADMIN,
                    cid("role"),
                    new RoomChange.Member(bob, Standing.IN, Optional.of(Role.MODERATOR), 0))));
        }

        Membership after = store().membership(ROOM, bob).orElseThrow();
        assertThat(after.role()).isEqualTo(Role.MODERATOR);
        assertThat(after.read()).isEqualTo(10);
        assertThat(after.delivered()).isEqualTo(10);
    }

    @Test
    void aListenerRegistersInSeveralProcessesAtOnce() throws Exception {
        store().append(drafts(ROOM, "a"));
        try (JdbcMessageStore other = (JdbcMessageStore) openAgain()) {
            List<Callable<Boolean>> registering = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                JdbcMessageStore one = i % 2 == 0 ? jdbcStore() : other;
                registering.add(() -> {
                    one.listeners().register("bot");
                    return true;
                });
            }
            assertThat(atOnce(registering)).hasSize(16);
            assertThat(other.listeners().behind("bot", 10)).isEmpty();
        }
    }

    // Text.

    @Test
    void everyCharacterComesBackAsItWas() {
        StringBuilder text = new StringBuilder();
        IntStream.of(1, 0x7f, 0xe9, 0x3b1, 0x4e2d, 0xd7a3, 0xfffd, 0x1f438, 0x10ffff)
                .forEach(text::appendCodePoint);
        List<UserId> users = List.of(
                new UserId("a"),
                new UserId("A"),
                new UserId("a "),
                new UserId("\u00e4"),
                new UserId("a\u0308"),
                new UserId("\ud83d\udc38"),
                new UserId("\ud83d\udc39"));
        for (UserId user : users) {
            store().append(List.of(
                    new Draft(ROOM, user, new io.natterjack.core.ClientId("same"), MessageBody.text(text.toString()))));
        }

        assertThat(all(ROOM)).extracting(RoomEvent::sender).isEqualTo(users);
        assertThat(all(ROOM)).allMatch(event -> event.body().equals(MessageBody.text(text.toString())));
        RoomId upper = new RoomId("ROOM");
        store().append(drafts(upper, "another room"));
        assertThat(all(upper)).hasSize(1);
    }

    @Test
    void aBodyOfTheGreatestSizeIsKept() {
        MessageBody greatest = MessageBody.text("\ud83d\udc38".repeat((MessageBody.MAX_BYTES - 11) / 4));
        store().append(List.of(new Draft(ROOM, new UserId("ada"), new io.natterjack.core.ClientId("c"), greatest)));

        assertThat(all(ROOM).get(0).body()).isEqualTo(greatest);
    }

    // Indexes.

    @Test
    void everyReadUsesAnIndex() throws Exception {
        for (int room = 0; room < 20; room++) {
            List<Draft> batch = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                batch.addAll(drafts(room(room), "message " + i));
            }
            store().append(batch);
        }
        fillMembers();
        analyze();
        try (Connection connection = source().getConnection()) {
            for (Map.Entry<String, String> each : reads().entrySet()) {
                assertThat(scans(connection, each.getValue()))
                        .as(each.getKey() + ": " + each.getValue())
                        .isEmpty();
            }
        }
    }

    private void fillMembers() throws Exception {
        for (int part = 0; part < 10; part++) {
            StringBuilder rows = new StringBuilder();
            for (int i = 0; i < 300; i++) {
                int n = part * 300 + i;
                rows.append(i == 0 ? "" : ", ")
                        .append("('room-" + n % 20 + "', 'user" + n / 5 + "x" + n % 5 + "', 1, 1, 1, 1, 1)");
            }
            execute(
                    "insert into chat_member (room, member, joined_seq, is_in, standing, delivered_seq, read_seq) values "
                            + rows);
        }
    }

    /** Has the planner look at the tables. */
    void analyze() throws Exception {
        execute("analyze");
    }

    private Map<String, String> reads() {
        HistoryQuery latest = HistoryQuery.latest(ROOM, 10);
        return Map.ofEntries(
                Map.entry("events after", Reads.EVENTS),
                Map.entry("history", Reads.history(dialect(), latest)),
                Map.entry("replies", Reads.history(dialect(), latest.repliesTo(7))),
                Map.entry("pinned", Reads.history(dialect(), latest.pinnedOnly())),
                Map.entry("changes", Reads.changes(dialect())),
                Map.entry("heads", Rows.roomsQuery(2)),
                Map.entry("view", RoomReads.VIEW),
                Map.entry("apart", RoomReads.APART),
                Map.entry("find", RoomReads.FIND),
                Map.entry("receipts", RoomReads.RECEIPTS),
                Map.entry("readers", RoomReads.READERS),
                Map.entry("mentioned", InboxReads.MENTIONED),
                Map.entry("own reactions", Targets.OWN_REACTIONS + "?)"),
                Map.entry("targets", Targets.MESSAGES + "?)"),
                Map.entry("cancelled", Targets.CANCEL + " union all " + Targets.CANCEL),
                Map.entry("cancelled and open", Targets.OPEN_CANCELS),
                Map.entry("profiles", PeopleTables.PROFILES + "?)"),
                Map.entry("acquaintances", PeopleTables.ACQUAINTANCES + "?)"),
                Map.entry("revoked since", PeopleTables.REVOKED_SINCE),
                Map.entry("fence", Fences.STANDING),
                Map.entry("changed rooms", dialect().changedRooms().replaceAll(":[a-z]+", "?")),
                Map.entry("membership", RoomReads.MEMBERSHIP),
                Map.entry("members", RoomReads.MEMBERS),
                Map.entry("room list", InboxReads.INBOX),
                Map.entry("unread", InboxReads.UNREAD),
                Map.entry("last message", InboxReads.LAST),
                Map.entry("search", Searches.sql(dialect(), 2)),
                Map.entry("oldest", Retention.OLDEST),
                Map.entry("rooms one after another", Retention.ROOMS),
                Map.entry("a room that is behind", Retention.ROOM),
                Map.entry("outbox", OutboxRelay.READ));
    }
}
