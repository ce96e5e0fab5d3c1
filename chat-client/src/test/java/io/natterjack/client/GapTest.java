package io.natterjack.client;

import static io.natterjack.client.ClientFixture.ADA;
import static io.natterjack.client.ClientFixture.LOBBY;
import static io.natterjack.client.ClientFixture.change;
import static io.natterjack.client.ClientFixture.events;
import static io.natterjack.client.ClientFixture.joined;
import static io.natterjack.client.ClientFixture.page;
import static io.natterjack.client.ClientFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Page;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.UserId;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerFrame.Joined.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What was missed and comes by pages, and what comes of a server with another past. */
final class GapTest {
    private static final UserId BOB = new UserId("bob");

    private final ClientFixture it = new ClientFixture();

    private ServerFrame.Joined otherPast(int id, long epoch, long head, long base) {
        return new ServerFrame.Joined(id, LOBBY, Mode.GAP, new Cursor(epoch, head), head, OptionalLong.of(base));
    }

    @Test
    void aGapIsFilledPageByPageWhileLiveEventsWait() {
        FakeServer.End end = it.online();
        Room room = it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        end.say(joined(end.next(ClientFrame.Join.class).id(), LOBBY, Mode.GAP, 9, 9));
        ClientFrame.Changes first = end.next(ClientFrame.Changes.class);
        assertThat(first.since()).isEqualTo(5);
        assertThat(first.epoch()).hasValue(1);
        assertThat(first.limit()).isEqualTo(200);
        end.say(events(10, 10));
        end.say(page(first.id(), 1, 6, 7, true, 10));
        assertThat(room.cursor()).as("all or nothing").contains(new Cursor(1, 5));
        ClientFrame.Changes second = end.next(ClientFrame.Changes.class);
        assertThat(second.since()).isEqualTo(7);
        end.say(events(11, 11));
        end.say(page(second.id(), 1, 8, 10, false, 10));
        end.say(events(12, 12));

        assertThat(it.messages()).containsExactly("m6", "m7", "m8", "m9", "m10", "m11", "m12");
        end.expectNothing();
    }

    @Test
    void aGapAtWhoseEndNothingIsToBeSeenMovesTheCursorToWhereThePageWasRead() {
        FakeServer.End end = it.online();
        Room room = it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        end.say(joined(end.next(ClientFrame.Join.class).id(), LOBBY, Mode.GAP, 9, 9));
        end.say(page(end.next(ClientFrame.Changes.class).id(), 1, 6, 6, false, 9));
        end.say(events(10, 10));

        assertThat(it.messages()).containsExactly("m6", "m10");
        assertThat(room.cursor()).contains(new Cursor(1, 10));
    }

    @Test
    void whatPagesDoNotTellOfBecauseItHappenedWhileTheyWereReadComesAsAnEvent() {
        FakeServer.End end = it.online();
        Room room = it.client.join(LOBBY, new Cursor(1, 5), changes());
        end.say(joined(end.next(ClientFrame.Join.class).id(), LOBBY, Mode.GAP, 9, 9));
        ClientFrame.Changes asked = end.next(ClientFrame.Changes.class);
        end.say(change(10, new RoomChange.Member(BOB, true)));
        end.say(events(11, 11));
        end.say(page(asked.id(), 1, 6, 9, false, 11));

        assertThat(it.messages()).containsExactly("m6", "m7", "m8", "m9", "MEMBER 10", "m11");
        assertThat(room.cursor()).contains(new Cursor(1, 11));
        end.expectNothing();
    }

    @Test
    void whatHappenedWhileThePagesWereReadAndComesAfterThemIsAnEventToo() {
        FakeServer.End end = it.online();
        Room room = it.client.join(LOBBY, new Cursor(1, 5), changes());
        end.say(joined(end.next(ClientFrame.Join.class).id(), LOBBY, Mode.GAP, 9, 9));
        ClientFrame.Changes asked = end.next(ClientFrame.Changes.class);
        List<Message> shown = new ArrayList<>();
        for (long seq : new long[] {6, 7, 8, 9, 11}) {
            shown.add(Message.of(ClientFixture.event(LOBBY, 1, seq)));
        }
        end.say(new ServerFrame.Messages(asked.id(), LOBBY, new Page(shown, false, new Cursor(1, 11))));
        end.say(change(10, new RoomChange.Member(BOB, true)));
        end.say(events(11, 11));

        assertThat(it.messages()).containsExactly("m6", "m7", "m8", "m9", "MEMBER 10", "m11");
        assertThat(room.cursor()).contains(new Cursor(1, 11));
        end.expectNothing();
    }

