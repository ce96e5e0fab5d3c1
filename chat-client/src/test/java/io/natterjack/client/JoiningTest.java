package io.natterjack.client;

import static io.natterjack.client.ClientFixture.LOBBY;
import static io.natterjack.client.ClientFixture.ack;
import static io.natterjack.client.ClientFixture.events;
import static io.natterjack.client.ClientFixture.failure;
import static io.natterjack.client.ClientFixture.joined;
import static io.natterjack.client.ClientFixture.live;
import static io.natterjack.client.ClientFixture.nextSend;
import static io.natterjack.client.ClientFixture.refusal;
import static io.natterjack.client.ClientFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.RoomId;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.Limits;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerFrame.Joined.Mode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How rooms are joined and left. */
final class JoiningTest {
    private final ClientFixture it = new ClientFixture();

    @Test
    void aRoomJoinedWithoutACursorBeginsWhereTheServerSays() {
        FakeServer.End end = it.online();
        Room room = it.client.join(LOBBY, it.recorder());
        ClientFrame.Join join = end.next(ClientFrame.Join.class);
        assertThat(join.cursor()).isEmpty();
        assertThat(room.cursor()).isEmpty();
        end.say(live(join.id(), LOBBY, 7));
        end.say(events(8, 8));

        assertThat(it.roomCalls).containsExactly("joined 7", "m8");
        assertThat(room.cursor()).contains(new Cursor(1, 8));
    }

    @Test
    void aRoomJoinedWithATailShowsItsLastMessages() {
        FakeServer.End end = it.online();
        it.client.join(LOBBY, 2, it.recorder());
        ClientFrame.Join join = end.next(ClientFrame.Join.class);
        assertThat(join.tail()).isEqualTo(2);
        end.say(joined(join.id(), LOBBY, Mode.REPLAY, 7, 5));
        end.say(events(6, 7));

        assertThat(it.roomCalls).containsExactly("joined 5", "m6", "m7");
    }

    @Test
    void aTailIsAskedForEvenIfTheRoomWasJoinedOffline() {
        it.client = it.builder.connect();
        it.client.join(LOBBY, 2, it.recorder());
        it.time.runAll();
        ClientFrame.Hello hello = ClientFixture.welcome(it.server.last());

        assertThat(hello.rooms()).isEmpty();
        assertThat(it.server.last().next(ClientFrame.Join.class).tail()).isEqualTo(2);
    }

    @Test
    void aRoomJoinedOfflineIsJoinedByTheHello() {
        it.client = it.builder.connect();
        it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        it.time.runAll();
        FakeServer.End end = it.server.last();
        ClientFrame.Hello hello = ClientFixture.welcome(end);
        end.say(joined(hello.id(), LOBBY, Mode.REPLAY, 6, 5));
        end.say(events(6, 6));

        assertThat(it.roomCalls).containsExactly("joined 5", "m6");
        end.expectNothing();
    }

    @Test
    void whatAHelloHasNoPlaceForIsJoinedAfterIt() {
        it.client = it.builder.connect();
        for (int i = 0; i < 600; i++) {
            it.client.join(new RoomId("r" + i), new Cursor(1, 5), it.recorder());
        }
        it.time.runAll();
        FakeServer.End end = it.server.last();
        ClientFrame.Hello hello = ClientFixture.welcome(end);

        int joins = 0;
        for (it.time.runAll(); end.hasNext(); joins++) {
            end.next(ClientFrame.Join.class);
        }
        assertThat(hello.rooms()).hasSize(500);
        assertThat(joins).isEqualTo(100);
    }

