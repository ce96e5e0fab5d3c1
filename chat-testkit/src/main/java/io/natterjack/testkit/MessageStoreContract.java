package io.natterjack.testkit;

import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * What every {@link MessageStore} must do. Extend it, say how to open an empty store, and the tests come along. For a store
 * that keeps what it has beyond its own end there is {@link DurableMessageStoreContract}.
 */
public abstract class MessageStoreContract extends MessageStorePeopleContract {
    /** For subclasses. */
    protected MessageStoreContract() {}

    // ---- order

    @Test
    void aRoomCountsFromOneInTheOrderOfTheBatch() {
        List<Outcome> outcomes = store.append(drafts(ROOM, "a", "b", "c"));

        assertThat(seqs(outcomes)).containsExactly(1L, 2L, 3L);
        assertThat(texts(all(ROOM))).containsExactly("a", "b", "c");
    }

    @Test
    void aLaterBatchGoesOnWhereTheOneBeforeEnded() {
        store.append(drafts(ROOM, "a", "b"));
        List<Outcome> outcomes = store.append(drafts(ROOM, "c", "d"));

        assertThat(seqs(outcomes)).containsExactly(3L, 4L);
        assertThat(texts(all(ROOM))).containsExactly("a", "b", "c", "d");
    }

    @Test
    void eachRoomOfABatchCountsForItself() {
        List<Outcome> outcomes = store.append(List.of(
                draft(OTHER_ROOM, "a"),
                draft(ROOM, "b"),
                draft(OTHER_ROOM, "c"),
                draft(OTHER_ROOM, "d"),
                draft(ROOM, "e")));

        assertThat(seqs(outcomes)).containsExactly(1L, 1L, 2L, 3L, 2L);
        assertThat(texts(all(ROOM))).containsExactly("b", "e");
        assertThat(texts(all(OTHER_ROOM))).containsExactly("a", "c", "d");
    }

    @Test
    void whatWasAcceptedIsReadBackAsItWasWritten() {
        Draft draft = draft(ROOM, ADA, "cid-1", "{\"text\":\"hi\",\"n\":1.50,\"list\":[1,{\"x\":null}]}");
        Outcome.Accepted accepted = accepted(store.append(List.of(draft)).get(0));

        RoomEvent event = all(ROOM).get(0);
        assertThat(event).isEqualTo(draft.accepted(accepted));
        assertThat(event.kind()).isEqualTo(EventKind.MESSAGE);
        assertThat(accepted.isDuplicate()).isFalse();
        assertThat(accepted.at().epoch()).isPositive();
        assertThat(page(HistoryQuery.latest(ROOM, 10)).messages()).containsExactly(Message.of(event));
    }

    @Test
    void timestampsNeverGoBackInARoom() {
        for (int i = 0; i < 50; i++) {
            store.append(drafts(ROOM, "a" + i, "b" + i));
        }

        assertThat(all(ROOM)).extracting(RoomEvent::timestamp).isSorted().allMatch(ts -> ts > 0);
    }

    @Test
    void aBatchOfAThousandKeepsItsOrderInEachOfItsRooms() {
        List<Draft> batch = IntStream.range(0, 1_000)
                .mapToObj(i -> draft(room(i % 7), "n" + i))
                .collect(toList());

        List<Outcome> outcomes = store.append(batch);

        assertThat(outcomes).hasSize(1_000);
        for (int r = 0; r < 7; r++) {
            RoomId room = room(r);
            List<RoomEvent> expected = IntStream.range(0, 1_000)
                    .filter(i -> batch.get(i).room().equals(room))
                    .mapToObj(i -> batch.get(i).accepted(accepted(outcomes.get(i))))
                    .collect(toList());
            assertThat(all(room)).isEqualTo(expected);
            assertGapless(all(room));
        }
    }

    // ---- once

