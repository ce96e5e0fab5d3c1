package io.natterjack.testkit;

import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.Draft;
import io.natterjack.core.EventKind;
import io.natterjack.core.HistoryQuery.Direction;
import io.natterjack.core.InboxEntry;
import io.natterjack.core.Membership;
import io.natterjack.core.Message;
import io.natterjack.core.Notify;
import io.natterjack.core.Outcome;
import io.natterjack.core.Role;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.Standing;
import io.natterjack.core.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a store does with members, their watermarks and lists of rooms. */
abstract class MessageStoreRoomContract extends MessageStoreClusterContract {
    MessageStoreRoomContract() {}

    // ---- changes are events

    @Test
    void aChangeIsAnEventAmongTheMessages() {
        store.append(List.of(draft(ROOM, "a"), comes(ROOM, BOB), draft(ROOM, "b")));

        assertThat(all(ROOM))
                .extracting(RoomEvent::kind)
                .containsExactly(EventKind.MESSAGE, EventKind.MEMBER, EventKind.MESSAGE);
        assertThat(RoomChange.of(all(ROOM).get(1))).isEqualTo(new RoomChange.Member(BOB, true));
        assertThat(seqsOf(page(Direction.AFTER, 0, 10))).as("messages").containsExactly(1L, 3L);
        assertThat(seqsOf(page(Direction.BEFORE, 3, 10))).containsExactly(1L);
        assertThat(seqsOf(store.changes(ROOM, ADA, 0, 0, 10, ALL_BYTES))).containsExactly(1L, 3L);
    }

    @Test
    void aChangeThatIsAppendedAgainTakesEffectOnce() {
        Draft change = comes(ROOM, BOB);
        List<Outcome> first = store.append(List.of(change));
        store.append(List.of(goes(ROOM, BOB)));

        assertThat(store.append(List.of(change))).isEqualTo(asDuplicates(first));
        assertThat(member(BOB).isIn()).isFalse();
        assertThat(all(ROOM)).hasSize(2);
    }

    // ---- members

    @Test
    void aMemberBelongsToTheRoomFromTheirEventOn() {
        assertThat(store.membership(ROOM, BOB)).isEmpty();
        store.append(List.of(draft(ROOM, "a"), comes(ROOM, BOB), draft(ROOM, "b")));

        assertThat(member(BOB)).isEqualTo(bobIsIn(2, 2, 2));
        assertThat(store.membership(OTHER_ROOM, BOB)).isEmpty();
    }

    @Test
    void whoComesTwiceStaysAsTheyWere() {
        store.append(List.of(comes(ROOM, BOB), comes(ROOM, BOB)));

        assertThat(member(BOB).joinedSeq()).isEqualTo(1);
    }

    @Test
    void whoGoesAndComesBackBeginsAnew() {
        store.append(List.of(comes(ROOM, BOB), goes(ROOM, BOB)));
        assertThat(member(BOB).isIn()).isFalse();
        assertThat(store.members(ROOM, Standing.IN, Optional.empty(), 10)).isEmpty();

        store.append(List.of(draft(ROOM, "a"), comes(ROOM, BOB)));
        assertThat(member(BOB)).isEqualTo(bobIsIn(4, 4, 4));
    }

    @Test
    void whoGoesWithoutHavingComeIsNobody() {
        store.append(List.of(goes(ROOM, BOB)));

        assertThat(store.membership(ROOM, BOB)).isEmpty();
    }

    @Test
    void membersComeInPagesInTheOrderOfTheirBytes() {
        List<String> names = List.of("Zed", "ada", "ada ", "adb", "\u00e9mile", "\ud83d\udc38frog");
        List<Draft> batch = new ArrayList<>();
        for (int i = names.size() - 1; i >= 0; i--) {
            batch.add(comes(ROOM, new UserId(names.get(i))));
        }
        store.append(batch);

        List<String> read = new ArrayList<>();
        Optional<UserId> after = Optional.empty();
        for (List<Membership> page = store.members(ROOM, Standing.IN, after, 2);
                !page.isEmpty();
                page = store.members(ROOM, Standing.IN, after, 2)) {
            page.forEach(member -> read.add(member.user().value()));
            assertThat(read).hasSizeLessThanOrEqualTo(names.size());
            after = Optional.of(page.get(page.size() - 1).user());
        }
        assertThat(read).isEqualTo(names);
    }