    /** Returns what writes down the changes too. */
    private RoomListener changes() {
        RoomListener recorder = it.recorder();
        return new RoomListener() {
            @Override
            public void onMessage(Message message) {
                recorder.onMessage(message);
            }

            @Override
            public void onChange(RoomEvent event) {
                it.roomCalls.add(event.kind() + " " + event.seq());
            }
        };
    }

    @Test
    void whenTooMuchWaitsBehindAGapTheRoomIsJoinedAgainAfterIt() {
        FakeServer.End end = it.online();
        it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        end.say(joined(end.next(ClientFrame.Join.class).id(), LOBBY, Mode.GAP, 6, 6));
        ClientFrame.Changes changes = end.next(ClientFrame.Changes.class);
        for (int i = 0; i <= HeldEvents.MAX_EVENTS; i += 100) {
            end.say(events(7 + i, 106 + i));
        }
        end.say(page(changes.id(), 1, 6, 6, false, 6));

        assertThat(it.messages()).containsExactly("m6");
        assertThat(end.next(ClientFrame.Join.class).cursor()).contains(new Cursor(1, 6));
    }

    @Test
    void aGapTooLargeToFillIsSkippedAndSaidSo() {
        it.builder.maxGapFill(3);
        FakeServer.End end = it.online();
        Room room = it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        end.say(joined(end.next(ClientFrame.Join.class).id(), LOBBY, Mode.GAP, 9, 9));
        end.say(events(10, 10));

        assertThat(it.roomCalls).containsExactly("skipped 5-9", "joined 9", "m10");
        assertThat(room.cursor()).contains(new Cursor(1, 10));
        end.expectNothing();
    }

    @Test
    void changesRefusedForNowAreAskedForAgain() {
        FakeServer.End end = it.online();
        it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        end.say(joined(end.next(ClientFrame.Join.class).id(), LOBBY, Mode.GAP, 9, 9));
        end.say(refusal(end.next(ClientFrame.Changes.class).id(), ErrorCode.UNAVAILABLE, 1_000));
        it.time.advance(Duration.ofMillis(1_502));

        assertThat(end.next(ClientFrame.Changes.class).since()).isEqualTo(5);
    }

    @Test
    void aGapInterruptedAndThenReplayedShowsNothingTwice() {
        FakeServer.End end = it.online();
        it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        end.say(joined(end.next(ClientFrame.Join.class).id(), LOBBY, Mode.GAP, 9, 9));
        end.say(page(end.next(ClientFrame.Changes.class).id(), 1, 7, 8, true, 9));
        end.close(CloseReason.ABNORMAL);
        end = it.nextConnection();
        ClientFrame.Hello hello = ClientFixture.welcome(end);
        end.say(joined(hello.id(), LOBBY, Mode.REPLAY, 9, 5));
        end.say(events(6, 9));

        assertThat(it.messages()).as("6 was changed after 8 was written").containsExactly("m7", "m8", "m6", "m9");
    }

    @Test
    void aGapInterruptedByALostConnectionGoesOnWhereThePagesHadLed() {
        FakeServer.End end = it.online();
        it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        end.say(joined(end.next(ClientFrame.Join.class).id(), LOBBY, Mode.GAP, 9, 9));
        end.say(page(end.next(ClientFrame.Changes.class).id(), 1, 6, 7, true, 9));
        end.close(CloseReason.ABNORMAL);
        end = it.nextConnection();

        ClientFrame.Hello hello = ClientFixture.welcome(end);
        assertThat(hello.rooms().get(0).cursor()).contains(new Cursor(1, 5));
        end.say(joined(hello.id(), LOBBY, Mode.GAP, 9, 9));
        ClientFrame.Changes rest = end.next(ClientFrame.Changes.class);
        assertThat(rest.since()).isEqualTo(7);
        end.say(page(rest.id(), 1, 8, 9, false, 9));
        assertThat(it.messages()).containsExactly("m6", "m7", "m8", "m9");
    }

