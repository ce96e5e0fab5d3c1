package io.natterjack.client;

import static io.natterjack.client.ClientFixture.ADA;
import static io.natterjack.client.ClientFixture.LOBBY;
import static io.natterjack.client.ClientFixture.change;
import static io.natterjack.client.ClientFixture.events;
import static io.natterjack.client.ClientFixture.joined;
import static io.natterjack.client.ClientFixture.live;
import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.EventKind;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerFrame.Joined.Mode;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** How the server's events become one sequence. */
final class ReceivingTest {
    private final ClientFixture it = new ClientFixture();

    @Test
    void whatWasThereAlreadyIsDropped() {
        FakeServer.End end = it.online();
        it.joined(end, 5);
        end.say(events(6, 7));
        end.say(events(5, 8));

        assertThat(it.messages()).containsExactly("m6", "m7", "m8");
    }

    @Test
    void aHoleIsFilledByJoiningAgainFromTheCursor() {
        FakeServer.End end = it.online();
        it.joined(end, 5);
        end.say(events(7, 7));
        ClientFrame.Join again = end.next(ClientFrame.Join.class);
        assertThat(again.cursor()).contains(new Cursor(1, 5));
        end.say(events(8, 8));
        end.say(joined(again.id(), LOBBY, Mode.REPLAY, 8, 5));
        end.say(events(6, 8));

        assertThat(it.messages()).containsExactly("m6", "m7", "m8");
    }

    @Test
    void aServerThatKeepsLeavingHolesIsNotAskedWithoutPause() {
        FakeServer.End end = it.online();
        it.joined(end, 5);
        end.say(events(7, 7));
        end.say(live(end.next(ClientFrame.Join.class).id(), LOBBY, 5));
        end.say(events(7, 7));
        end.expectNothing();

        it.time.advance(Duration.ofMillis(1_001));
        end.next(ClientFrame.Join.class);
    }

    @Test
    void anEventOfAnotherEpochMakesTheClientAskWhatIsShared() {
        FakeServer.End end = it.online();
        it.joined(end, 5);
        end.say(events(2, 6, 6));

        assertThat(end.next(ClientFrame.Join.class).cursor()).contains(new Cursor(1, 5));
        assertThat(it.messages()).isEmpty();
    }

    @Test
    void anEventOfUnknownKindMovesTheCursorAndNothingElse() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        end.sayText("{\"t\":\"ev\",\"room\":\"lobby\",\"e\":1,\"events\":[{\"s\":6,\"k\":\"fly\",\"at\":3}]}");
        end.say(events(7, 7));

        assertThat(it.messages()).containsExactly("m7");
        assertThat(room.cursor()).contains(new Cursor(1, 7));
    }

    @Test
    void aReplayAfterAReconnectContinuesTheSequence() {
        FakeServer.End end = it.online();
        it.joined(end, 5);
        end.say(events(6, 6));
        end.close(CloseReason.SLOW_CONSUMER);
        end = it.nextConnection();
        ClientFrame.Hello hello = ClientFixture.welcome(end);
        assertThat(hello.rooms().get(0).cursor()).contains(new Cursor(1, 6));
        end.say(joined(hello.id(), LOBBY, Mode.REPLAY, 8, 6));
        end.say(events(7, 8));

        assertThat(it.messages()).containsExactly("m6", "m7", "m8");
    }

    @Test
    void whatIsErasedOrTrimmedIsToldInItsPlace() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        end.say(events(6, 6));
        end.say(change(7, new RoomChange.Erased(List.of(2L, 6L))));
        end.say(change(8, new RoomChange.Trimmed(5)));
        end.say(change(9, new RoomChange.Member(ADA, true)));
        end.say(events(10, 10));

        assertThat(it.messages()).containsExactly("m6", "erased [2, 6]", "trimmed 5", "m10");
        assertThat(room.cursor()).contains(new Cursor(1, 10));
    }

    @Test
    void aMessageThatIsGoneIsPassedOver() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        RoomEvent event = ClientFixture.event(LOBBY, 1, 6);
        end.say(new ServerFrame.Ev(
                LOBBY,
                1,
                List.of(new RoomEvent(
                        LOBBY, event.at(), event.kind(), ADA, event.clientId(), event.timestamp(), MessageBody.GONE))));

        assertThat(it.messages()).isEmpty();
        assertThat(room.cursor()).contains(new Cursor(1, 6));
    }

    @Test
    void aChangeThatCannotBeReadIsPassedOver() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        end.say(new ServerFrame.Ev(
                LOBBY,
                1,
                List.of(new RoomEvent(
                        LOBBY,
                        new Cursor(1, 6),
                        EventKind.ERASED,
                        ADA,
                        new ClientId("c"),
                        6,
                        MessageBody.json("{\"at\":\"all\"}")))));
        end.say(events(7, 7));

        assertThat(it.messages()).containsExactly("m7");
        assertThat(room.cursor()).contains(new Cursor(1, 7));
    }

    @Test
    void theFloorOfARoomIsToldOnce() {
        FakeServer.End end = it.online();
        it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        ClientFrame.Join join = end.next(ClientFrame.Join.class);
        end.say(new ServerFrame.Joined(join.id(), LOBBY, Mode.LIVE, new Cursor(1, 5), 5, OptionalLong.empty(), 3));
        end.cut(CloseReason.ABNORMAL);
        FakeServer.End next = it.nextConnection();
        ClientFrame.Hello hello = ClientFixture.welcome(next);
        next.say(new ServerFrame.Joined(hello.id(), LOBBY, Mode.LIVE, new Cursor(1, 5), 5, OptionalLong.empty(), 3));

        assertThat(it.messages()).containsExactly("trimmed 3");
    }
}
