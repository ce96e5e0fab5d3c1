package io.natterjack.testkit;

import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.HistoryQuery.Direction;
import io.natterjack.core.InboxEntry;
import io.natterjack.core.Membership;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Notify;
import io.natterjack.core.Outcome;
import io.natterjack.core.Page;
import io.natterjack.core.Role;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.SearchPage;
import io.natterjack.core.SearchQuery;
import io.natterjack.core.Standing;
import io.natterjack.core.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a store does with members, their watermarks and lists of rooms, with what is taken away, and with searches. */
abstract class MessageStoreRoomContract extends MessageStoreClusterContract {
    /** A text, and what finds it. */
    private static final List<String> FOUND = List.of(
            "the quick brown fox | quick",
            "the quick brown fox | FOX",
            "the quick brown fox | fox the",
            "the quick brown fox | qui*",
            "a | a",
            "it is what it was | what",
            "zebra | zebra",
            "Gr\u00fc\u00dfe aus K\u00f6ln | gr\u00fcsse",
            "Gr\u00fc\u00dfe aus K\u00f6ln | Koln",
            "caf\u00e9 | cafe",
            "cafe\u0301 | caf\u00e9",
            "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440 | \u043c\u0438\u0440",
            "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2 | \u03c3\u03b9\u03c3\u03c5\u03c6\u03bf\u03c3",
            "\u4f60\u597d\u4e16\u754c | \u754c",
            "\u4f60\u597d\u4e16\u754c | \u4e16\u754c",
            "\u4f60\u597d\u4e16\u754c | \u4f60\u597d\u4e16",
            "\u79c1\u306f\u6771\u4eac\u306b\u884c\u304f | \u6771\u4eac",
            "\u79c1\u306f\u6771\u4eac\u306b\u884c\u304f | \u884c",
            "\u30b3\u30fc\u30d2\u30fc\u3092\u98f2\u3080 | \u30b3\u30fc\u30d2\u30fc",
            "\u30ac\u30e9\u30b9 | \u30ac",
            "\ud55c\uad6d\uc5b4\ub97c \ubc30\uc6cc\uc694 | \ud55c\uad6d",
            "\ud55c\uad6d\uc5b4\ub97c \ubc30\uc6cc\uc694 | \ubc30",
            "JDK17\u3067\u52d5\u304f | jdk17 \u52d5",
            "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e0a\u0e32\u0e27\u0e42\u0e25\u0e01 | \u0e42\u0e25\u0e01",
            "o'neil & sons: it-services | services",
            "\ud83d\udc38 frog | frog");

    /** A text, and what doesn't find it. */
    private static final List<String> NOT_FOUND = List.of(
            "the quick brown fox | quic",
            "the quick brown fox | fox dog",
            "the quick brown fox | x*",
            "\u4f60\u597d\u4e16\u754c | \u597d\u4f60",
            "\u4f60\u597d\u5417 \u597d\u4e16 | \u4f60\u597d\u4e16",
            "\u30ac\u30e9\u30b9 | \u30ab",
            "cafe | caf\u00e9s");

    private int searches;

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

    // ---- search

    @Test
    void aMessageIsFound() {
        for (String pair : FOUND) {
            assertThat(foundIn(text(pair), wanted(pair))).as(pair).containsExactly(2L);
        }
    }

    @Test
    void aMessageThatHasNotAllOfItIsNotFound() {
        for (String pair : NOT_FOUND) {
            assertThat(foundIn(text(pair), wanted(pair))).as(pair).isEmpty();
        }
    }

    /** Returns what is found in a room of its own. */
    private List<Long> foundIn(String text, String wanted) {
        RoomId room = new RoomId("search-" + searches++);
        store.append(drafts(room, "nothing to see here", text, "other"));
        return seqsOf(search(SearchQuery.of(List.of(room), ADA, wanted, 10)));
    }

    private static String text(String pair) {
        return pair.substring(0, pair.indexOf(" | "));
    }

    private static String wanted(String pair) {
        return pair.substring(pair.indexOf(" | ") + 3);
    }

    @Test
    void whatIsLookedForIsNeverSyntax() {
        store.append(drafts(ROOM, "it's 100% \"done\" & dusted | or (not) <-> 'x' \\ + - ~ @"));

        for (String wanted :
                List.of("it's", "\"done\"", "done & dusted", "(not)", "' or 1=1", "+done -dusted", "done\\")) {
            assertThat(found(wanted)).as(wanted).hasSize(wanted.contains("1=1") ? 0 : 1);
        }
        for (String nothing : List.of("", " ", "&", "'", "*", "\"", "\\", "%", "_")) {
            assertThat(found(nothing)).as(nothing).isEmpty();
        }
    }

