package io.natterjack.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.Target;
import io.natterjack.core.spi.MessageStore;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** How messages come into their rooms that committed with the application's own transactions, on every database. */
abstract class JdbcOutboxContract extends JdbcFixture {
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
    void whatTheQueueHasInHandWhileItsAuthorIsErasedDoesNotCome() throws Exception {
        DirectQueue queue = new DirectQueue(store());
        try (MessageStore.Upkeep upkeep = serve(queue);
                Connection connection = source().getConnection()) {
            queue.holdMessages();
            jdbcStore().outbox().post(connection, ROOM, SHOP, MessageBody.text("secret"));
            jdbcStore().outbox().post(connection, room(1), ADMIN, MessageBody.text("another's"));
            jdbcStore().outbox().committed();
            time.runAll();
            archive().eraseUser(SHOP, ADMIN);
            assertThat(read("select count(*) from chat_outbox")).isEqualTo("1");

            queue.release();
            time.advance(Duration.ofSeconds(3));
            assertThat(all(ROOM)).isEmpty();
            assertThat(all(room(1))).hasSize(1);
            assertThat(read("select count(*) from chat_outbox")).isEqualTo("0");
            jdbcStore().outbox().post(connection, ROOM, SHOP, MessageBody.text("written after"));
            time.advance(Duration.ofSeconds(3));
            assertThat(all(ROOM)).hasSize(1);
        }
    }

    @Test
    void whatWasRevokedBeforeItCameIsErasedToo() throws Exception {
        try (Connection connection = source().getConnection()) {
            ClientId cid = jdbcStore().outbox().post(connection, ROOM, SHOP, MessageBody.text("secret"));
            store().append(List.of(
                    Draft.change(ROOM, SHOP, new ClientId("revoked"), new RoomChange.Revoked(Target.own(cid)))));
            archive().eraseUser(SHOP, ADMIN);

            assertThat(read("select count(*) from chat_outbox")).isEqualTo("0");
        }
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

    @Test
    void aLeaseFromWhenTheDatabasesClockWasAheadHoldsNobodyUp() throws Exception {
        try (MessageStore.Upkeep upkeep = serve(new DirectQueue(store()))) {
            time.advance(Duration.ofSeconds(1));
            execute("update chat_lease set holder = 'dead', until_ms = until_ms + 3600000");
            time.advance(Duration.ofSeconds(1));
            assertThat(read("select holder from chat_lease")).isNotEqualTo("dead");
        }
    }

    @Test
    void whatIsStuckInOneRoomDoesNotHoldUpTheOthers() throws Exception {
        DirectQueue queue = new DirectQueue(store());
        queue.refuse("stuck", Outcome.Refused.retryAfter(ErrorCode.UNAVAILABLE, Duration.ofSeconds(1)));
        try (MessageStore.Upkeep upkeep = serve(queue);
                Connection connection = transaction()) {
            for (int i = 0; i < 250; i++) {
                jdbcStore().outbox().post(connection, ROOM, SHOP, MessageBody.text("stuck"));
            }
            jdbcStore().outbox().post(connection, room(1), SHOP, MessageBody.text("free"));
            connection.commit();
            time.advance(Duration.ofSeconds(1));
            assertThat(all(room(1))).hasSize(1);
            assertThat(all(ROOM)).isEmpty();
            assertThat(read("select count(*) from chat_outbox where refused is null"))
                    .isEqualTo("250");
        }
    }
}
