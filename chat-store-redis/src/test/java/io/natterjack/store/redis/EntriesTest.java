package io.natterjack.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.EventKind;
import io.natterjack.core.Membership;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.MessageDetails;
import io.natterjack.core.Notify;
import io.natterjack.core.Reaction;
import io.natterjack.core.Role;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.Standing;
import io.natterjack.core.UserId;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EntriesTest {
    private static final RoomId ROOM = new RoomId("room");
    private static final UserId ADA = new UserId("ada l/ovelace|1 ");
    private static final ClientId CID = new ClientId("c.1");
    private static final Cursor AT = new Cursor(7, 12);

    @Test
    void everyKindOfEventIsReadAsItWasWritten() {
        for (EventKind kind : EventKind.values()) {
            if (kind == EventKind.MESSAGE || kind == EventKind.UNKNOWN) {
                continue;
            }
            MessageBody body = MessageBody.json("{\"a\":\"x\\ny\"}");
            RoomEvent event = new RoomEvent(ROOM, AT, kind, ADA, CID, 99, body, 5);
            String ofMessage = kind == EventKind.EDIT ? body.json() : "";

            assertThat(Entries.event(ROOM, AT, Entries.entry(event), ofMessage)).isEqualTo(event);
        }
    }

    @Test
    void aMessageIsReadAsItWasWritten() {
        for (MessageDetails details : List.of(
                MessageDetails.NONE,
                MessageDetails.replyTo(3),
                new MessageDetails(0, 3, 2, false, true, List.of()),
                new MessageDetails(
                        88,
                        0,
                        1,
                        false,
                        false,
                        List.of(new Reaction("+ 1", 2, false), new Reaction("\n", 1, false))))) {
            Message message = new Message(ROOM, AT, 20, ADA, CID, 99, MessageBody.text("hi"), details);

            assertThat(Entries.message(
                            ROOM, AT, Entries.entry(message), message.body().json()))
                    .isEqualTo(message);
        }
    }

    @Test
    void aMessageWithoutItsBodyStaysWithoutIt() {
        Message message = new Message(
                ROOM, AT, 20, ADA, CID, 99, MessageBody.GONE, new MessageDetails(0, 0, 0, true, false, List.of()));

        assertThat(Entries.message(ROOM, AT, Entries.entry(message), "")).isEqualTo(message);
        assertThat(Entries.isMessage(Entries.entry(message))).isTrue();
        assertThat(Entries.event(ROOM, AT, Entries.entry(message), "").body().isGone())
                .isTrue();
    }

    @Test
    void aMembershipIsReadAsItWasWritten() {
        for (Standing standing : Standing.values()) {
            Membership member = new Membership(ROOM, ADA, standing, Role.MODERATOR, 1, 2, 3, 4, 5, Notify.MENTIONS);

            assertThat(Entries.membership(ROOM, ADA, Entries.membership(member)))
                    .isEqualTo(member);
        }
    }

    @Test
    void nobodyIsMentionedByWhatTheyWroteThemselves() {
        MessageBody body = MessageBody.json("{\"mentions\":[\"bob\",\"" + ADA.value() + "\"]}");

        assertThat(Entries.mentions(5, ADA, body)).containsExactly("bob\0" + Entries.padded(5) + "\0" + ADA.value());
        assertThat(Entries.mentioned(MessageBody.json("{\"mentionAll\":true}"))).isEqualTo("\0");
        assertThat(Entries.mentioned(MessageBody.json("{\"mentions\":[\"\"]}"))).isEmpty();
    }

    @Test
    void roomsAreSpreadOverThePartitions() {
        int[] rooms = new int[Keys.PARTITIONS];
        for (int i = 0; i < 16_000; i++) {
            rooms[Keys.partition(new RoomId("room-" + i))]++;
        }

        for (int count : rooms) {
            assertThat(count).isBetween(500, 2_000);
        }
    }
}