    @Test
    void aBatchAppendedAgainGetsTheFirstResultsAndIsThereOnce() {
        List<Draft> batch = drafts(ROOM, "a", "b", "c");
        List<Outcome> first = store.append(batch);
        List<Outcome> second = store.append(batch);

        assertThat(second).isEqualTo(asDuplicates(first));
        assertThat(texts(all(ROOM))).containsExactly("a", "b", "c");
    }

    @Test
    void aDraftThatIsTwiceInABatchIsThereOnce() {
        Draft twice = draft(ROOM, "twice");
        List<Outcome> outcomes = store.append(List.of(draft(ROOM, "a"), twice, draft(ROOM, "b"), twice));

        assertThat(seqs(outcomes)).containsExactly(1L, 2L, 3L, 2L);
        assertThat(outcomes.get(3)).isEqualTo(asDuplicate(outcomes.get(1)));
        assertThat(texts(all(ROOM))).containsExactly("a", "twice", "b");
    }

    @Test
    void aResendAmongNewDraftsUsesNoSeq() {
        Draft known = draft(ROOM, "known");
        List<Outcome> first = store.append(List.of(known));
        List<Outcome> outcomes = store.append(List.of(draft(ROOM, "a"), known, draft(ROOM, "b")));

        assertThat(seqs(outcomes)).containsExactly(2L, 1L, 3L);
        assertThat(outcomes.get(1)).isEqualTo(asDuplicate(first.get(0)));
        assertThat(texts(all(ROOM))).containsExactly("known", "a", "b");
    }

    @Test
    void aResendIsKnownHoweverManyMessagesLieBetween() {
        Draft early = draft(ROOM, "early");
        List<Outcome> first = store.append(List.of(early));
        for (int i = 0; i < 5; i++) {
            int round = i;
            store.append(IntStream.range(0, 200)
                    .mapToObj(n -> draft(ROOM, round + "/" + n))
                    .collect(toList()));
        }

        assertThat(store.append(List.of(early))).isEqualTo(asDuplicates(first));
    }

    @Test
    void aClientIdThatComesBackWithOtherContentIsRefused() {
        store.append(List.of(draft(ROOM, ADA, "cid", body("one"))));
        List<Outcome> outcomes =
                store.append(List.of(draft(ROOM, ADA, "cid", body("two")), draft(ROOM, ADA, "next", body("three"))));

        assertThat(outcomes.get(0)).isEqualTo(Outcome.Refused.forGood(ErrorCode.CID_CONFLICT));
        assertThat(accepted(outcomes.get(1)).at().seq()).isEqualTo(2);
        assertThat(texts(all(ROOM))).containsExactly("one", "three");
    }

    @Test
    void aClientIdThatComesTwiceInABatchWithDifferentContentKeepsTheFirst() {
        Draft one = draft(ROOM, ADA, "cid", body("one"));
        Draft two = draft(ROOM, ADA, "cid", body("two"));
        List<Outcome> outcomes = store.append(List.of(one, two, one, draft(ROOM, "last")));

        assertThat(outcomes.get(1)).isEqualTo(Outcome.Refused.forGood(ErrorCode.CID_CONFLICT));
        assertThat(outcomes.get(2)).isEqualTo(asDuplicate(outcomes.get(0)));
        assertThat(accepted(outcomes.get(3)).at().seq()).isEqualTo(2);
        assertThat(texts(all(ROOM))).containsExactly("one", "last");
    }

    @Test
    void aClientIdOfAnotherSenderOrInAnotherRoomIsItsOwn() {
        List<Outcome> outcomes = store.append(List.of(
                draft(ROOM, ADA, "cid", body("one")),
                draft(ROOM, BOB, "cid", body("two")),
                draft(OTHER_ROOM, ADA, "cid", body("three"))));

        assertThat(seqs(outcomes)).containsExactly(1L, 2L, 1L);
        assertThat(outcomes).allMatch(outcome -> !accepted(outcome).isDuplicate());
    }

