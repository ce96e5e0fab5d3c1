package io.natterjack.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.EventKind;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.lane.Budget;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RecentEventsTest {
    private static final int SIZE = event(1).size();

    private final Budget budget = new Budget(1 << 20);

    @Test
    void itKeepsTheLastOnesUpToItsCount() {
        RecentEvents recent = filled(new RecentEvents(3, 1 << 20, budget), 5);
        assertThat(seqs(recent.after(2, 1 << 20))).containsExactly(3L, 4L, 5L);
        assertThat(recent.after(1, 1 << 20)).as("2 is gone").isEmpty();
    }

    @Test
    void itKeepsTheLastOnesUpToItsBytes() {
        RecentEvents recent = filled(new RecentEvents(100, 2L * SIZE, budget), 5);
        assertThat(seqs(recent.after(3, 1 << 20))).containsExactly(4L, 5L);
        assertThat(recent.after(2, 1 << 20)).isEmpty();
    }

    @Test
    void aPartEndsWhereItsBytesDoButHasOneEventAtLeast() {
        RecentEvents recent = filled(new RecentEvents(100, 1 << 20, budget), 5);
        assertThat(seqs(recent.after(0, 2L * SIZE))).containsExactly(1L, 2L);
        assertThat(seqs(recent.after(0, 1))).containsExactly(1L);
    }

    @Test
    void thereIsNothingAfterTheLast() {
        assertThat(filled(new RecentEvents(100, 1 << 20, budget), 5).after(5, 1 << 20))
                .isEmpty();
    }

    @Test
    void allRoomsTogetherKeepToTheBudget() {
        Budget three = new Budget(3L * SIZE);
        filled(new RecentEvents(100, 1 << 20, three), 3);
        RecentEvents late = filled(new RecentEvents(100, 1 << 20, three), 2);
        assertThat(late.isEmpty()).isTrue();
        assertThat(three.used()).isEqualTo(3L * SIZE);
    }

    @Test
    void clearingGivesTheBudgetBack() {
        RecentEvents recent = filled(new RecentEvents(100, 1 << 20, budget), 5);
        recent.clear();
        assertThat(budget.used()).isZero();
    }

    @Test
    void whatIsGoneIsntServedAnyMore() {
        RecentEvents recent = filled(new RecentEvents(100, 1 << 20, budget), 5);
        recent.add(change(6, EventKind.EDIT, "{\"text\":\"new\"}", 2));
        recent.add(change(7, EventKind.REVOKE, "{}", 2));
        recent.add(change(8, EventKind.ERASED, "{\"at\":[4]}", 0));
        recent.add(change(9, EventKind.TRIMMED, "{\"upto\":1}", 0));
        recent.add(change(10, EventKind.EDIT, "{\"text\":\"new\"}", 3));
        recent.add(change(11, EventKind.ERASED, "{\"at\":[10]}", 0)); // an edit is no message

        assertThat(recent.after(0, 1 << 20))
                .filteredOn(event -> event.body().isGone())
                .extracting(RoomEvent::seq)
                .containsExactly(1L, 2L, 4L, 6L);
        recent.clear();
        assertThat(budget.used()).as("the budget is kept").isZero();
    }

    @Test
    void behindARemovalThatOnlyANewerVersionCanReadNothingOlderIsServed() {
        RecentEvents recent = filled(new RecentEvents(100, 1 << 20, budget), 5);
        recent.add(change(6, EventKind.ERASED, "{\"at\":\"all of them\"}", 0));

        assertThat(recent.after(0, 1 << 20)).isEmpty();
        assertThat(seqs(recent.after(5, 1 << 20))).containsExactly(6L);
    }

    private static RoomEvent change(long seq, EventKind kind, String body, long target) {
        return new RoomEvent(
                new RoomId("r"),
                new Cursor(1, seq),
                kind,
                new UserId("u"),
                new ClientId("c" + seq),
                0,
                MessageBody.json(body),
                target);
    }

    private static RecentEvents filled(RecentEvents recent, int count) {
        for (int seq = 1; seq <= count; seq++) {
            recent.add(event(seq));
        }
        return recent;
    }

    private static List<Long> seqs(List<RoomEvent> events) {
        return events.stream().map(RoomEvent::seq).toList();
    }

    private static RoomEvent event(long seq) {
        return new RoomEvent(
                new RoomId("r"),
                new Cursor(1, seq),
                EventKind.MESSAGE,
                new UserId("ada"),
                new ClientId("c"),
                0,
                MessageBody.text("hello"));
    }
}