    @Test
    void aServerWithAnotherPastResetsTheRoomToWhatIsShared() {
        FakeServer.End end = it.online();
        Room room = it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        end.say(otherPast(end.next(ClientFrame.Join.class).id(), 2, 4, 3));
        ClientFrame.Changes changes = end.next(ClientFrame.Changes.class);
        assertThat(changes.epoch()).hasValue(2);
        assertThat(changes.since()).isEqualTo(3);
        end.say(page(changes.id(), 2, 4, 4, false, 4));

        assertThat(it.roomCalls).containsExactly("reset 2:3", "joined 3", "m4");
        assertThat(room.cursor()).contains(new Cursor(2, 4));
        assertThat(it.clientCalls).contains("alarm");
    }

    @Test
    void anotherEpochThatSharesAllThatWasSeenIsNotAReset() {
        FakeServer.End end = it.online();
        Room room = it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        end.say(otherPast(end.next(ClientFrame.Join.class).id(), 2, 5, 5));
        end.say(events(2, 6, 6));

        assertThat(it.roomCalls).containsExactly("joined 5", "m6");
        assertThat(room.cursor()).contains(new Cursor(2, 6));
    }

    @Test
    void whatWasNotAcknowledgedIsSentIntoTheNewPastToo() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        room.send(ClientFixture.cid("a"), ClientFixture.body("a"));
        end.next(ClientFrame.Send.class);
        end.close(CloseReason.ABNORMAL);
        end = it.nextConnection();
        ClientFrame.Hello hello = ClientFixture.welcome(end);
        end.say(otherPast(hello.id(), 2, 0, 0));

        assertThat(end.next(ClientFrame.Send.class).isResend()).isTrue();
    }

    @Test
    void aPageTellsWhatWasTrimmedBeforeItWasRead() {
        FakeServer.End end = it.online();
        it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        ClientFrame.Join join = end.next(ClientFrame.Join.class);
        end.say(joined(join.id(), LOBBY, Mode.GAP, 9, 9));
        ClientFrame.Changes changes = end.next(ClientFrame.Changes.class);
        end.say(change(10, new RoomChange.Trimmed(8)));
        end.say(new ServerFrame.Messages(
                changes.id(),
                LOBBY,
                new Page(List.of(Message.of(ClientFixture.event(LOBBY, 1, 9))), false, new Cursor(1, 10), 8)));

        assertThat(it.messages()).containsExactly("trimmed 8", "m9", "trimmed 8");
    }

    @Test
    void whatIsTrimmedBeyondTheGapIsTakenAwayWhenItsEventComes() {
        FakeServer.End end = it.online();
        it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        end.say(joined(end.next(ClientFrame.Join.class).id(), LOBBY, Mode.GAP, 9, 9));
        ClientFrame.Changes changes = end.next(ClientFrame.Changes.class);
        end.say(events(10, 11));
        end.say(change(12, new RoomChange.Trimmed(10)));
        end.say(new ServerFrame.Messages(
                changes.id(),
                LOBBY,
                new Page(List.of(Message.of(ClientFixture.event(LOBBY, 1, 11))), false, new Cursor(1, 12), 10)));

        assertThat(it.messages()).containsExactly("trimmed 9", "m10", "m11", "trimmed 10");
    }

    @Test
    void changesTellWhatWasErasedMeanwhile() {
        FakeServer.End end = it.online();
        Room room = it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        ClientFrame.Join join = end.next(ClientFrame.Join.class);
        end.say(joined(join.id(), LOBBY, Mode.GAP, 9, 9));
        ClientFrame.Changes changes = end.next(ClientFrame.Changes.class);
        List<Message> items = new ArrayList<>();
        items.add(Message.of(ClientFixture.event(LOBBY, 1, 6)));
        for (long erased : new long[] {2, 7}) {
            items.add(
                    new Message(LOBBY, new Cursor(1, erased), 8, ADA, new ClientId("e" + erased), 1, MessageBody.GONE));
        }
        items.add(Message.of(ClientFixture.event(LOBBY, 1, 9)));
        end.say(new ServerFrame.Messages(changes.id(), LOBBY, new Page(items, false, new Cursor(1, 9))));

        assertThat(it.messages()).containsExactly("m6", "erased [2]", "erased [7]", "m9");
        assertThat(room.cursor()).contains(new Cursor(1, 9));
    }
}
