package io.natterjack.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.testkit.DurableMessageStoreContract;
import io.natterjack.testkit.ManualScheduler;
import java.io.IOException;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** What the application's own hand does, on every database: its transactions, retention, export, erasure, import. */
abstract class JdbcHostContract extends DurableMessageStoreContract {
    private static final UserId SHOP = new UserId("shop");
    private static final UserId ADMIN = new UserId("admin");

    final ManualScheduler time = new ManualScheduler();

    /** Returns the database of the test that runs, a connection each time. */
    abstract DataSource source() throws Exception;

    abstract void execute(String sql) throws Exception;

    abstract String read(String sql) throws Exception;

    private JdbcMessageStore jdbcStore() {
        return (JdbcMessageStore) store();
    }

    private RoomArchive archive() {
        return jdbcStore().archive();
    }

    // The outbox.

    private MessageStore.Upkeep serve(DirectQueue queue) {
        return jdbcStore().begin(queue, time, time);
    }

    private Connection transaction() throws Exception {
        Connection connection = source().getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    @Test
    void whatCommitsWithTheApplicationsTransactionAppearsInTheRoom() throws Exception {
        execute("create table orders (id integer primary key)");
        try (MessageStore.Upkeep upkeep = serve(new DirectQueue(store()));
                Connection connection = transaction()) {
            connection.createStatement().execute("insert into orders (id) values (1)");
            ClientId cid = jdbcStore().outbox().post(connection, ROOM, SHOP, MessageBody.text("order placed"));
            time.advance(Duration.ofMillis(20));
            assertThat(all(ROOM)).as("before the commit").isEmpty();

            connection.commit();
            time.advance(Duration.ofMillis(100));
            assertThat(all(ROOM)).hasSize(1);
            assertThat(all(ROOM).get(0).sender()).isEqualTo(SHOP);
            assertThat(all(ROOM).get(0).clientId()).isEqualTo(cid);
            assertThat(all(ROOM).get(0).body()).isEqualTo(MessageBody.text("order placed"));
            time.advance(Duration.ofSeconds(10));
            assertThat(all(ROOM)).hasSize(1);
            assertThat(read("select count(*) from chat_outbox")).isEqualTo("0");
        }
    }

    @Test
    void whatIsRolledBackNeverAppears() throws Exception {
        try (MessageStore.Upkeep upkeep = serve(new DirectQueue(store()));
                Connection connection = transaction()) {
            jdbcStore().outbox().post(connection, ROOM, SHOP, MessageBody.text("no"));
            connection.rollback();
            jdbcStore().outbox().post(connection, ROOM, SHOP, MessageBody.text("yes"));
            connection.commit();
            time.advance(Duration.ofSeconds(10));

            assertThat(all(ROOM)).extracting(RoomEvent::body).containsExactly(MessageBody.text("yes"));
        }
    }

    @Test
    void aHandleOfJdbiServesAsWell() throws Exception {
        try (MessageStore.Upkeep upkeep = serve(new DirectQueue(store()))) {
            Jdbi.create(source())
                    .useTransaction(
                            handle -> jdbcStore().outbox().post(handle, ROOM, SHOP, MessageBody.text("from a handle")));
            jdbcStore().outbox().committed();
            time.runAll();

            assertThat(all(ROOM)).hasSize(1);
        }
    }

    @Test
    void whatOneTransactionPostsKeepsItsOrder() throws Exception {
        List<String> texts = new ArrayList<>();
        try (MessageStore.Upkeep upkeep = serve(new DirectQueue(store()));
                Connection connection = transaction()) {
            for (int i = 0; i < 450; i++) {
                jdbcStore().outbox().post(connection, i % 3 == 0 ? room(1) : ROOM, SHOP, MessageBody.text("n" + i));
                if (i % 3 > 0) {
                    texts.add("n" + i);
                }
            }
            connection.commit();
            time.advance(Duration.ofSeconds(3));

            assertThat(all(ROOM))
                    .extracting(event -> event.body().text().orElse(""))
                    .isEqualTo(texts);
            assertThat(all(room(1))).hasSize(150);
        }
    }

    @Test
    void whatAProcessLeftBehindThatDiedIsFoundByTheNext() throws Exception {
        try (Connection connection = transaction()) {
            jdbcStore().outbox().post(connection, ROOM, SHOP, MessageBody.text("left behind"));
            connection.commit();
        }
        time.advance(Duration.ofMinutes(1));
        assertThat(all(ROOM)).as("no server yet").isEmpty();

        try (MessageStore.Upkeep upkeep = serve(new DirectQueue(store()))) {
            time.advance(Duration.ofSeconds(1));
            assertThat(all(ROOM)).hasSize(1);
        }
    }

    @Test
    void whatWasDeliveredButNotRemovedIsNotThereTwice() throws Exception {
        ClientId cid;
        try (MessageStore.Upkeep upkeep = serve(new DirectQueue(store()));
                Connection connection = source().getConnection()) {
            cid = jdbcStore().outbox().post(connection, ROOM, SHOP, MessageBody.text("once"));
            time.advance(Duration.ofSeconds(3));
            execute("insert into chat_outbox (room, sender, cid, body) values ('room', 'shop', '" + cid.value()
                    + "', '{\"text\":\"once\"}')");
            time.advance(Duration.ofSeconds(3));
        }
        assertThat(all(ROOM)).hasSize(1);
        assertThat(read("select count(*) from chat_outbox")).isEqualTo("0");
    }

    @Test
    void whatIsRefusedForNowIsTriedAgain() throws Exception {
        DirectQueue queue = new DirectQueue(store());
        queue.refuseWith(Outcome.Refused.retryAfter(ErrorCode.UNAVAILABLE, Duration.ofSeconds(1)));
        try (MessageStore.Upkeep upkeep = serve(queue);
                Connection connection = source().getConnection()) {
            jdbcStore().outbox().post(connection, ROOM, SHOP, MessageBody.text("later"));
            time.advance(Duration.ofSeconds(5));
            assertThat(all(ROOM)).isEmpty();

            queue.refuseWith(null);
            time.advance(Duration.ofSeconds(1));
            assertThat(all(ROOM)).hasSize(1);
        }
    }

    @Test
    void whatIsRefusedForGoodStaysWithTheReasonAndHoldsNothingUp() throws Exception {
        DirectQueue queue = new DirectQueue(store());
        queue.refuseWith(Outcome.Refused.forGood(ErrorCode.INTERNAL));
        try (MessageStore.Upkeep upkeep = serve(queue);
                Connection connection = source().getConnection()) {
            jdbcStore().outbox().post(connection, ROOM, SHOP, MessageBody.text("bad"));
            time.advance(Duration.ofSeconds(1));
            queue.refuseWith(null);
            jdbcStore().outbox().post(connection, ROOM, SHOP, MessageBody.text("good"));
            time.advance(Duration.ofSeconds(3));
        }
        assertThat(all(ROOM)).extracting(RoomEvent::body).containsExactly(MessageBody.text("good"));
        assertThat(read("select refused from chat_outbox")).isEqualTo("internal");
    }

    @Test
    void oneThatIsRefusedForGoodDoesNotSlowDownTheRest() throws Exception {
        DirectQueue queue = new DirectQueue(store());
        queue.refuse("n9", Outcome.Refused.forGood(ErrorCode.INTERNAL));
        try (MessageStore.Upkeep upkeep = serve(queue);
                Connection connection = transaction()) {
            for (int i = 0; i < 450; i++) {
                jdbcStore().outbox().post(connection, ROOM, SHOP, MessageBody.text("n" + i));
            }
            connection.commit();
            jdbcStore().outbox().committed();
            time.runAll();

            assertThat(all(ROOM)).as("without any time").hasSize(449);
        }
    }

    @Test
    void ofTwoServersOneKeepsHouse() throws Exception {
        try (JdbcMessageStore other = (JdbcMessageStore) openAgain();
                MessageStore.Upkeep one = serve(new DirectQueue(store()));
                MessageStore.Upkeep two = other.begin(new DirectQueue(other), time, time)) {
            time.advance(Duration.ofSeconds(3));
            String holder = read("select holder from chat_lease");
            time.advance(Duration.ofSeconds(3));
            assertThat(read("select holder from chat_lease")).isEqualTo(holder);

            execute("update chat_lease set until_ms = 0");
            time.advance(Duration.ofSeconds(1));
            assertThat(read("select count(*) from chat_lease")).isEqualTo("1");
        }
    }

    // Retention.

    /** Lets servers look at all rooms, as often as it takes. */
    private void keepHouse() {
        try (MessageStore.Upkeep upkeep = serve(new DirectQueue(store()))) {
            time.advance(Duration.ofMinutes(5));
        }
    }

    @Test
    void whatIsTooOldGoesWithAnEvent() {
        archive().keep(ROOM, Duration.ofDays(10));
        store().append(drafts(ROOM, "a", "b"));
        store().append(drafts(OTHER, "other"));
        time.advance(Duration.ofDays(9));
        store().append(drafts(ROOM, "c"));
        keepHouse();
        assertThat(all(ROOM)).hasSize(3);

        time.advance(Duration.ofDays(1));
        keepHouse();
        assertThat(all(ROOM)).extracting(event -> event.body().isGone()).containsExactly(true, true, false, false);
        assertThat(all(ROOM).get(3).kind()).isEqualTo(EventKind.TRIMMED);
        assertThat(all(OTHER).get(0).body().isGone())
                .as("of a room without a rule")
                .isFalse();
        keepHouse();
        assertThat(all(ROOM)).as("no event without need").hasSize(4);

        time.advance(Duration.ofDays(20));
        keepHouse();
        keepHouse();
        assertThat(all(ROOM)).as("nothing but what was told").hasSize(5);
    }

    private static final RoomId OTHER = new RoomId("other-room");

    @Test
    void aShortRoomIsTrimmedOnceAndThenLeftAlone() {
        archive().keepLast(ROOM, 5);
        fillRoom(ROOM, 7);
        keepHouse();
        keepHouse();

        assertThat(all(ROOM)).hasSize(8);
        assertThat(store().view(ROOM, SHOP).floor()).isEqualTo(2);
    }

    @Test
    void whatIsTooMuchGoesInStepsOfATenth() {
        archive().keepLast(ROOM, 50);
        fillRoom(ROOM, 55);
        keepHouse();
        assertThat(store().view(ROOM, SHOP).floor()).isZero();

        store().append(drafts(ROOM, "one more"));
        keepHouse();
        assertThat(store().view(ROOM, SHOP).floor()).isEqualTo(6);
        assertThat(all(ROOM)).hasSize(57);
    }

    @Test
    void aLongPastGoesInPartsASecondApart() {
        archive().keepLast(ROOM, 100);
        for (int i = 0; i < 6; i++) {
            fillRoom(ROOM, 450);
        }
        try (MessageStore.Upkeep upkeep = serve(new DirectQueue(store()))) {
            time.advance(Duration.ofSeconds(5));
        }

        assertThat(store().view(ROOM, SHOP).floor()).isGreaterThanOrEqualTo(2_600);
        assertThat(all(ROOM).stream().filter(event -> event.kind() == EventKind.TRIMMED))
                .hasSize(3);
    }

    @Test
    void whatIsOldGoesAsFastAsItWasWritten() {
        archive().keep(ROOM, Duration.ofDays(1));
        for (int i = 0; i < 5; i++) {
            fillRoom(ROOM, 500);
        }
        time.advance(Duration.ofDays(1));
        try (MessageStore.Upkeep upkeep = serve(new DirectQueue(store()))) {
            time.advance(Duration.ofSeconds(5));
        }

        assertThat(store().view(ROOM, SHOP).floor()).isEqualTo(2_500);
    }

    @Test
    void aRoomsOwnRuleCountsBeforeThatOfAll() {
        archive().keepByDefault(Duration.ofDays(1));
        archive().keepForEver(room(1));
        archive().keep(room(2), Duration.ofDays(100));
        for (int i = 0; i < 3; i++) {
            store().append(drafts(room(i), "a"));
        }
        time.advance(Duration.ofDays(50));
        keepHouse();
        assertThat(List.of(gone(room(0)), gone(room(1)), gone(room(2)))).containsExactly(true, false, false);

        archive().keepForEverByDefault();
        archive().keepByDefault(room(2));
        time.advance(Duration.ofDays(100));
        keepHouse();
        assertThat(List.of(gone(room(1)), gone(room(2)))).containsExactly(false, false);
    }

    private boolean gone(RoomId room) {
        return all(room).get(0).body().isGone();
    }

    @Test
    void aClockThatIsPutRightDoesNotStopIt() {
        archive().keep(ROOM, Duration.ofDays(1));
        time.jumpWall(Duration.ofDays(365));
        keepHouse();
        time.jumpWall(Duration.ofDays(-365));
        store().append(drafts(ROOM, "a"));
        time.advance(Duration.ofDays(2));
        keepHouse();

        assertThat(gone(ROOM)).isTrue();
    }

    @Test
    void aRoomOnHoldKeepsWhatIsTooOld() {
        archive().keep(ROOM, Duration.ofDays(1));
        store().append(drafts(ROOM, "a"));
        store().hold(ROOM, true);
        time.advance(Duration.ofDays(10));
        keepHouse();
        assertThat(gone(ROOM)).isFalse();

        store().hold(ROOM, false);
        keepHouse();
        assertThat(gone(ROOM)).isTrue();
    }

    @Test
    void manyRoomsAreAllLookedAt() {
        archive().keepByDefault(Duration.ofDays(1));
        List<Draft> batch = new ArrayList<>();
        for (int i = 0; i < 450; i++) {
            batch.addAll(drafts(room(i), "a"));
        }
        store().append(batch);
        time.advance(Duration.ofDays(2));
        keepHouse();

        for (int i = 0; i < 450; i++) {
            assertThat(gone(room(i))).as("room " + i).isTrue();
        }
    }

    // Export.

    @Test
    void aRoomIsExportedWhole() throws Exception {
        fillRoom(ROOM, 1_200);
        store().append(List.of(Draft.change(ROOM, ADMIN, cid("x"), new RoomChange.Erased(List.of(2L)))));
        StringBuilder out = new StringBuilder();

        assertThat(archive().exportRoom(ROOM, out)).isEqualTo(1_201);
        List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize(1_201);
        for (int i = 0; i < lines.size(); i++) {
            RoomEvent event = all(ROOM).get(i);
            JsonObject line = JsonParser.parseString(lines.get(i)).getAsJsonObject();
            assertThat(line.get("s").getAsLong()).isEqualTo(i + 1L);
            assertThat(line.get("k").getAsString()).isEqualTo(event.kind().wireName());
            assertThat(line.get("cid").getAsString()).isEqualTo(event.clientId().value());
            if (i == 1) {
                assertThat(line.get("gone").getAsBoolean()).isTrue();
            } else {
                assertThat(line.get("b").toString()).isEqualTo(event.body().json());
            }
            if (i > 10) {
                break; // the rest alike; reading all anew for each line takes its time
            }
        }
    }

    @Test
    void aUsersDataIsExportedFromEveryRoom() throws IOException {
        UserId bob = new UserId("b\"o\\b");
        store().append(List.of(Draft.change(room(1), ADMIN, cid("in"), new RoomChange.Member(bob, true))));
        for (int i = 0; i < 3; i++) {
            store().append(List.of(message(room(i), bob, "bob-" + i), message(room(i), SHOP, "shop-" + i)));
        }
        StringBuilder out = new StringBuilder();

        assertThat(archive().exportUser(bob, out)).isEqualTo(4);
        assertThat(out.toString().lines())
                .hasSize(4)
                .allMatch(line -> JsonParser.parseString(line).isJsonObject());
        assertThat(out).contains("bob-0", "bob-1", "bob-2", "\"joined\":1").doesNotContain("shop-");
    }

    // Erasing.

    @Test
    void allThatAUserWroteIsErased() throws Exception {
        for (int i = 0; i < 250; i++) {
            store().append(List.of(message(room(i % 2), SHOP, "s" + i), message(room(i % 2), ADMIN, "a" + i)));
        }
        Erasure erasure = archive().eraseUser(SHOP, ADMIN);

        assertThat(erasure).isEqualTo(new Erasure(250, Set.of()));
        for (int i = 0; i < 2; i++) {
            for (RoomEvent event : all(room(i))) {
                boolean erased =
                        event.kind() == EventKind.MESSAGE && event.sender().equals(SHOP);
                assertThat(event.body().isGone()).isEqualTo(erased);
            }
        }
        assertThat(all(room(0)).stream().filter(event -> event.kind() == EventKind.ERASED))
                .hasSize(2);
        assertThat(archive().eraseUser(SHOP, ADMIN).messages()).isZero();
        assertThat(read("select count(*) from chat_message where body like '%\"s1%'"))
                .isEqualTo("0");
    }

    @Test
    void erasingLeavesHeldRoomsAndSaysSo() {
        store().append(List.of(message(room(1), SHOP, "kept"), message(room(2), SHOP, "goes")));
        store().hold(room(1), true);

        assertThat(archive().eraseUser(SHOP, ADMIN)).isEqualTo(new Erasure(1, Set.of(room(1))));
        assertThat(gone(room(1))).isFalse();
        assertThat(gone(room(2))).isTrue();
    }

    @Test
    void whatTheUserHasInTheOutboxGoesToo() throws Exception {
        try (Connection connection = source().getConnection()) {
            jdbcStore().outbox().post(connection, ROOM, SHOP, MessageBody.text("waits"));
            jdbcStore().outbox().post(connection, ROOM, ADMIN, MessageBody.text("of another"));
        }
        archive().eraseUser(SHOP, ADMIN);

        assertThat(read("select count(*) from chat_outbox")).isEqualTo("1");
        assertThat(read("select sender from chat_outbox")).isEqualTo("admin");
    }

    @Test
    void erasingGoesOnWhenTheServerHasEnded() {
        store().append(List.of(message(ROOM, SHOP, "a")));
        DirectQueue queue = new DirectQueue(store());
        MessageStore.Upkeep first = serve(queue);
        first.close();
        queue.refuseWith(Outcome.Refused.retryAfter(ErrorCode.UNAVAILABLE, Duration.ofSeconds(1)));

        assertThat(archive().eraseUser(SHOP, ADMIN).messages()).isEqualTo(1);
    }

    @Test
    void aServerThatEndsLeavesTheNextOneItsPlace() {
        store().append(List.of(message(ROOM, SHOP, "a")));
        MessageStore.Upkeep first = serve(new DirectQueue(store()));
        DirectQueue queue = new DirectQueue(store());
        queue.refuseWith(Outcome.Refused.retryAfter(ErrorCode.UNAVAILABLE, Duration.ofSeconds(1)));
        try (MessageStore.Upkeep second = serve(queue)) {
            first.close();
            assertThatThrownBy(() -> archive().eraseUser(SHOP, ADMIN))
                    .as("it asks the second's queue")
                    .isInstanceOf(StoreException.class);
        }
    }

    // Import.

    @Test
    void aHistoryIsImportedWithItsTimesAndOnce() {
        List<ImportedMessage> history = new ArrayList<>();
        for (int i = 0; i < 1_300; i++) {
            history.add(new ImportedMessage(message(room(i % 3), SHOP, "old-" + i), 1_000_000L + i));
        }

        assertThat(archive().importMessages(history.subList(0, 700).iterator())).isEqualTo(700);
        assertThat(archive().importMessages(history.iterator())).as("repeated").isEqualTo(600);
        assertThat(archive().importMessages(List.<ImportedMessage>of().iterator()))
                .isZero();
        assertThat(all(room(0))).hasSize(434);
        assertThat(all(room(0)).get(1).timestamp()).isEqualTo(1_000_003L);
        store().append(drafts(room(0), "new"));
        assertThat(all(room(0)).get(434).timestamp()).isEqualTo(time.wallMillis());
    }

    @Test
    void anImportStopsWhereAClientIdStandsForSomethingElse() {
        store().append(List.of(message(ROOM, SHOP, "a")));
        Draft other = new Draft(ROOM, SHOP, cid("a"), MessageBody.text("something else"));

        assertThatThrownBy(() -> archive()
                        .importMessages(List.of(new ImportedMessage(other, 1)).iterator()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("CID_CONFLICT");
    }

    private static Draft message(RoomId room, UserId sender, String cid) {
        return new Draft(room, sender, cid(cid), MessageBody.text(cid));
    }

    private static ClientId cid(String cid) {
        return new ClientId(cid);
    }

    private void fillRoom(RoomId room, int count) {
        List<Draft> batch = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batch.addAll(drafts(room, "message " + i));
        }
        store().append(batch);
    }
}
