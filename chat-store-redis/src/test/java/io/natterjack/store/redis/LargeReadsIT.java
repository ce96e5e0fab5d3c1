package io.natterjack.store.redis;

import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.Durability;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.HistoryQuery.Direction;
import io.natterjack.core.InboxEntry;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.Page;
import io.natterjack.core.Role;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.SearchPage;
import io.natterjack.core.SearchQuery;
import io.natterjack.core.Standing;
import io.natterjack.core.Target;
import io.natterjack.core.UserId;
import io.natterjack.store.redis.connection.RedisProcess;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads that go past more than Redis looks at, or gives, at a time. */
final class LargeReadsIT {
    private static final RoomId ROOM = new RoomId("room");
    private static final UserId ADA = new UserId("ada");
    private static final UserId BOB = new UserId("bob");
    private static final String LONG = "x".repeat(20_000);

    private static RedisProcess redis;
    private static RedisMessageStore store;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        store = RedisMessageStore.builder(redis.uri())
                .durability(Durability.MAY_LOSE_ACKNOWLEDGED_MESSAGES)
                .open();
    }

    @AfterAll
    static void stop() {
        store.close();
        redis.close();
    }

    @BeforeEach
    void empty() {
        redis.ask("FLUSHALL");
    }

    private static ClientId cid() {
        return new ClientId(UUID.randomUUID().toString());
    }

    private static Draft draft(RoomId room, UserId user, String text) {
        return new Draft(room, user, cid(), MessageBody.text(text));
    }

    private static Draft change(RoomChange change) {
        return Draft.change(ROOM, ADA, cid(), change);
    }

    private static Target at(long seq) {
        return Target.at(new Cursor(store.view(ROOM, ADA).head().epoch(), seq));
    }

    private static void append(int count, IntFunction<Draft> drafts) {
        for (int from = 0; from < count; from += 1_000) {
            List<Draft> batch = new ArrayList<>();
            for (int i = from; i < Math.min(from + 1_000, count); i++) {
                batch.add(drafts.apply(i));
            }
            assertThat(store.append(batch)).allMatch(Outcome.Accepted.class::isInstance);
        }
    }

    @Test
    void messagesBelowManyOtherEventsAreInTheInbox() {
        store.append(List.of(
                change(new RoomChange.Member(ADA, Standing.IN, Optional.of(Role.MEMBER), 0)),
                draft(ROOM, BOB, "a"),
                draft(ROOM, BOB, "b")));
        Target last = at(3);
        append(20_500, i -> change(new RoomChange.Reacted(last, "x", i % 2 == 0)));

        InboxEntry entry = store.inbox(ADA, Optional.empty(), 10).get(0);
        assertThat(entry.unread()).isEqualTo(2);
        assertThat(entry.last().map(Message::seq)).contains(3L);
    }

    @Test
    void changesAreFoundBehindManyThatAreBelowTheFloor() {
        append(10_500, i -> draft(ROOM, ADA, "a"));
        long epoch = store.view(ROOM, ADA).head().epoch();
        append(
                10_500,
                i -> change(new RoomChange.Edited(
                        Target.at(new Cursor(epoch, i + 1)), MessageBody.text("b"), OptionalLong.empty())));

        Page page = store.changes(ROOM, ADA, 10_450, 0, 1_000, 1 << 20);
        assertThat(page.messages()).hasSize(50).allMatch(message -> message.seq() > 10_450);
        assertThat(store.changes(ROOM, ADA, 0, 20_950, 1_000, 1 << 20).messages())
                .hasSize(50);
    }

    @Test
    void whatIsReadInBytesIsAllThere() {
        append(200, i -> draft(ROOM, ADA, i % 3 == 0 ? LONG : "short"));
        long epoch = store.view(ROOM, ADA).head().epoch();
        append(
                60,
                i -> change(new RoomChange.Edited(
                        Target.at(new Cursor(epoch, 3 * i + 1)), MessageBody.text(LONG), OptionalLong.empty())));
        List<RoomEvent> all = store.eventsAfter(ROOM, 0, 1_000, 1 << 30);
        List<Message> messages = history(Direction.AFTER, 1 << 30);
        assertThat(all).hasSize(260);
        assertThat(messages).hasSize(200);

        for (int bytes : new int[] {0, 1_000, 50_000, 500_000}) {
            List<RoomEvent> events = new ArrayList<>();
            List<RoomEvent> part;
            do {
                part = store.eventsAfter(ROOM, events.size(), 100, bytes);
                events.addAll(part);
            } while (!part.isEmpty());
            assertThat(events).isEqualTo(all);
            assertThat(history(Direction.AFTER, bytes)).isEqualTo(messages);
            assertThat(history(Direction.BEFORE, bytes)).isEqualTo(messages);

            List<Message> changed = new ArrayList<>();
            Page page;
            do {
                long since =
                        changed.isEmpty() ? 0 : changed.get(changed.size() - 1).rev();
                page = store.changes(ROOM, ADA, 0, since, 100, bytes);
                changed.addAll(page.messages());
            } while (!page.messages().isEmpty());
            assertThat(changed).hasSize(200).containsExactlyInAnyOrderElementsOf(messages);
        }
    }

    private static List<Message> history(Direction direction, int bytes) {
        List<Message> all = new ArrayList<>();
        List<Message> part;
        long seq = direction == Direction.AFTER ? 0 : 1_000;
        do {
            part = store.history(new HistoryQuery(ROOM, direction, seq, 100), bytes)
                    .messages();
            boolean up = direction == Direction.AFTER;
            all.addAll(up ? all.size() : 0, part);
            seq = part.isEmpty() ? seq : part.get(up ? part.size() - 1 : 0).seq();
        } while (!part.isEmpty());
        return all;
    }

    @Test
    void aSearchOfManyRoomsFindsEachMessageOnce() {
        List<RoomId> rooms = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            rooms.add(new RoomId("room" + i));
        }
        for (int round = 0; round < 3; round++) {
            String text = "frog " + round + " " + LONG;
            for (int from = 0; from < 300; from += 100) {
                store.append(rooms.subList(from, from + 100).stream()
                        .map(room -> draft(room, ADA, text))
                        .collect(toList()));
            }
        }

        List<Message> found = new ArrayList<>();
        SearchQuery query = SearchQuery.of(rooms, ADA, "frog", 100);
        SearchPage page = store.search(query);
        found.addAll(page.messages());
        while (page.next().isPresent()) {
            page = store.search(query.after(page.next().get()));
            found.addAll(page.messages());
        }
        Set<String> places = new HashSet<>();
        found.forEach(message -> places.add(message.room() + " " + message.seq()));
        assertThat(found).hasSize(900);
        assertThat(places).hasSize(900);
        assertThat(found).extracting(Message::timestamp).isSortedAccordingTo((a, b) -> Long.compare(b, a));
    }
}
