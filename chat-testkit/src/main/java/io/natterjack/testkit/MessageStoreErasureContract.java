package io.natterjack.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.HistoryQuery.Direction;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.Page;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a store does with what is taken away: erased, trimmed, or on legal hold. */
abstract class MessageStoreErasureContract extends MessageStoreRoomContract {
    MessageStoreErasureContract() {}

    // ---- erasing

    @Test
    void anErasedMessageKeepsItsPlaceAndLosesItsBody() {
        store.append(drafts(ROOM, "a", "b", "c"));
        Draft erasure = erase(ROOM, 1, 3);
        store.append(List.of(erasure));

        assertThat(all(ROOM)).extracting(RoomEvent::seq).containsExactly(1L, 2L, 3L, 4L);
        assertThat(all(ROOM).get(0).body()).isEqualTo(MessageBody.GONE);
        assertThat(all(ROOM).get(1).body()).isEqualTo(MessageBody.text("b"));
        assertThat(all(ROOM).get(3).body()).isEqualTo(erasure.body());
        Page page = page(HistoryQuery.latest(ROOM, 10));
        assertThat(seqsOf(page)).containsExactly(1L, 2L, 3L);
        assertThat(page.messages())
                .extracting(message -> message.body().isGone())
                .containsExactly(true, false, true);
        assertThat(page.messages()).extracting(Message::rev).containsExactly(4L, 2L, 4L);
    }

    @Test
    void aReaderOfChangesHearsOfWhatWasErased() {
        store.append(drafts(ROOM, "a", "b", "c"));
        store.append(List.of(erase(ROOM, 1, 3), draft(ROOM, "d")));

        Page page = store.changes(ROOM, ADA, 0, 3, 10, ALL_BYTES);
        assertThat(seqsOf(page)).containsExactly(1L, 3L, 5L);
        assertThat(page.messages()).extracting(Message::rev).containsExactly(4L, 4L, 5L);
    }

    @Test
    void whatOneEventErasedIsNotPartedByAPage() {
        fill(ROOM, 20);
        store.append(List.of(erase(ROOM, 2, 3, 4, 5, 6), draft(ROOM, "after")));

        Page page = store.changes(ROOM, ADA, 0, 20, 3, ALL_BYTES);
        assertThat(seqsOf(page)).containsExactly(2L, 3L, 4L, 5L, 6L);
        assertThat(page.hasMore()).isTrue();
        assertThat(seqsOf(store.changes(ROOM, ADA, 0, 21, 3, ALL_BYTES))).containsExactly(22L);
        assertThat(seqsOf(store.changes(ROOM, ADA, 0, 19, 3, ALL_BYTES)))
                .as("behind one other message")
                .containsExactly(20L, 2L, 3L, 4L, 5L, 6L);
    }

    @Test
    void aResendOfWhatWasErasedIsStillKnown() {
        Draft draft = draft(ROOM, "a");
        List<Outcome> first = store.append(List.of(draft));
        store.append(List.of(erase(ROOM, 1)));

        assertThat(store.append(List.of(draft))).isEqualTo(asDuplicates(first));
        assertThat(store.append(List.of(draft(ROOM, ADA, draft.clientId().value(), body("other")))))
                .containsExactly(Outcome.Refused.forGood(ErrorCode.CID_CONFLICT));
        assertThat(all(ROOM)).hasSize(2);
    }

    @Test
    void erasingWhatIsNoMessageDoesNothing() {
        store.append(List.of(comes(ROOM, BOB), draft(ROOM, "a")));
        store.append(List.of(erase(ROOM, 1, 3, 77)));

        assertThat(all(ROOM)).hasSize(3);
        assertThat(all(ROOM).get(0).body().isGone()).isFalse();
        assertThat(RoomChange.of(all(ROOM).get(0))).isEqualTo(new RoomChange.Member(BOB, true));
    }

    // ---- trimming

    @Test
    void whatWasTrimmedIsGoneFromTheHistoryAndStillCounts() {
        store.append(drafts(ROOM, "a", "b", "c", "d"));
        store.append(List.of(trim(ROOM, 2)));

        assertThat(store.view(ROOM, ADA).floor()).isEqualTo(2);
        assertPage(page(Direction.BEFORE, 9, 10), List.of(3L, 4L), false);
        assertPage(page(Direction.AFTER, 0, 10), List.of(3L, 4L), false);
        assertPage(page(Direction.AROUND, 1, 10), List.of(3L, 4L), false);
        assertPage(store.changes(ROOM, ADA, 0, 0, 10, ALL_BYTES), List.of(3L, 4L), false);
        assertThat(store.changes(ROOM, ADA, 0, 5, 10, ALL_BYTES).floor()).isEqualTo(2);
        assertThat(page(HistoryQuery.latest(ROOM, 1)).floor()).isEqualTo(2);
        assertThat(store.changes(ROOM, ADA, 3, 0, 10, ALL_BYTES).floor()).isEqualTo(3);
        assertThat(all(ROOM)).extracting(RoomEvent::seq).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(all(ROOM))
                .extracting(event -> event.body().isGone())
                .containsExactly(true, true, false, false, false);
    }

    @Test
    void trimmingNeverGoesBack() {
        store.append(drafts(ROOM, "a", "b", "c", "d"));
        store.append(List.of(trim(ROOM, 3)));
        store.append(List.of(trim(ROOM, 1)));

        assertThat(store.view(ROOM, ADA).floor()).isEqualTo(3);
    }

    @Test
    void trimmingDoesNotGoBeyondItself() {
        store.append(drafts(ROOM, "a"));
        store.append(List.of(trim(ROOM, 1_000), draft(ROOM, "b")));

        assertThat(store.view(ROOM, ADA).floor()).isEqualTo(1);
        assertThat(texts(all(ROOM)).get(2)).isEqualTo("b");
    }

    @Test
    void aResendOfWhatWasTrimmedIsStillKnown() {
        Draft draft = draft(ROOM, "a");
        List<Outcome> first = store.append(List.of(draft));
        store.append(List.of(trim(ROOM, 1)));

        assertThat(store.append(List.of(draft))).isEqualTo(asDuplicates(first));
    }

    @Test
    void aRoomOnHoldLosesNothing() {
        store.append(drafts(ROOM, "a", "b"));
        store.hold(ROOM, true);

        assertThat(store.append(List.of(erase(ROOM, 1), draft(ROOM, "c"), trim(ROOM, 2))))
                .satisfiesExactly(
                        refused -> assertThat(refused).isEqualTo(Outcome.Refused.forGood(ErrorCode.FORBIDDEN)),
                        accepted -> assertThat(accepted(accepted).at().seq()).isEqualTo(3),
                        refused -> assertThat(refused).isEqualTo(Outcome.Refused.forGood(ErrorCode.FORBIDDEN)));
        assertThat(texts(all(ROOM))).containsExactly("a", "b", "c");

        store.hold(ROOM, false);
        store.append(List.of(erase(ROOM, 1)));
        assertThat(all(ROOM).get(0).body().isGone()).isTrue();
    }
}