    @Test
    void aHelloIsNoLargerThanTheServerLetFramesBe() {
        Limits small = new Limits(2_048, 2_048, 64, 0, 0);
        FakeServer.End end = it.online(small);
        for (int i = 0; i < 100; i++) {
            it.client.join(new RoomId("room-" + i), new Cursor(1, 5), it.recorder());
            end.next(ClientFrame.Join.class);
        }
        end.close(CloseReason.ABNORMAL);
        end = it.nextConnection();
        ClientFrame.Hello hello = ClientFixture.welcome(end, small);
        assertThat(FrameCodec.encode(hello).size()).isLessThanOrEqualTo(2_048);
        assertThat(hello.rooms()).isNotEmpty();

        int joins = 0;
        for (it.time.runAll(); end.hasNext(); joins++) {
            end.next(ClientFrame.Join.class);
        }
        assertThat(hello.rooms().size() + joins).isEqualTo(100);
    }

    @Test
    void aRoomIsJoinedOnceAtATime() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        assertThatIllegalStateException().isThrownBy(() -> it.client.join(LOBBY, message -> {}));

        room.leave();
        it.client.join(LOBBY, message -> {});
    }

    @Test
    void aRoomThatRefusesForGoodIsOver() {
        FakeServer.End end = it.online();
        Room room = it.client.join(LOBBY, it.recorder());
        CompletableFuture<Sent> sent = room.send(ClientFixture.body("x")).toCompletableFuture();
        end.say(refusal(end.next(ClientFrame.Join.class).id(), ErrorCode.NO_ROOM));

        assertThat(it.roomCalls).containsExactly("refused NO_ROOM");
        assertThat(sent).isCompletedExceptionally();
        it.client.join(LOBBY, message -> {});
    }

    @Test
    void aJoinRefusedForNowIsTriedAgain() {
        FakeServer.End end = it.online();
        it.client.join(LOBBY, it.recorder());
        end.say(refusal(end.next(ClientFrame.Join.class).id(), ErrorCode.UNAVAILABLE, 1_000));
        it.time.advance(Duration.ofMillis(999));
        end.expectNothing();
        it.time.advance(Duration.ofMillis(502));

        end.next(ClientFrame.Join.class);
    }

    @Test
    void aRoomOfTheHelloThatIsRefusedForNowIsJoinedAgain() {
        it.client = it.builder.connect();
        it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        it.time.runAll();
        FakeServer.End end = it.server.last();
        ClientFixture.welcome(end);
        // As with joined, there is no id: the hello's belongs to the welcome.
        end.say(new ServerFrame.Refused(
                0,
                ErrorCode.UNAVAILABLE,
                Optional.empty(),
                Optional.of(Duration.ofSeconds(1)),
                Optional.of(LOBBY),
                Optional.empty()));
        it.time.advance(Duration.ofMillis(1_501));

        assertThat(end.next(ClientFrame.Join.class).cursor()).contains(new Cursor(1, 5));
    }

    @Test
    void aListenerIsNotCalledAfterItsRoomWasLeft() {
        FakeServer.End end = it.online();
        it.joined(end, 5).leave();
        end.say(events(6, 6));

        assertThat(it.messages()).isEmpty();
        end.next(ClientFrame.Leave.class);
    }

    @Test
    void aRoomThatIsLeftIsLeftOnTheServerOnceItsMessagesAreAnswered() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        CompletableFuture<Sent> sent = send(room, "a");
        room.leave();
        ClientFrame.Send frame = nextSend(end, "a");
        end.expectNothing();

        end.say(ack(frame, 6));
        assertThat(sent).isCompleted();
        assertThat(end.next(ClientFrame.Leave.class).room()).isEqualTo(LOBBY);
        assertThat(failure(send(room, "b"))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aLeaveThatIsRefusedForNowIsSaidAgainUnlessTheRoomWasJoinedMeanwhile() {
        FakeServer.End end = it.online();
        it.joined(end, 5).leave();
        end.say(refusal(end.next(ClientFrame.Leave.class).id(), ErrorCode.RATE_LIMITED, 500));
        it.time.advance(Duration.ofMillis(500));
        end.say(refusal(end.next(ClientFrame.Leave.class).id(), ErrorCode.RATE_LIMITED, 500));
        it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        it.time.advance(Duration.ofMillis(500));

        end.next(ClientFrame.Join.class);
        end.expectNothing();
    }
}
