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
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.SearchQuery;
import io.natterjack.core.Target;
import io.natterjack.core.Terms;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a {@link MessageStore} must do with edits and revocations, and what becomes of drafts that were permitted too early. */
abstract class MessageStoreChangeContract extends MessageStoreSearchContract {
    private static final OptionalLong ANY_REV = OptionalLong.empty();

    MessageStoreChangeContract() {}

    static Draft change(UserId user, RoomChange change) {
        return Draft.change(ROOM, user, cid(), change);
    }

    static Draft edit(UserId user, Target target, String text) {
        return change(user, new RoomChange.Edited(target, MessageBody.text(text), ANY_REV));
    }

    static Draft revoke(UserId user, Target target) {
        return change(user, new RoomChange.Revoked(target));
    }

    static Draft react(UserId user, Target target, String key, boolean on) {
        return change(user, new RoomChange.Reacted(target, key, on));
    }

    static Draft pin(UserId user, Target target, boolean on) {
        return change(user, new RoomChange.Pinned(target, on));
    }

    Target at(long seq) {
        return Target.at(new Cursor(head(ROOM).epoch(), seq));
    }

    static Target own(Draft draft) {
        return Target.own(draft.clientId());
    }

    /** Permitted long ago, for one's own messages only. */
    static Draft asAnybody(Draft draft) {
        return draft.under(new Terms(0, false, 0));
    }

    Message message(long seq) {
        return page(HistoryQuery.latest(ROOM, 100).by(ADA)).messages().stream()
                .filter(each -> each.seq() == seq)
                .findFirst()
                .orElseThrow();
    }

    Outcome append(Draft draft) {
        return store.append(List.of(draft)).get(0);
    }

    static ErrorCode refusal(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        return ((Outcome.Refused) outcome).code();
    }

    // ---- edit and revoke

    @Test
    void sendEditAndRevokeTravelInOneBatch() {
        Draft send = draft(ROOM, "a");
        List<Outcome> outcomes =
                store.append(List.of(send, edit(ADA, own(send), "b"), revoke(ADA, own(send)), draft(ROOM, "c")));

        assertThat(seqs(outcomes)).containsExactly(1L, 2L, 3L, 4L);
        assertThat(accepted(outcomes.get(1)).target()).isEqualTo(1);
        assertThat(message(1).body().isGone()).isTrue();
        assertThat(message(1).details().isRevoked()).isTrue();
        assertThat(message(1).rev()).isEqualTo(3);
        assertThat(all(ROOM)).extracting(RoomEvent::target).containsExactly(0L, 1L, 1L, 0L);
    }

    @Test
    void sendEditAndRevokeTravelInBatchesOfTheirOwn() {
        Draft send = draft(ROOM, "a");
        append(send);
        append(edit(ADA, own(send), "b"));
        assertThat(message(1).body().text()).contains("b");
        assertThat(message(1).details().editedAt()).isPositive();
        append(revoke(ADA, own(send)));

        assertThat(message(1).body().isGone()).isTrue();
        assertThat(texts(all(ROOM))).as("events").containsExactly("", "", "");
    }

    @Test
    void aRevokedBodyIsNowhereAnyMore() {
        Draft send = draft(ROOM, "frog");
        store.append(List.of(send, edit(ADA, own(send), "toad"), react(BOB, own(send), "+", true)));
        append(react(BOB, at(1), "+", true));
        append(pin(BOB, at(1), true));
        append(revoke(ADA, at(1)));

        assertThat(all(ROOM)).noneMatch(event -> event.body().json().contains("frog"));
        assertThat(all(ROOM)).noneMatch(event -> event.body().json().contains("toad"));
        assertThat(message(1).details().reactions()).isEmpty();
        assertThat(message(1).details().isPinned()).isFalse();
        assertThat(found("toad")).isZero();
        assertThat(page(HistoryQuery.latest(ROOM, 10).pinnedOnly()).messages()).isEmpty();
    }

    @Test
    void anEditedMessageIsFoundByItsNewWords() {
        append(draft(ROOM, "frog"));
        append(edit(ADA, at(1), "toad"));

        assertThat(found("frog")).isZero();
        assertThat(found("toad")).isEqualTo(1);
    }

    private int found(String word) {
        return store.search(SearchQuery.of(List.of(ROOM), ADA, word, 10))
                .messages()
                .size();
    }

