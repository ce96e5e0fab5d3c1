package io.natterjack.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import java.io.IOException;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What goes out, comes in and is erased, on every database. */
abstract class JdbcArchiveContract extends JdbcRetentionContract {
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
}