    @Test
    void aBatchOfWhichNothingIsNewChangesNothing() {
        Draft draft = draft(ROOM, ADA, "cid", body("one"));
        store.append(List.of(draft));
        Cursor head = head(ROOM);

        store.append(List.of(draft, draft(ROOM, ADA, "cid", body("two")), draft));

        assertThat(head(ROOM)).isEqualTo(head);
        assertThat(texts(all(ROOM))).containsExactly("one");
    }

    // ---- text

    @Test
    void textOfAnyScriptComesBackUnchanged() {
        List<String> texts = List.of(
                "😀👩\u200d👩\u200d👧\u200d👦𝄞",
                "żółć ß İ ı ſ",
                "e\u0301 é",
                "\u202etxt\u202c\u200b\ufeff",
                "\\ \" ' ; -- % _ ?:",
                " \t\n\r ",
                "\u2028\ud7ff\ue000\uffff");
        List<Draft> batch = texts.stream()
                .map(text -> new Draft(ROOM, ADA, cid(), MessageBody.text(text)))
                .collect(toList());
        store.append(batch);

        assertThat(all(ROOM)).extracting(RoomEvent::body).isEqualTo(bodies(batch));
        assertThat(all(ROOM))
                .extracting(event -> event.body().text().orElse(""))
                .isEqualTo(texts);
    }

    @Test
    void theLargestBodyFits() {
        String filler = "😀".repeat((MessageBody.MAX_BYTES - 20) / 4);
        Draft draft = new Draft(ROOM, ADA, cid(), MessageBody.text(filler));
        store.append(List.of(draft));

        assertThat(all(ROOM)).extracting(RoomEvent::body).containsExactly(draft.body());
    }

    @Test
    void roomsThatDifferInCaseOnlyAreDifferentRooms() {
        RoomId upper = new RoomId("Room");
        List<Outcome> outcomes =
                store.append(List.of(draft(ROOM, ADA, "cid", body("one")), draft(upper, ADA, "cid", body("two"))));

        assertThat(seqs(outcomes)).containsExactly(1L, 1L);
        assertThat(texts(all(ROOM))).containsExactly("one");
        assertThat(texts(all(upper))).containsExactly("two");
    }

    @Test
    void clientIdsThatDifferInCaseOnlyAreDifferent() {
        List<Outcome> outcomes =
                store.append(List.of(draft(ROOM, ADA, "cid", body("one")), draft(ROOM, ADA, "CID", body("two"))));

        assertThat(seqs(outcomes)).containsExactly(1L, 2L);
    }

    @Test
    void identifiersOfEveryAllowedCharacterAndLengthAreKept() {
        RoomId room = new RoomId("AZaz09_.:~-" + "x".repeat(53));
        RoomId similar = new RoomId("AZaz09x.:~-" + "x".repeat(53));
        ClientId cid = new ClientId("AZaz09_.:~-" + "y".repeat(53));
        store.append(List.of(
                new Draft(room, ADA, cid, MessageBody.text("one")),
                new Draft(similar, ADA, cid, MessageBody.text("two"))));

        assertThat(texts(all(room))).containsExactly("one");
        assertThat(all(room).get(0).clientId()).isEqualTo(cid);
        assertThat(texts(all(similar))).containsExactly("two");
    }

    @Test
    void userIdsOfAnyTextAreKeptApart() {
        List<UserId> users = List.of(
                new UserId("ada"),
                new UserId("Ada"),
                new UserId("ada "),
                new UserId(" ada"),
                new UserId("é"),
                new UserId("e\u0301"),
                new UserId("ı"),
                new UserId("i"),
                new UserId("ß"),
                new UserId("ss"),
                new UserId("😀"),
                new UserId("😁"),
                new UserId("auth0|1';--\"\\%_"),
                new UserId("{a,\"b\"}"),
                new UserId("NULL"),
                new UserId("😀".repeat(UserId.MAX_BYTES / 4)));
        List<Draft> batch = users.stream()
                .map(user -> draft(ROOM, user, "cid", body("of " + user.value().length())))
                .collect(toList());

        List<Outcome> first = store.append(batch);
        List<Outcome> second = store.append(batch);

        assertThat(seqs(first))
                .isEqualTo(LongStream.rangeClosed(1, users.size()).boxed().collect(toList()));
        assertThat(second).isEqualTo(asDuplicates(first));
        assertThat(all(ROOM)).extracting(RoomEvent::sender).isEqualTo(users);
    }