    @Test
    void aReplayedEditHasTheBodyOfNow() {
        append(draft(ROOM, "a"));
        append(edit(ADA, at(1), "b"));
        append(edit(ADA, at(1), "c"));

        assertThat(texts(all(ROOM))).containsExactly("c", "c", "c");
    }

    @Test
    void anAuthorAloneEdits() {
        append(draft(ROOM, "a"));

        assertThat(refusal(append(asAnybody(edit(BOB, at(1), "b"))))).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(refusal(append(edit(BOB, at(1), "b").under(new Terms(0, true, 0)))))
                .isEqualTo(ErrorCode.FORBIDDEN);
        accepted(append(asAnybody(edit(ADA, at(1), "b"))));
    }

    @Test
    void anAuthorOrAModeratorRevokes() {
        store.append(drafts(ROOM, "a", "b"));

        assertThat(refusal(append(asAnybody(revoke(BOB, at(1)))))).isEqualTo(ErrorCode.FORBIDDEN);
        accepted(append(asAnybody(revoke(ADA, at(1)))));
        accepted(append(revoke(BOB, at(2)).under(new Terms(0, true, 0))));
    }

    @Test
    void whatIsTooOldIsTheModeratorsToRevoke() {
        append(draft(ROOM, "a"));
        long later = message(1).timestamp() + 1;

        assertThat(refusal(append(edit(ADA, at(1), "b").under(new Terms(0, false, later)))))
                .isEqualTo(ErrorCode.EDIT_WINDOW);
        assertThat(refusal(append(revoke(ADA, at(1)).under(new Terms(0, false, later)))))
                .isEqualTo(ErrorCode.EDIT_WINDOW);
        accepted(append(revoke(BOB, at(1)).under(new Terms(0, true, later))));
    }

    @Test
    void anEditOfWhatWasRevokedIsRefused() {
        append(draft(ROOM, "a"));
        append(revoke(ADA, at(1)));

        assertThat(refusal(append(edit(ADA, at(1), "b")))).isEqualTo(ErrorCode.TARGET_REVOKED);
        assertThat(refusal(append(react(ADA, at(1), "+", true)))).isEqualTo(ErrorCode.TARGET_REVOKED);
        assertThat(refusal(append(pin(ADA, at(1), true)))).isEqualTo(ErrorCode.TARGET_REVOKED);
        assertThat(refusal(append(Draft.reply(ROOM, BOB, cid(), MessageBody.text("b"), at(1)))))
                .isEqualTo(ErrorCode.TARGET_REVOKED);
        assertThat(accepted(append(revoke(ADA, at(1)))).isDuplicate())
                .as("again")
                .isTrue();
        assertThat(all(ROOM)).hasSize(2);
    }

    @Test
    void anEditOfAnotherRevIsRefused() {
        append(draft(ROOM, "a"));
        append(edit(ADA, at(1), "b"));

        assertThat(refusal(
                        append(change(ADA, new RoomChange.Edited(at(1), MessageBody.text("c"), OptionalLong.of(1))))))
                .isEqualTo(ErrorCode.REV_CONFLICT);
        accepted(append(change(ADA, new RoomChange.Edited(at(1), MessageBody.text("c"), OptionalLong.of(2)))));
    }

    @Test
    void whatIsntThereCantBeATarget() {
        store.append(List.of(draft(ROOM, "a"), comes(ROOM, BOB)));
        Cursor otherEpoch = new Cursor(head(ROOM).epoch() + 1, 1);

        for (Target target : List.of(at(2), at(3), Target.at(otherEpoch), Target.own(new ClientId("nothing")))) {
            assertThat(refusal(append(edit(ADA, target, "b")))).isEqualTo(ErrorCode.TARGET_UNKNOWN);
            assertThat(refusal(append(react(ADA, target, "+", true)))).isEqualTo(ErrorCode.TARGET_UNKNOWN);
        }
        assertThat(refusal(append(edit(BOB, own(draft(ROOM, "c")), "b")))).isEqualTo(ErrorCode.TARGET_UNKNOWN);
    }

    @Test
    void whatWasRevokedBeforeItCameNeverComes() {
        Draft late = draft(ROOM, "late");
        append(draft(ROOM, "a"));
        Draft revocation = revoke(ADA, own(late));
        Outcome.Accepted cancelled = accepted(append(revocation));
        assertThat(cancelled.at().seq()).isZero();
        assertThat(cancelled.isEvent()).isFalse();
        assertThat(accepted(append(revocation)).at().seq()).as("again").isZero();

        assertThat(refusal(append(late))).isEqualTo(ErrorCode.TARGET_REVOKED);
        assertThat(refusal(append(late))).as("again").isEqualTo(ErrorCode.TARGET_REVOKED);
        accepted(append(draft(ROOM, BOB, late.clientId().value(), body("another's"))));
        assertThat(all(ROOM)).hasSize(2);
    }

