package io.natterjack.testkit;

import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.Cursor;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.HistoryQuery.Direction;
import io.natterjack.core.Outcome;
import io.natterjack.core.Page;
import io.natterjack.core.RoomId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The part of {@link MessageStoreContract} that is about reading. */
abstract class MessageStoreReadContract extends MessageStoreFixture {
    MessageStoreReadContract() {}

    // ---- eventsAfter

    @Test
    void eventsAreReadFromAnySeqOn() {
        fill(ROOM, 10);

        assertThat(seqsOf(store.eventsAfter(ROOM, 0, ALL, ALL_BYTES))).isEqualTo(range(1, 10));
        assertThat(seqsOf(store.eventsAfter(ROOM, 7, ALL, ALL_BYTES))).isEqualTo(range(8, 10));
        assertThat(store.eventsAfter(ROOM, 10, ALL, ALL_BYTES)).isEmpty();
        assertThat(store.eventsAfter(ROOM, 11, ALL, ALL_BYTES)).isEmpty();
        assertThat(store.eventsAfter(ROOM, Cursor.MAX, ALL, ALL_BYTES)).isEmpty();
    }

    @Test
    void aRoomInWhichNothingHappenedHasNoEvents() {
        store.append(List.of(draft(OTHER_ROOM, "a")));

        assertThat(store.eventsAfter(ROOM, 0, ALL, ALL_BYTES)).isEmpty();
    }

    @Test
    void noMoreEventsThanAskedForAreReturned() {
        fill(ROOM, 10);

        assertThat(seqsOf(store.eventsAfter(ROOM, 2, 1, ALL_BYTES))).containsExactly(3L);
        assertThat(seqsOf(store.eventsAfter(ROOM, 2, 3, ALL_BYTES))).containsExactly(3L, 4L, 5L);
        assertThat(seqsOf(store.eventsAfter(ROOM, 2, 8, ALL_BYTES))).isEqualTo(range(3, 10));
    }

    @Test
    void eventsStopWhereTheNextWouldExceedTheBytes() {
        fill(ROOM, 10);
        int size = store.eventsAfter(ROOM, 0, 1, ALL_BYTES).get(0).size();

        assertThat(seqsOf(store.eventsAfter(ROOM, 0, ALL, 3 * size))).containsExactly(1L, 2L, 3L);
        assertThat(seqsOf(store.eventsAfter(ROOM, 0, ALL, 3 * size - 1))).containsExactly(1L, 2L);
        assertThat(seqsOf(store.eventsAfter(ROOM, 0, ALL, 9 * size))).isEqualTo(range(1, 9));
    }

    @Test
    void anEventThatAloneExceedsTheBytesIsReturnedAlone() {
        fill(ROOM, 3);

        assertThat(seqsOf(store.eventsAfter(ROOM, 1, ALL, 1))).containsExactly(2L);
    }

    @Test
    void aLongLogIsReadInFull() {
        fill(ROOM, 2_500);

        assertThat(seqsOf(all(ROOM))).isEqualTo(range(1, 2_500));
        assertThat(seqsOf(store.eventsAfter(ROOM, 100, 2_001, ALL_BYTES))).isEqualTo(range(101, 2_101));
    }

    // ---- heads

    @Test
    void headsAreThoseOfTheRoomsAskedFor() {
        fill(ROOM, 3);
        List<Outcome> outcomes = store.append(List.of(draft(OTHER_ROOM, "a")));
        long epoch = accepted(outcomes.get(0)).at().epoch();
        RoomId unknown = new RoomId("unknown");

        assertThat(store.heads(List.of(ROOM, unknown, OTHER_ROOM, ROOM)))
                .isEqualTo(Map.of(
                        ROOM, new Cursor(epoch, 3), OTHER_ROOM, new Cursor(epoch, 1), unknown, new Cursor(epoch, 0)));
    }

    @Test
    void headsOfNoRoomsAreNone() {
        assertThat(store.heads(List.of())).isEmpty();
    }

    @Test
    void headsOfVeryManyRoomsCanBeAskedForAtOnce() {
        List<RoomId> rooms =
                IntStream.range(0, 3_000).mapToObj(MessageStoreFixture::room).collect(toList());
        store.append(List.of(draft(rooms.get(0), "a"), draft(rooms.get(2_999), "b")));

        Map<RoomId, Cursor> heads = store.heads(rooms);

        assertThat(heads).hasSize(3_000);
        assertThat(heads.values().stream().filter(head -> head.seq() == 1)).hasSize(2);
        assertThat(heads.values())
                .extracting(Cursor::epoch)
                .containsOnly(head(ROOM).epoch());
    }

    // ---- history

    @Test
    void theLatestMessagesComeOldestFirst() {
        fill(ROOM, 10);

        assertPage(page(HistoryQuery.latest(ROOM, 3)), range(8, 10), true);
        assertPage(page(HistoryQuery.latest(ROOM, 10)), range(1, 10), false);
        assertPage(page(HistoryQuery.latest(ROOM, 100)), range(1, 10), false);
    }

    @Test
    void messagesBeforeASeqAreThoseNextBelowIt() {
        fill(ROOM, 10);

        assertPage(page(Direction.BEFORE, 8, 3), range(5, 7), true);
        assertPage(page(Direction.BEFORE, 4, 3), range(1, 3), false);
        assertPage(page(Direction.BEFORE, 3, 3), range(1, 2), false);
        assertPage(page(Direction.BEFORE, 1, 3), List.of(), false);
        assertPage(page(Direction.BEFORE, 0, 3), List.of(), false);
    }