    // ---- many at once

    @Test
    void manyWritersOfTheSameRoomsLeaveNoHoleAndNothingTwice() throws Exception {
        int writers = 6;
        int rounds = 25;
        List<Callable<List<RoomEvent>>> tasks = new ArrayList<>();
        for (int w = 0; w < writers; w++) {
            UserId user = new UserId("user-" + w);
            tasks.add(() -> write(store, user, rounds));
        }

        List<RoomEvent> accepted = new ArrayList<>();
        atOnce(tasks).forEach(accepted::addAll);

        assertThat(accepted).hasSize(writers * rounds * 6);
        assertRoomsHold(store, accepted);
    }

    @Test
    void whoeverReadsAnEventCanReadAllBeforeIt() throws Exception {
        int rounds = 40;
        Callable<List<RoomEvent>> reader = () -> {
            long last = 0;
            while (last < 3L * 3 * rounds) {
                assertThat(Thread.currentThread().isInterrupted())
                        .as("has waited too long")
                        .isFalse();
                List<RoomEvent> events = store.eventsAfter(room(0), last, 50, ALL_BYTES);
                for (RoomEvent event : events) {
                    assertThat(event.seq()).isEqualTo(++last);
                }
                assertThat(head(room(0)).seq()).isGreaterThanOrEqualTo(last);
            }
            return List.of();
        };
        atOnce(List.of(
                () -> write(store, ADA, rounds),
                () -> write(store, BOB, rounds),
                () -> write(store, new UserId("cy"), rounds),
                reader,
                reader));
    }

    @Test
    void roomsThatManyBeginAtOnceHaveAllTheirMessages() throws Exception {
        for (int round = 0; round < 10; round++) {
            int first = 100 + 3 * round;
            List<Callable<List<Outcome>>> writers = new ArrayList<>();
            for (int writer = 0; writer < 6; writer++) {
                List<Draft> batch =
                        List.of(draft(room(first + 2), "a"), draft(room(first), "b"), draft(room(first + 1), "c"));
                writers.add(() -> store.append(batch));
            }
            atOnce(writers);
            for (int room = first; room < first + 3; room++) {
                assertThat(all(room(room))).hasSize(6);
                assertGapless(all(room(room)));
            }
        }
    }

    @Test
    void aBatchAppendedByManyAtOnceIsThereOnce() throws Exception {
        for (int round = 0; round < 10; round++) {
            List<Draft> batch = drafts(room(round), "a", "b", "c");
            List<Draft> reversed = new ArrayList<>(batch);
            Collections.reverse(reversed);

            List<List<Outcome>> outcomes =
                    atOnce(List.of(() -> store.append(batch), () -> store.append(reversed), () -> store.append(batch)));

            assertThat(seqsOf(all(room(round)))).containsExactly(1L, 2L, 3L);
            assertThat(seqs(outcomes.get(0))).isEqualTo(seqs(outcomes.get(2)));
            assertThat(outcomes.stream()
                            .flatMap(List::stream)
                            .filter(outcome -> !accepted(outcome).isDuplicate()))
                    .hasSize(3);
        }
    }

    @Test
    void closingTwiceDoesNothing() {
        store.append(List.of(draft(ROOM, "a")));

        store.close();
        store.close();
    }

    @Test
    void someAppendsAtOnceAreOfUse() {
        assertThat(store.appendConcurrency()).isPositive();
    }
}