    @Test
    void aRevocationAndItsMessageMeetInOneBatch() {
        Draft late = draft(ROOM, "late");
        List<Outcome> outcomes = store.append(List.of(revoke(ADA, own(late)), late));

        assertThat(accepted(outcomes.get(0)).at().seq()).isZero();
        // Whether a batch or two: what was revoked first doesn't come.
        assertThat(refusal(outcomes.get(1))).isEqualTo(ErrorCode.TARGET_REVOKED);
    }

    @Test
    void aRevocationAheadIsForItsMessageAloneInALargeBatch() {
        Draft late = draft(ROOM, "late");
        Draft another = draft(room(1), ADA, late.clientId().value(), body("another room's"));
        append(revoke(ADA, own(late)));
        List<Draft> batch = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            batch.add(draft(ROOM, new UserId("u" + i), "c" + i, body("text")));
        }
        batch.add(150, late);
        batch.add(another);
        batch.add(draft(ROOM, BOB, late.clientId().value(), body("another's")));
        List<Outcome> outcomes = new ArrayList<>(store.append(batch));

        assertThat(refusal(outcomes.remove(150))).isEqualTo(ErrorCode.TARGET_REVOKED);
        outcomes.forEach(outcome -> accepted(outcome));
    }

    @Test
    void openRevocationsAreBounded() {
        List<Draft> revocations = new ArrayList<>();
        for (int i = 0; i < MessageStore.MAX_CANCELLED; i++) {
            revocations.add(revoke(ADA, Target.own(new ClientId("c" + i))));
        }
        store.append(revocations).forEach(outcome -> accepted(outcome));
        Draft oneMore = revoke(ADA, Target.own(new ClientId("more")));

        assertThat(refusal(append(oneMore))).isEqualTo(ErrorCode.TOO_LARGE);
        accepted(append(revoke(BOB, Target.own(new ClientId("more")))));
        append(draft(ROOM, ADA, "c7", body("met")));
        accepted(append(oneMore));
    }

    @Test
    void aResendOfAChangeGetsTheFirstResult() {
        append(draft(ROOM, "a"));
        Draft edit = edit(ADA, at(1), "b");
        Outcome first = append(edit);
        append(edit(ADA, at(1), "c"));
        append(revoke(ADA, at(1)));

        assertThat(accepted(append(edit)).at()).isEqualTo(accepted(first).at());
        assertThat(accepted(append(edit)).target()).isEqualTo(1);
        assertThat(store.find(ROOM, ADA, edit.clientId()).orElseThrow().answer(edit))
                .isEqualTo(new Outcome.Accepted(
                        accepted(first).at(), accepted(first).timestamp(), true, 1));
        assertThat(refusal(append(Draft.change(ROOM, ADA, edit.clientId(), new RoomChange.Revoked(at(1))))))
                .isEqualTo(ErrorCode.CID_CONFLICT);
        assertThat(all(ROOM)).hasSize(4);
    }

    @Test
    void whatWasPermittedBeforeARightWasTakenIsTriedAgain() {
        store.append(List.of(draft(ROOM, "a"), comes(ROOM, BOB)));
        accepted(append(draft(ROOM, "b").under(new Terms(0, false, 0))));
        append(goes(ROOM, BOB));
        long rev = store.view(ROOM, ADA).accessRev();
        assertThat(rev).isEqualTo(4);

        List<Outcome> outcomes = store.append(List.of(
                draft(ROOM, "c").under(new Terms(3, false, 0)),
                draft(ROOM, "d").under(new Terms(4, false, 0)),
                draft(ROOM, BOB, "x", body("e")).under(new Terms(4, false, 0)),
                draft(ROOM, "host's own")));

        assertThat(refusal(outcomes.get(0))).isEqualTo(ErrorCode.BUSY);
        assertThat(refusal(outcomes.get(1))).as("behind it").isEqualTo(ErrorCode.BUSY);
        accepted(outcomes.get(2));
        accepted(outcomes.get(3));
    }

    @Test
    void aResendBehindWhatIsTriedAgainGetsItsFirstResult() {
        Draft sent = draft(ROOM, "a").under(new Terms(0, false, 0));
        Outcome.Accepted first = accepted(append(sent));
        store.append(List.of(comes(ROOM, BOB), goes(ROOM, BOB)));

        List<Outcome> outcomes = store.append(List.of(draft(ROOM, "b").under(new Terms(0, false, 0)), sent));

        assertThat(refusal(outcomes.get(0))).isEqualTo(ErrorCode.BUSY);
        assertThat(accepted(outcomes.get(1)).at()).isEqualTo(first.at());
        assertThat(accepted(outcomes.get(1)).isDuplicate()).isTrue();
    }

    @Test
    void whatWasPermittedInAnotherEpochIsTriedAgain() {
        append(draft(ROOM, "a"));
        long epoch = store.view(ROOM, ADA).head().epoch();

        for (Draft draft : List.of(draft(ROOM, "b"), react(ADA, at(1), "x", true))) {
            assertThat(refusal(append(draft.under(new Terms(epoch + 1, 9, false, 0)))))
                    .as(draft.kind().wireName())
                    .isEqualTo(ErrorCode.BUSY);
            accepted(append(draft.under(new Terms(epoch, 0, false, 0))));
        }
    }

    // ---- the whole

    /** Whatever happens: who applies the log has what the store has. */
    @Test
    void theMessagesAreWhatTheLogMakesOfThem() {
        Random random = new Random(7);
        List<UserId> people = List.of(ADA, BOB, new UserId("cy"));
        List<Draft> sent = new ArrayList<>();
        for (int round = 0; round < 40; round++) {
            List<Draft> batch = new ArrayList<>();
            for (int i = random.nextInt(8); i >= 0; i--) {
                UserId user = people.get(random.nextInt(people.size()));
                Draft draft = randomDraft(random, user, sent);
                batch.add(draft);
                if (draft.kind() == EventKind.MESSAGE) {
                    sent.add(draft);
                }
            }
            store.append(batch);
        }

        for (UserId reader : people) {
            assertThat(store.changes(ROOM, reader, 0, 0, 10_000, ALL_BYTES).messages())
                    .containsExactlyInAnyOrderElementsOf(fromLog(reader).values());
            List<Message> pages = new ArrayList<>();
            for (List<Message> page = after(reader, 0);
                    !page.isEmpty();
                    page = after(reader, page.get(page.size() - 1).seq())) {
                pages.addAll(page);
            }
            assertThat(pages).containsExactlyElementsOf(fromLog(reader).values());
        }
    }

    private List<Message> after(UserId reader, long seq) {
        return page(query(HistoryQuery.Direction.AFTER, seq, 7).by(reader)).messages();
    }

    private Map<Long, Message> fromLog(UserId reader) {
        Map<Long, Message> messages = new TreeMap<>();
        for (RoomEvent event : all(ROOM)) {
            if (event.kind() == EventKind.MESSAGE) {
                messages.put(event.seq(), Message.of(event));
            }
            messages.replaceAll((seq, message) -> message.after(event, reader));
        }
        // A replay shows the bodies of now, also of what was edited or revoked later.
        return messages;
    }

    private Draft randomDraft(Random random, UserId user, List<Draft> sent) {
        long head = Math.max(1, head(ROOM).seq());
        Target target = at(1 + random.nextInt((int) head));
        if (!sent.isEmpty() && random.nextBoolean()) {
            Draft one = sent.get(random.nextInt(sent.size()));
            target = Target.own(one.clientId());
            user = random.nextInt(4) > 0 ? one.sender() : user;
        }
        return switch (random.nextInt(10)) {
            case 0, 1 -> draft(ROOM, user, cid().value(), body("m" + random.nextInt(100)));
            case 2 -> Draft.reply(ROOM, user, cid(), MessageBody.text("r"), target);
            case 3 -> edit(user, target, "e" + random.nextInt(100));
            case 4 -> asAnybody(edit(user, target, "e" + random.nextInt(100)));
            case 5 -> random.nextInt(3) > 0 ? pin(user, target, random.nextBoolean()) : revoke(user, target);
            case 6 ->
                random.nextInt(4) > 0
                        ? draft(ROOM, user, cid().value(), body("n"))
                        : change(user, new RoomChange.Erased(List.of(1L + random.nextInt((int) head))));
            default -> react(user, target, "k" + random.nextInt(3), random.nextInt(3) > 0);
        };
    }

    static List<String> names(List<UserId> users) {
        return users.stream().map(UserId::value).collect(toList());
    }
}