    @Test
    void longWordsAreFoundInFullOnly() {
        String word = "x".repeat(300);
        store.append(drafts(ROOM, word, word + "y"));

        assertThat(search(SearchQuery.of(List.of(ROOM), ADA, word.substring(0, 200), 10))
                        .messages())
                .isEmpty();
        assertThat(seqsOf(search(SearchQuery.of(List.of(ROOM), ADA, word.substring(0, 150) + "*", 10))))
                .containsExactlyInAnyOrder(1L, 2L);
    }

    @Test
    void aSearchLooksIntoTheRoomsItNames() {
        store.append(List.of(draft(ROOM, "frog"), draft(OTHER_ROOM, "frog"), draft(room(1), "frog")));

        SearchPage page = search(SearchQuery.of(List.of(ROOM, room(1)), ADA, "frog", 10));
        assertThat(page.messages()).extracting(Message::room).containsExactlyInAnyOrder(ROOM, room(1));
    }

    @Test
    void aSearchWithoutRoomsLooksIntoThoseOfTheReader() {
        store.append(List.of(comes(ROOM, BOB), draft(ROOM, "frog"), draft(OTHER_ROOM, "frog"), comes(room(1), BOB)));
        store.append(List.of(draft(room(1), "frog"), goes(room(1), BOB)));

        assertThat(search(SearchQuery.of(List.of(), BOB, "frog", 10)).messages())
                .extracting(Message::room)
                .containsExactly(ROOM);
    }

    @Test
    void aSearchFindsNothingThatTheRoomDoesNotShow() {
        store.append(drafts(ROOM, "frog old"));
        store.append(List.of(hideHistory(ROOM), comes(ROOM, BOB), draft(ROOM, "frog new")));

        assertThat(seqsOf(search(SearchQuery.of(List.of(ROOM), BOB, "frog", 10))))
                .containsExactly(4L);
        assertThat(seqsOf(search(SearchQuery.of(List.of(ROOM), ADA, "frog", 10))))
                .isEmpty();
    }

    @Test
    void aSearchFindsNothingThatIsGone() {
        store.append(drafts(ROOM, "frog a", "frog b", "frog c"));
        store.append(List.of(erase(ROOM, 2), trim(ROOM, 1)));

        assertThat(found("frog")).containsExactly(3L);
        assertThat(found("b")).isEmpty();
    }

    @Test
    void findingsComeInPagesNewestFirst() {
        for (int i = 0; i < 25; i++) {
            store.append(drafts(i % 2 == 0 ? ROOM : OTHER_ROOM, "frog " + i, "toad " + i));
            later();
        }

        List<String> read = new ArrayList<>();
        SearchQuery query = SearchQuery.of(List.of(ROOM, OTHER_ROOM), ADA, "frog", 4);
        SearchPage page = search(query);
        while (true) {
            page.messages().forEach(message -> read.add(message.body().text().orElse("")));
            if (page.next().isEmpty()) {
                break;
            }
            page = search(query.after(page.next().get()));
        }
        assertThat(read)
                .isEqualTo(LongStream.range(0, 25)
                        .mapToObj(i -> "frog " + (24 - i))
                        .collect(toList()));
    }

    @Test
    void whatComesMeanwhileShiftsNoFindings() {
        store.append(drafts(ROOM, "frog 1", "frog 2", "frog 3"));
        SearchQuery query = SearchQuery.of(List.of(ROOM), ADA, "frog", 2);
        SearchPage first = search(query);
        store.append(drafts(ROOM, "frog 4", "frog 5"));

        assertThat(seqsOf(first)).containsExactly(3L, 2L);
        assertThat(seqsOf(search(query.after(first.next().get())))).containsExactly(1L);
    }

    @Test
    void aCursorThatNoPageEndedWithIsRefusedAndNotRepeated() {
        store.append(drafts(ROOM, "frog"));
        SearchQuery query = SearchQuery.of(List.of(ROOM), ADA, "frog", 10);

        for (String cursor : List.of(
                "",
                "-5",
                "FORGED",
                "1/FORGED",
                "FORGED/room/1",
                "1/room/FORGED",
                "1/FORGED\r\n/1",
                "-1/room/1",
                "1/room/1/FORGED",
                "1/room/-1",
                "99999999999999999999/room/1",
                "1//1")) {
            assertThatIllegalArgumentException()
                    .as(cursor)
                    .isThrownBy(() -> search(query.after(cursor)))
                    .withMessageNotContaining("FORGED");
        }
        assertThat(seqsOf(search(query.after("9999999999999999/room/9999999999999999"))))
                .containsExactly(1L);
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

    private SearchPage search(SearchQuery query) {
        return store.search(query);
    }

    private List<Long> found(String wanted) {
        return seqsOf(search(SearchQuery.of(List.of(ROOM), ADA, wanted, 10)));
    }

    private static List<Long> seqsOf(SearchPage page) {
        return page.messages().stream().map(Message::seq).collect(toList());
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