    // ---- watermarks

    @Test
    void watermarksOnlyMoveForward() {
        store.append(List.of(comes(ROOM, BOB), draft(ROOM, "a"), draft(ROOM, "b"), draft(ROOM, "c")));

        store.mark(ROOM, BOB, 3, 2);
        assertThat(member(BOB)).isEqualTo(bobIsIn(1, 3, 2));
        store.mark(ROOM, BOB, 2, 1);
        store.mark(ROOM, BOB, 0, 0);
        assertThat(member(BOB)).isEqualTo(bobIsIn(1, 3, 2));
    }

    @Test
    void whatIsReadIsDelivered() {
        store.append(List.of(comes(ROOM, BOB), draft(ROOM, "a"), draft(ROOM, "b")));
        store.mark(ROOM, BOB, 0, 3);

        assertThat(member(BOB)).isEqualTo(bobIsIn(1, 3, 3));
    }

    @Test
    void aWatermarkDoesNotGoBeyondTheHead() {
        store.append(List.of(comes(ROOM, BOB), draft(ROOM, "a")));
        store.mark(ROOM, BOB, 1_000, 1_000);

        assertThat(member(BOB)).isEqualTo(bobIsIn(1, 2, 2));
    }

    @Test
    void nobodysWatermarksAreNotKept() {
        store.append(List.of(comes(ROOM, BOB), goes(ROOM, BOB), draft(ROOM, "a")));
        store.mark(ROOM, BOB, 3, 3);
        store.mark(ROOM, ADA, 3, 3);
        store.mark(OTHER_ROOM, ADA, 3, 3);

        assertThat(member(BOB).read()).isEqualTo(1);
        assertThat(store.membership(ROOM, ADA)).isEmpty();
    }

    // ---- the list of rooms

    @Test
    void theInboxHasTheLatestRoomFirst() {
        for (int i = 0; i < 5; i++) {
            store.append(List.of(comes(room(i), BOB)));
            later();
        }
        store.append(List.of(comes(room(9), ADA)));
        later();
        store.append(drafts(room(1), "new"));

        assertThat(rooms(store.inbox(BOB, Optional.empty(), 100)))
                .containsExactly(room(1), room(4), room(3), room(2), room(0));
        List<InboxEntry> first = store.inbox(BOB, Optional.empty(), 2);
        List<InboxEntry> second = store.inbox(BOB, Optional.of(first.get(1)), 2);
        assertThat(rooms(first)).containsExactly(room(1), room(4));
        assertThat(rooms(second)).containsExactly(room(3), room(2));
        assertThat(rooms(store.inbox(BOB, Optional.of(second.get(1)), 2))).containsExactly(room(0));
        assertThat(store.inbox(new UserId("nobody"), Optional.empty(), 10)).isEmpty();
    }

    @Test
    void anInboxEntryHasAllThatIsNeededToDrawIt() {
        store.append(List.of(comes(ROOM, BOB), draft(ROOM, "a"), draft(ROOM, "b")));
        store.append(List.of(draft(ROOM, BOB, "mine", body("my own"))));
        store.mark(ROOM, BOB, 2, 2);

        InboxEntry entry = store.inbox(BOB, Optional.empty(), 10).get(0);
        assertThat(entry.membership()).isEqualTo(member(BOB));
        assertThat(entry.head()).isEqualTo(head(ROOM));
        assertThat(entry.timestamp()).isEqualTo(all(ROOM).get(3).timestamp());
        assertThat(entry.unread()).as("of others, above what was read").isEqualTo(1);
        assertThat(entry.last()).contains(Message.of(all(ROOM).get(3)));
    }