    @Test
    void messagesAfterASeqAreThoseNextAboveIt() {
        fill(ROOM, 10);

        assertPage(page(Direction.AFTER, 0, 3), range(1, 3), true);
        assertPage(page(Direction.AFTER, 7, 3), range(8, 10), false);
        assertPage(page(Direction.AFTER, 8, 3), range(9, 10), false);
        assertPage(page(Direction.AFTER, 10, 3), List.of(), false);
        assertPage(page(Direction.AFTER, Cursor.MAX, 3), List.of(), false);
    }

    @Test
    void messagesAroundASeqLieOnBothSidesOfIt() {
        fill(ROOM, 20);

        assertPage(page(Direction.AROUND, 10, 6), range(7, 12), true);
        assertPage(page(Direction.AROUND, 10, 100), range(1, 20), false);
        assertPage(page(Direction.AROUND, 10, 1), List.of(10L), true);
    }

    @Test
    void messagesAroundAnEndOfTheRoomAreThereToo() {
        fill(ROOM, 20);

        assertThat(seqsOf(page(Direction.AROUND, 1, 6))).startsWith(1L).hasSizeGreaterThanOrEqualTo(3);
        assertThat(seqsOf(page(Direction.AROUND, 20, 6))).contains(18L, 19L, 20L);
        assertThat(seqsOf(page(Direction.AROUND, 1_000, 6))).endsWith(20L).hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void historyLeavesOutTheFarEndWhenItsBytesAreUsedUp() {
        fill(ROOM, 20);
        int size = size(page(HistoryQuery.latest(ROOM, 1)).messages().get(0));

        assertPage(store.history(query(Direction.BEFORE, 11, 100), 3 * size), range(8, 10), true);
        assertPage(store.history(query(Direction.AFTER, 10, 100), 3 * size), range(11, 13), true);
        assertPage(store.history(query(Direction.AROUND, 10, 100), 6 * size), range(7, 12), true);
    }

    @Test
    void oneMessageOfHistoryIsReturnedEvenIfItAloneExceedsTheBytes() {
        fill(ROOM, 3);

        assertPage(store.history(query(Direction.BEFORE, 3, 100), 1), List.of(2L), true);
        assertPage(store.history(query(Direction.AFTER, 1, 100), 1), List.of(2L), true);
        assertPage(store.history(query(Direction.AFTER, 2, 100), 1), List.of(3L), false);
        assertThat(store.history(query(Direction.AROUND, 2, 100), 1).messages()).isNotEmpty();
    }

    @Test
    void theHistoryOfARoomInWhichNothingHappenedIsEmpty() {
        Page page = page(HistoryQuery.latest(ROOM, 10));

        assertThat(page.messages()).isEmpty();
        assertThat(page.hasMore()).isFalse();
        assertThat(page.upto()).isEqualTo(head(ROOM));
        assertThat(page.upto().seq()).isZero();
    }

    @Test
    void aWholeRoomIsReadPageByPageInEitherDirection() {
        fill(ROOM, 250);

        List<Long> back = new ArrayList<>();
        Page page = page(HistoryQuery.latest(ROOM, 100));
        back.addAll(0, seqsOf(page));
        for (int pages = 1; page.hasMore(); pages++) {
            assertThat(pages).as("pages").isLessThan(10);
            page = page(Direction.BEFORE, back.get(0), 100);
            back.addAll(0, seqsOf(page));
        }
        assertThat(back).isEqualTo(range(1, 250));

        List<Long> forth = new ArrayList<>(List.of(0L));
        do {
            page = page(Direction.AFTER, forth.get(forth.size() - 1), 100);
            assertThat(page.messages()).isNotEmpty();
            forth.addAll(seqsOf(page));
            assertThat(forth).hasSizeLessThanOrEqualTo(251);
        } while (page.hasMore());
        assertThat(forth).isEqualTo(range(0, 250));
    }

    // ---- changes

    @Test
    void changesAreTheMessagesAboveARev() {
        fill(ROOM, 10);

        assertPage(store.changes(ROOM, ADA, 0, 0, 100, ALL_BYTES), range(1, 10), false);
        assertPage(store.changes(ROOM, ADA, 0, 4, 100, ALL_BYTES), range(5, 10), false);
        assertPage(store.changes(ROOM, ADA, 0, 10, 100, ALL_BYTES), List.of(), false);
        assertPage(store.changes(ROOM, ADA, 0, Cursor.MAX, 100, ALL_BYTES), List.of(), false);
        assertThat(store.changes(ROOM, ADA, 0, 0, 100, ALL_BYTES).messages())
                .allMatch(message -> message.rev() == message.seq());
    }

    @Test
    void changesStopAtTheLimitAndAtTheBytes() {
        fill(ROOM, 10);
        int size = size(page(HistoryQuery.latest(ROOM, 1)).messages().get(0));

        assertPage(store.changes(ROOM, ADA, 0, 2, 3, ALL_BYTES), range(3, 5), true);
        assertPage(store.changes(ROOM, ADA, 0, 2, 8, ALL_BYTES), range(3, 10), false);
        assertPage(store.changes(ROOM, ADA, 0, 2, 100, 3 * size), range(3, 5), true);
        assertPage(store.changes(ROOM, ADA, 0, 2, 100, 1), List.of(3L), true);
        assertPage(store.changes(ROOM, ADA, 0, 9, 100, 1), List.of(10L), false);
    }

    @Test
    void theChangesOfARoomInWhichNothingHappenedAreNone() {
        assertPage(store.changes(ROOM, ADA, 0, 0, 100, ALL_BYTES), List.of(), false);
    }
}
