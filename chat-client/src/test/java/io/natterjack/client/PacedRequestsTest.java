package io.natterjack.client;

import static io.natterjack.client.ClientFixture.LOBBY;
import static io.natterjack.client.ClientFixture.ack;
import static io.natterjack.client.ClientFixture.body;
import static io.natterjack.client.ClientFixture.cid;
import static io.natterjack.client.ClientFixture.failure;
import static io.natterjack.client.ClientFixture.live;
import static io.natterjack.client.ClientFixture.nextSend;
import static io.natterjack.client.ClientFixture.refusal;
import static io.natterjack.client.ClientFixture.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.Limits;
import io.natterjack.core.wire.ServerFrame;
import java.time.Duration;
import java.util.Collections;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How fast requests go, and how many at once. */
final class PacedRequestsTest {
    private final ClientFixture it = new ClientFixture();

    @Test
    void anHonestClientStaysBelowTheRate() {
        FakeServer.End end = it.online(new Limits(65_536, 32_768, 1_000, 20, 40));
        Room room = it.joined(end, 5);
        for (int i = 0; i < 200; i++) {
            send(room, "c" + i);
        }
        assertThat(answerAll(end)).isBetween(25, 38);
        int more = 0;
        for (int i = 0; i < 50; i++) {
            it.time.advance(Duration.ofMillis(100));
            more += answerAll(end);
        }
        assertThat(more).isBetween(80, 100);
    }

    private int answerAll(FakeServer.End end) {
        it.time.runAll();
        int count = 0;
        for (; end.hasNext(); count++) {
            ClientFrame.Send frame = end.next(ClientFrame.Send.class);
            end.say(ack(frame, frame.id()));
        }
        return count;
    }

    @Test
    void noMoreIsUnansweredThanTheServerTakesAtOnceSinceAStallMayPileItUp() {
        FakeServer.End end = it.online(new Limits(65_536, 32_768, 1_000, 20, 40));
        Room room = it.joined(end, 5);
        for (int i = 0; i < 200; i++) {
            send(room, "c" + i);
        }
        it.time.advance(Duration.ofSeconds(20));

        int count = 0;
        for (; end.hasNext(); count++) {
            end.next(ClientFrame.Send.class);
        }
        assertThat(count).isBetween(25, 40);
    }

    @Test
    void whenAStallIsOverTheServerDoesNotGetAnotherBurstBehindTheFirst() {
        FakeServer.End end = it.online(new Limits(65_536, 32_768, 1_000, 20, 40));
        Room room = it.joined(end, 5);
        for (int i = 0; i < 200; i++) {
            send(room, "c" + i);
        }
        it.time.advance(Duration.ofSeconds(20));

        assertThat(answerAll(end)).isBetween(25, 42);
    }

    @Test
    void whatIsLargerThanAFrameMayBeFailsAndCostsNoConnection() {
        FakeServer.End end = it.online(new Limits(2_048, 2_048, 64, 0, 0));
        Room room = it.joined(end, 5);
        CompletableFuture<Sent> large = room.send(cid("large"), body(String.join("", Collections.nCopies(2_000, "x"))))
                .toCompletableFuture();
        send(room, "small");
        nextSend(end, "small");

        assertThat(failure(large)).isInstanceOf(SendRefusedException.class).hasMessageContaining("too_large");
    }

    @Test
    void joinsThatGetNoAnswerSinceTheirRoomWasLeftTakeNothingFromThePace() {
        FakeServer.End end = it.online(new Limits(65_536, 32_768, 64, 20, 40));
        for (int i = 0; i < 40; i++) {
            joinAndLeaveUnanswered(end);
        }

        Room room = it.joined(end, 5);
        for (int i = 0; i < 30; i++) {
            send(room, "m" + i);
        }
        it.time.advance(Duration.ofSeconds(1));
        for (int i = 0; i < 30; i++) {
            nextSend(end, "m" + i);
        }
    }

    private void joinAndLeaveUnanswered(FakeServer.End end) {
        Room room = it.client.join(ClientFixture.ATTIC, it.recorder());
        it.time.advance(Duration.ofSeconds(1));
        end.next(ClientFrame.Join.class);
        room.leave();
        it.time.advance(Duration.ofSeconds(1));
        ClientFrame.Leave leave = end.next(ClientFrame.Leave.class);
        end.say(new ServerFrame.Left(leave.room(), ServerFrame.Left.Reason.QUIT));
        end.say(new ServerFrame.Ok(leave.id(), OptionalLong.empty()));
    }

    @Test
    void aJoinThatGetsNoAnswerSinceTheRoomWasJoinedAgainTakesNothingFromThePace() {
        FakeServer.End end = it.online(new Limits(65_536, 32_768, 64, 20, 40));
        for (int i = 0; i < 40; i++) {
            Room room = it.client.join(LOBBY, it.recorder());
            CompletableFuture<Sent> waits = send(room, "w" + i);
            it.time.advance(Duration.ofSeconds(1));
            end.next(ClientFrame.Join.class);
            room.leave(); // which waits for its message
            Room again = it.client.join(LOBBY, it.recorder());
            it.time.advance(Duration.ofSeconds(1));
            end.say(live(end.next(ClientFrame.Join.class).id(), LOBBY, 5));
            end.say(ack(nextSend(end, "w" + i), 6 + i));
            assertThat(waits).isCompleted();
            again.leave();
            it.time.advance(Duration.ofSeconds(1));
            end.say(new ServerFrame.Ok(end.next(ClientFrame.Leave.class).id(), OptionalLong.empty()));
        }

        Room room = it.joined(end, 5);
        for (int i = 0; i < 30; i++) {
            send(room, "m" + i);
        }
        it.time.advance(Duration.ofSeconds(1));
        for (int i = 0; i < 30; i++) {
            nextSend(end, "m" + i);
        }
    }

    @Test
    void afterARefusalForTheRateNothingIsSentBeforeItsTime() {
        FakeServer.End end = it.online(new Limits(65_536, 32_768, 64, 20, 40));
        Room lobby = it.joined(end, 5);
        Room attic = it.client.join(ClientFixture.ATTIC, new Cursor(1, 0), it.recorder());
        end.say(live(end.next(ClientFrame.Join.class).id(), ClientFixture.ATTIC, 0));
        send(lobby, "a");
        end.say(refusal(nextSend(end, "a"), ErrorCode.RATE_LIMITED, 2_000));
        send(attic, "b");
        it.time.advance(Duration.ofMillis(1_999));
        end.expectNothing();

        it.time.advance(Duration.ofSeconds(1));
        nextSend(end, "a");
        nextSend(end, "b");
    }
}