    @Test
    void unreadMessagesAreCountedUpToAHundred() {
        store.append(List.of(comes(ROOM, BOB)));
        fill(ROOM, 150);

        assertThat(unread(BOB)).isEqualTo(InboxEntry.MAX_UNREAD);
        store.mark(ROOM, BOB, 0, 150);
        assertThat(unread(BOB)).isEqualTo(1);
        store.mark(ROOM, BOB, 0, 151);
        assertThat(unread(BOB)).isZero();
    }

    @Test
    void changesAndWhatIsGoneAreNotUnread() {
        store.append(List.of(comes(ROOM, BOB), draft(ROOM, "a"), draft(ROOM, "b"), comes(ROOM, ADA)));
        store.append(List.of(erase(ROOM, 3)));

        assertThat(unread(BOB)).isEqualTo(1);
        assertThat(store.inbox(BOB, Optional.empty(), 1).get(0).last())
                .map(Message::seq)
                .contains(2L);
    }

    @Test
    void aRoomThatWasLeftIsNotInTheInbox() {
        store.append(List.of(comes(ROOM, BOB), comes(OTHER_ROOM, BOB), goes(ROOM, BOB)));

        assertThat(rooms(store.inbox(BOB, Optional.empty(), 10))).containsExactly(OTHER_ROOM);
    }

    // ---- history before joining

    @Test
    void aRoomThatHidesItsPastShowsMembersWhatCameAfterThem() {
        store.append(drafts(ROOM, "a", "b"));
        store.append(List.of(hideHistory(ROOM), comes(ROOM, BOB), draft(ROOM, "c")));

        assertThat(store.view(ROOM, BOB).floor()).isEqualTo(3);
        assertThat(store.view(ROOM, ADA).floor()).as("of somebody else").isEqualTo(5);
        assertThat(seqsOf(page(query(Direction.AFTER, 0, 10).above(3)))).containsExactly(5L);
        assertThat(seqsOf(page(query(Direction.BEFORE, 9, 10).above(3)))).containsExactly(5L);
        assertThat(seqsOf(page(query(Direction.AROUND, 3, 10).above(3)))).containsExactly(5L);
        assertThat(seqsOf(store.changes(ROOM, ADA, 3, 0, 10, ALL_BYTES))).containsExactly(5L);

        store.append(List.of(change(ROOM, RoomChange.historyShown(true))));
        assertThat(store.view(ROOM, BOB).floor()).isZero();
        assertThat(store.view(ROOM, ADA).floor()).isZero();
    }

    @Test
    void anUnknownRoomHasNoFloor() {
        assertThat(store.view(ROOM, ADA).floor()).isZero();
    }

    // ---- helpers

    private static Membership bobIsIn(long joined, long delivered, long read) {
        return new Membership(ROOM, BOB, Standing.IN, Role.MEMBER, 0, joined, joined, delivered, read, Notify.ALL);
    }

    private Membership member(UserId user) {
        return store.membership(ROOM, user).orElseThrow();
    }

    private int unread(UserId user) {
        return store.inbox(user, Optional.empty(), 1).get(0).unread();
    }

    private static List<RoomId> rooms(List<InboxEntry> entries) {
        return entries.stream().map(InboxEntry::room).collect(toList());
    }

    /** Returns a draft of that change, by the server itself. */
    protected static Draft change(RoomId room, RoomChange change) {
        return Draft.change(room, new UserId("admin"), cid(), change);
    }

    static Draft comes(RoomId room, UserId user) {
        return change(room, new RoomChange.Member(user, true));
    }

    static Draft goes(RoomId room, UserId user) {
        return change(room, new RoomChange.Member(user, false));
    }

    static Draft hideHistory(RoomId room) {
        return change(room, RoomChange.historyShown(false));
    }

    static Draft erase(RoomId room, long... seqs) {
        return change(room, new RoomChange.Erased(LongStream.of(seqs).boxed().collect(toList())));
    }

    static Draft trim(RoomId room, long upto) {
        return change(room, new RoomChange.Trimmed(upto));
    }
}
