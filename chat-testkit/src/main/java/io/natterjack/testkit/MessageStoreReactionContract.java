package io.natterjack.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.Page;
import io.natterjack.core.Reaction;
import io.natterjack.core.RoomChange;
import io.natterjack.core.Target;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.ServerFrame;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a store keeps of reactions, replies and pins. */
abstract class MessageStoreReactionContract extends MessageStoreChangeContract {
    MessageStoreReactionContract() {}

    // ---- reactions

    @Test
    void reactionsAreCounted() {
        append(draft(ROOM, "a"));
        append(react(ADA, at(1), "\ud83d\udc4d", true));
        append(react(BOB, at(1), "\ud83d\udc4d", true));
        append(react(BOB, at(1), "x", true));

        assertThat(message(1).details().reactions())
                .containsExactly(new Reaction("x", 1, false), new Reaction("\ud83d\udc4d", 2, true));
        assertThat(store.changes(ROOM, BOB, 0, 0, 10, ALL_BYTES)
                        .messages()
                        .get(0)
                        .details()
                        .reactions())
                .containsExactly(new Reaction("x", 1, true), new Reaction("\ud83d\udc4d", 2, true));
        append(react(ADA, at(1), "\ud83d\udc4d", false));
        append(react(BOB, at(1), "x", false));
        assertThat(message(1).details().reactions()).containsExactly(new Reaction("\ud83d\udc4d", 1, false));
    }

    @Test
    void aReactionThatChangesNothingMakesNoEvent() {
        append(draft(ROOM, "a"));
        append(react(ADA, at(1), "+", true));
        Outcome.Accepted again = accepted(append(react(ADA, at(1), "+", true)));

        assertThat(again.isDuplicate()).isTrue();
        assertThat(again.at().seq()).isEqualTo(2);
        assertThat(accepted(append(react(BOB, at(1), "+", false))).isDuplicate())
                .isTrue();
        assertThat(all(ROOM)).hasSize(2);
        assertThat(message(1).details().reactions()).containsExactly(new Reaction("+", 1, true));
    }

    @Test
    void aMessageHasSoManyKindsOfReactions() {
        append(draft(ROOM, "a"));
        for (int i = 0; i < Reaction.MAX_KEYS; i++) {
            accepted(append(react(ADA, at(1), "k" + i, true)));
        }

        assertThat(refusal(append(react(ADA, at(1), "more", true)))).isEqualTo(ErrorCode.TOO_LARGE);
        accepted(append(react(BOB, at(1), "k7", true)));
    }

    @Test
    void aPageCountsItsReactionsAsTheyAreEscaped() {
        int messages = 20;
        fill(ROOM, messages);
        for (int i = 0; i < Reaction.MAX_KEYS; i++) {
            String key = "\u0001".repeat(Reaction.MAX_KEY_BYTES - 1) + (char) ('a' + i);
            List<Draft> reactions = new ArrayList<>();
            for (int seq = 1; seq <= messages; seq++) {
                reactions.add(react(ADA, at(seq), key, true));
            }
            store.append(reactions);
        }
        int bytes = 1 << 15;
        Page changed = store.changes(ROOM, ADA, 0, 0, messages, bytes);
        Page read = store.history(HistoryQuery.latest(ROOM, messages), bytes);

        for (Page page : List.of(changed, read)) {
            assertThat(page.messages()).isNotEmpty();
            assertThat(page.hasMore()).isTrue();
            assertThat(FrameCodec.encode(new ServerFrame.Messages(1, ROOM, page))
                            .size())
                    .isLessThanOrEqualTo(bytes);
        }
        assertThat(store.changes(ROOM, ADA, 0, 0, messages, ALL_BYTES).messages())
                .hasSize(messages)
                .allMatch(message -> message.details().reactions().size() == Reaction.MAX_KEYS);
    }

    // ---- replies and pins

    @Test
    void repliesAreCountedAndRead() {
        Draft first = draft(ROOM, "root");
        Draft reply = Draft.reply(ROOM, BOB, cid(), MessageBody.text("one"), Target.own(cid()));
        assertThat(refusal(append(reply))).isEqualTo(ErrorCode.TARGET_UNKNOWN);
        store.append(List.of(
                first,
                Draft.reply(ROOM, ADA, cid(), MessageBody.text("one"), own(first)),
                draft(ROOM, "another"),
                Draft.reply(ROOM, BOB, cid(), MessageBody.text("two"), at(1))));

        assertThat(message(1).details().replies()).isEqualTo(2);
        assertThat(message(1).rev()).isEqualTo(4);
        assertThat(message(2).details().replyTo()).isEqualTo(1);
        assertThat(seqsOf(page(HistoryQuery.latest(ROOM, 10).repliesTo(1)))).containsExactly(2L, 4L);
        assertThat(seqsOf(page(query(HistoryQuery.Direction.BEFORE, 4, 10).repliesTo(1))))
                .containsExactly(2L);
        assertThat(all(ROOM).get(3).target()).isEqualTo(1);
    }

    @Test
    void pinsAreBoundedAndRead() {
        fill(ROOM, RoomChange.Pinned.MAX + 1);
        for (long seq = 1; seq <= RoomChange.Pinned.MAX; seq++) {
            accepted(append(pin(ADA, at(seq), true)));
        }

        assertThat(refusal(append(pin(ADA, at(RoomChange.Pinned.MAX + 1), true))))
                .isEqualTo(ErrorCode.TOO_LARGE);
        accepted(append(pin(ADA, at(5), false)));
        accepted(append(pin(ADA, at(RoomChange.Pinned.MAX + 1), true)));
        List<Long> pinned = range(1, RoomChange.Pinned.MAX + 1);
        pinned.remove(5L);
        assertThat(seqsOf(page(HistoryQuery.latest(ROOM, 100).pinnedOnly()))).isEqualTo(pinned);
        assertThat(accepted(append(pin(ADA, at(1), true))).isDuplicate()).isTrue();
    }
}
