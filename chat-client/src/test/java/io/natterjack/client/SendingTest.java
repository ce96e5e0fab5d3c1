package io.natterjack.client;

import static io.natterjack.client.ClientFixture.ATTIC;
import static io.natterjack.client.ClientFixture.LOBBY;
import static io.natterjack.client.ClientFixture.ack;
import static io.natterjack.client.ClientFixture.body;
import static io.natterjack.client.ClientFixture.cid;
import static io.natterjack.client.ClientFixture.failure;
import static io.natterjack.client.ClientFixture.joined;
import static io.natterjack.client.ClientFixture.live;
import static io.natterjack.client.ClientFixture.nextSend;
import static io.natterjack.client.ClientFixture.refusal;
import static io.natterjack.client.ClientFixture.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.Message;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.Target;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.Limits;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerSignal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class SendingTest {
    private final ClientFixture it = new ClientFixture();

    @Test
    void aMessageIsSentWhenTheServerHasAcknowledgedIt() {
        FakeServer.End end = it.online();
        CompletableFuture<Sent> sent = send(it.joined(end, 5), "a");
        ClientFrame.Send frame = nextSend(end, "a");
        assertThat(frame.isResend()).isFalse();
        assertThat(sent).isNotDone();

        end.say(ack(frame, 6));
        assertThat(sent.join().at()).isEqualTo(new Cursor(1, 6));
        assertThat(sent.join().timestamp()).isEqualTo(6);
        assertThat(sent.join().clientId()).isEqualTo(cid("a"));
    }

    @Test
    void whatIsSentOfflineGoesOutInOrderOnceTheRoomIsJoined() {
        it.client = it.builder.connect();
        Room room = it.client.join(LOBBY, it.recorder());
        send(room, "a");
        send(room, "b");
        it.time.runAll();
        FakeServer.End end = it.server.last();
        ClientFrame.Hello hello = ClientFixture.welcome(end);
        end.expectNothing();

        end.say(live(hello.id(), LOBBY, 5));
        assertThat(nextSend(end, "a").isResend()).isFalse();
        nextSend(end, "b");
    }

    @Test
    void anEditDoesNotOvertakeItsMessageThatWaitsForTheRoom() {
        it.client = it.builder.connect();
        Room room = it.client.join(LOBBY, it.recorder());
        send(room, "a");
        room.edit(Target.own(cid("a")), body("b"));
        it.time.runAll();
        FakeServer.End end = it.server.last();
        ClientFrame.Hello hello = ClientFixture.welcome(end);
        end.expectNothing();

        end.say(live(hello.id(), LOBBY, 5));
        nextSend(end, "a");
        assertThat(end.next(ClientFrame.Change.class).change()).isInstanceOf(RoomChange.Edited.class);
    }

    @Test
    void whatTheServerKeepsForAStoreThatIsAwayMakesRoomForMore() {
        FakeServer.End end = it.online(new Limits(65_536, 32_768, 64, 10, 20));
        Room room = it.joined(end, 5);
        List<CompletableFuture<Sent>> sent = new ArrayList<>();
        List<ClientFrame.Send> frames = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            sent.add(send(room, "m" + i));
            it.time.advance(Duration.ofSeconds(1));
            ClientFrame.Send frame = nextSend(end, "m" + i);
            frames.add(frame);
            end.say(new ServerSignal.Queued(LOBBY, frame.clientId()));
            it.time.runAll();
        }
        assertThat(sent).noneMatch(CompletableFuture::isDone);

        for (int i = 0; i < 100; i++) {
            end.say(ack(frames.get(i), 6 + i));
        }
        assertThat(sent).allMatch(CompletableFuture::isDone);
    }

    @Test
    void whatWasQueuedIsSentAgainAfterAReconnectUntilItIsAcknowledged() {
        FakeServer.End end = it.online();
        List<ClientId> queued = new ArrayList<>();
        Room room = it.client.join(LOBBY, new Cursor(1, 5), new RoomListener() {
            @Override
            public void onMessage(Message message) {}

            @Override
            public void onQueued(ClientId clientId) {
                queued.add(clientId);
            }
        });
        end.say(ClientFixture.live(end.next(ClientFrame.Join.class).id(), LOBBY, 5));
        CompletableFuture<Sent> sent = send(room, "a");
        end.say(new ServerSignal.Queued(LOBBY, nextSend(end, "a").clientId()));
        it.time.runAll();
        assertThat(queued).containsExactly(cid("a"));
        end = it.back(end);
        ClientFrame.Send again = nextSend(end, "a");
        assertThat(again.isResend()).isTrue();
        end.say(ack(again, 6));
        assertThat(sent.join().at()).isEqualTo(new Cursor(1, 6));
    }

    /** What a user who was removed while away gets on coming back; the server has kept the message "a" before. */
    private void cameBackAndWasRemoved(FakeServer.End end, ClientFrame.Hello hello) {
        end.say(joined(hello.id(), LOBBY, ServerFrame.Joined.Mode.REPLAY, 7, 5));
        Cursor at = new Cursor(1, 6);
        RoomEvent own = new RoomEvent(LOBBY, at, EventKind.MESSAGE, ClientFixture.ADA, cid("a"), 6, body("a"));
        end.say(new ServerFrame.Ev(LOBBY, 1, List.of(own)));
        end.say(ClientFixture.change(7, new RoomChange.Member(ClientFixture.ADA, false)));
        end.say(new ServerFrame.Left(LOBBY, ServerFrame.Left.Reason.KICKED));
    }

    @Test
    void aMessageThatMayHaveBeenKeptIsNotRefusedBecauseItsSenderWasRemoved() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        CompletableFuture<Sent> kept = send(room, "a");
        nextSend(end, "a");
        end.close(CloseReason.ABNORMAL);
        CompletableFuture<Sent> neverSent = send(room, "b");
        end = it.nextConnection();
        ClientFrame.Hello hello = ClientFixture.welcome(end, new Limits(65_536, 32_768, 1, 0, 0));
        cameBackAndWasRemoved(end, hello);
        assertThat(kept).isNotCompletedExceptionally();
        assertThat(failure(neverSent)).isInstanceOf(SendRefusedException.class);

        ClientFrame.Send again = nextSend(end, "a");
        end.say(new ServerFrame.Ack(again.id(), LOBBY, cid("a"), new Cursor(1, 6), 6, true));
        assertThat(kept.join().at()).isEqualTo(new Cursor(1, 6));
        end.expectNothing();
    }

    @Test
    void aMessageThatWasShownIsKeptEvenIfTheServerRefusesItAgainToWhoWasRemoved() {
        FakeServer.End end = it.online();
        CompletableFuture<Sent> kept = send(it.joined(end, 5), "a");
        nextSend(end, "a");
        end.close(CloseReason.ABNORMAL);
        end = it.nextConnection();
        cameBackAndWasRemoved(end, ClientFixture.welcome(end));
        end.say(refusal(nextSend(end, "a").id(), ErrorCode.NOT_MEMBER));

        assertThat(kept.join()).isEqualTo(new Sent(cid("a"), new Cursor(1, 6), 6, true));
    }

    @Test
    void whatMayHaveBeenKeptIsAskedForEvenIfItsSenderIsRemovedBeforeItCouldBe() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        CompletableFuture<Sent> first = send(room, "a");
        CompletableFuture<Sent> second = send(room, "b");
        nextSend(end, "a");
        nextSend(end, "b");
        end.close(CloseReason.ABNORMAL);
        end = it.nextConnection();
        cameBackAndWasRemoved(end, ClientFixture.welcome(end, new Limits(65_536, 32_768, 1, 0, 0)));
        end.say(ack(nextSend(end, "a"), 6));
        ClientFrame.Send again = nextSend(end, "b");
        assertThat(again.isResend()).isTrue();
        end.say(refusal(again.id(), ErrorCode.NOT_MEMBER));

        assertThat(first).isCompleted();
        assertThat(failure(second)).isInstanceOf(SendRefusedException.class);
    }

    @Test
    void messagesWithoutAClientIdOfTheApplicationsGetDifferentOnes() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        room.send(body("x"));
        room.send(body("x"));

        assertThat(end.next(ClientFrame.Send.class).clientId())
                .isNotEqualTo(end.next(ClientFrame.Send.class).clientId());
    }

    @Test
    void aMessageWhoseAckWasLostIsSentAgainUnderTheSameIdAfterAReconnect() {
        FakeServer.End end = it.online();
        CompletableFuture<Sent> sent = send(it.joined(end, 5), "a");
        nextSend(end, "a");
        end = it.back(end);

        ClientFrame.Send again = nextSend(end, "a");
        assertThat(again.isResend()).isTrue();
        assertThat(again.body()).isEqualTo(body("a"));
        end.say(new ServerFrame.Ack(again.id(), LOBBY, cid("a"), new Cursor(1, 5), 1, true));
        assertThat(sent.join().isDuplicate()).isTrue();
    }

    @Test
    void onALiveConnectionNothingIsSentAgainHoweverLateTheAck() {
        FakeServer.End end = it.online();
        send(it.joined(end, 5), "a");
        nextSend(end, "a");
        it.time.advance(Duration.ofSeconds(29));

        end.expectNothing();
    }

    @Test
    void afterAReconnectAllThatWasNotAcknowledgedComesAgainInItsOldOrder() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        send(room, "a");
        send(room, "b");
        send(room, "c");
        nextSend(end, "a");
        ClientFrame.Send b = nextSend(end, "b");
        nextSend(end, "c");
        end.say(ack(b, 6));
        send(room, "d");
        end.next(ClientFrame.Send.class);
        end = it.back(end);

        nextSend(end, "a");
        nextSend(end, "c");
        nextSend(end, "d");
        end.expectNothing();
    }

    @Test
    void theRoomShowingAMessageDoesNotTakeItOutOfTheOutbox() {
        FakeServer.End end = it.online();
        CompletableFuture<Sent> sent = send(it.joined(end, 5), "a");
        nextSend(end, "a");
        RoomEvent own =
                new RoomEvent(LOBBY, new Cursor(1, 6), EventKind.MESSAGE, ClientFixture.ADA, cid("a"), 6, body("a"));
        end.say(new ServerFrame.Ev(LOBBY, 1, Collections.singletonList(own)));
        assertThat(sent).isNotDone();

        nextSend(it.back(end), "a");
    }

    @Test
    void aRefusalWithoutRetryFailsTheMessageAndOnlyIt() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        CompletableFuture<Sent> a = send(room, "a");
        CompletableFuture<Sent> b = send(room, "b");
        end.say(refusal(nextSend(end, "a").id(), ErrorCode.CID_CONFLICT));
        end.say(ack(nextSend(end, "b"), 6));

        SendRefusedException refused = (SendRefusedException) failure(a);
        assertThat(refused.code()).isEqualTo(ErrorCode.CID_CONFLICT);
        assertThat(refused.clientId()).isEqualTo(cid("a"));
        assertThat(b).isCompleted();
    }

    @Test
    void aRefusalWithRetryBringsItAndAllLaterOnesOfTheRoomAgainInOrder() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        send(room, "a");
        send(room, "b");
        send(room, "c");
        end.say(ack(nextSend(end, "a"), 6));
        ClientFrame.Send b = nextSend(end, "b");
        ClientFrame.Send c = nextSend(end, "c");
        end.say(refusal(b, ErrorCode.UNAVAILABLE, 1_000));
        end.say(refusal(c, ErrorCode.UNAVAILABLE, 1_000));
        send(room, "d");
        it.time.advance(Duration.ofMillis(999));
        end.expectNothing();

        it.time.advance(Duration.ofMillis(1));
        assertThat(nextSend(end, "b").isResend()).isTrue();
        assertThat(nextSend(end, "c").isResend()).isTrue();
        assertThat(nextSend(end, "d").isResend()).isFalse();
        end.expectNothing();
    }

    @Test
    void aRoomThatHasToWaitDoesNotHoldUpAnother() {
        FakeServer.End end = it.online();
        Room lobby = it.joined(end, 5);
        Room attic = it.client.join(ATTIC, it.recorder());
        end.say(live(end.next(ClientFrame.Join.class).id(), ATTIC, 0));
        send(lobby, "a");
        end.say(refusal(nextSend(end, "a"), ErrorCode.BUSY, 1_000));
        send(attic, "b");

        nextSend(end, "b");
    }

    @Test
    void noMoreWaitForTheirAckThanTheServerAllows() {
        FakeServer.End end = it.online(new Limits(65_536, 32_768, 2, 0, 0));
        Room room = it.joined(end, 5);
        send(room, "a");
        send(room, "b");
        send(room, "c");
        ClientFrame.Send a = nextSend(end, "a");
        nextSend(end, "b");
        end.expectNothing();

        end.say(ack(a, 6));
        nextSend(end, "c");
    }

    @Test
    void anOutboxThatIsFullRefusesAtOnce() {
        it.builder.maxOutbox(2, 1 << 20);
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        send(room, "a");
        send(room, "b");
        assertThat(failure(send(room, "c"))).isInstanceOf(LimitExceededException.class);

        end.say(ack(nextSend(end, "a"), 6));
        assertThat(send(room, "d")).isNotDone();
    }

    @Test
    void anOutboxHasABoundInBytesToo() {
        it.builder.maxOutbox(1_000, 128 * 1024);
        Room room = it.joined(it.online(), 5);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 30_000; i++) {
            text.append('x');
        }
        room.send(body(text.toString()));
        room.send(body(text.toString()));

        assertThat(failure(room.send(body(text.toString())).toCompletableFuture()))
                .isInstanceOf(LimitExceededException.class);
    }

    @Test
    void whatAnApplicationDoesToAStageDoesNotChangeWhatIsSent() {
        FakeServer.End end = it.online();
        send(it.joined(end, 5), "a").cancel(false);
        nextSend(end, "a");

        nextSend(it.back(end), "a");
    }

    @Test
    void anAckForAnotherMessageThanTheRequestsIsNotBelieved() {
        FakeServer.End end = it.online();
        CompletableFuture<Sent> sent = send(it.joined(end, 5), "a");
        ClientFrame.Send frame = nextSend(end, "a");
        end.say(new ServerFrame.Ack(frame.id(), LOBBY, cid("b"), new Cursor(1, 6), 1, false));

        assertThat(sent).isNotDone();
        assertThat(end.closedByClient()).contains(CloseReason.PROTOCOL);
    }
}
