package io.natterjack.client;

import static io.natterjack.client.ClientFixture.ADA;
import static io.natterjack.client.ClientFixture.LOBBY;
import static io.natterjack.client.ClientFixture.SESSION;
import static io.natterjack.client.ClientFixture.ack;
import static io.natterjack.client.ClientFixture.body;
import static io.natterjack.client.ClientFixture.live;
import static io.natterjack.client.ClientFixture.welcome;
import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.CloseReason;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ServerFrame;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** How a client changes from a server that drains to another. */
final class DrainTest {
    private final ClientFixture it = new ClientFixture();

    private FakeServer.End drained(FakeServer.End old) {
        old.say(new ServerFrame.Drain(Duration.ZERO, Duration.ZERO));
        it.time.advance(Duration.ofMillis(1));
        assertThat(it.server.last()).isNotSameAs(old);
        return it.server.last();
    }

    @Test
    void aDrainedClientOpensANewConnectionWithinTheWindowBeforeItLeavesTheOld() {
        FakeServer.End old = it.online();
        it.joined(old, 5);
        old.say(new ServerFrame.Drain(Duration.ofSeconds(1), Duration.ofSeconds(4)));
        it.time.advance(Duration.ofMillis(999));
        assertThat(it.server.connections()).isEqualTo(1);
        it.time.advance(Duration.ofMillis(4_002));
        assertThat(it.server.connections()).isEqualTo(2);
        assertThat(old.closedByClient()).isEmpty();

        old.say(ClientFixture.events(6, 6));
        welcome(it.server.last());
        assertThat(old.closedByClient()).contains(CloseReason.NORMAL);
        assertThat(it.roomCalls).containsExactly("joined 5", "m6");
        assertThat(it.clientCalls).containsExactly("CONNECTING", "ONLINE");
    }

    @Test
    void aServerThatClosesBeforeTheMomentOfTheDrainIsLeftAloneUntilThen() {
        FakeServer.End old = it.online();
        old.say(new ServerFrame.Drain(Duration.ofSeconds(20), Duration.ZERO));
        old.close(CloseReason.DRAIN);
        it.time.advance(Duration.ofMillis(19_990));
        assertThat(it.server.connections()).isEqualTo(1);
        it.time.advance(Duration.ofMillis(20));
        assertThat(it.server.connections()).isEqualTo(2);
    }

    @Test
    void whatWasNotAcknowledgedGoesOutAgainOnTheNewConnection() {
        FakeServer.End old = it.online();
        Room room = it.joined(old, 5);
        CompletionStage<Sent> sent = room.send(body("hello"));
        ClientFrame.Send first = old.next(ClientFrame.Send.class);
        FakeServer.End fresh = drained(old);
        ClientFrame.Hello hello = welcome(fresh);
        fresh.say(live(hello.id(), LOBBY, 5));

        ClientFrame.Send again = fresh.next(ClientFrame.Send.class);
        assertThat(again.clientId()).isEqualTo(first.clientId());
        assertThat(again.isResend()).isTrue();
        fresh.say(ack(again, 6));
        assertThat(sent.toCompletableFuture()).isCompleted();
    }

    @Test
    void eventsThatTheOldConnectionBroughtMeanwhileAreNotShownAgain() {
        FakeServer.End old = it.online();
        it.joined(old, 5);
        FakeServer.End fresh = drained(old);
        ClientFrame.Hello hello = fresh.next(ClientFrame.Hello.class);
        old.say(ClientFixture.events(6, 7));
        fresh.say(new ServerFrame.Welcome(
                hello.id(), SESSION, ADA, 0, 25_000, ClientFixture.LIMITS, OptionalLong.empty()));
        fresh.say(ClientFixture.joined(hello.id(), LOBBY, ServerFrame.Joined.Mode.REPLAY, 8, 5));
        fresh.say(ClientFixture.events(6, 8));

        assertThat(it.roomCalls).containsExactly("joined 5", "m6", "m7", "joined 7", "m8");
    }

    @Test
    void theOldConnectionServesOnIfTheNewOneCannotBeHad() {
        FakeServer.End old = it.online();
        it.joined(old, 5);
        it.server.setReachable(false);
        old.say(new ServerFrame.Drain(Duration.ZERO, Duration.ZERO));
        it.time.advance(Duration.ofSeconds(1));
        old.say(ClientFixture.events(6, 6));
        assertThat(it.roomCalls).containsExactly("joined 5", "m6");
        assertThat(it.client.state()).isEqualTo(ClientState.ONLINE);

        it.server.setReachable(true);
        old.close(CloseReason.DRAIN);
        it.reconnected();
        assertThat(it.client.state()).isEqualTo(ClientState.ONLINE);
    }

    @Test
    void beingReplacedByItsOwnNewConnectionDoesNotEndTheClient() {
        FakeServer.End old = it.online();
        FakeServer.End fresh = drained(old);
        old.close(CloseReason.REPLACED);
        assertThat(it.client.state()).isEqualTo(ClientState.CONNECTING);

        welcome(fresh);
        assertThat(it.client.state()).isEqualTo(ClientState.ONLINE);
    }

    @Test
    void beingReplacedByItsOwnNewConnectionThatWasLostDoesNotEndTheClientEither() {
        FakeServer.End old = it.online();
        drained(old).close(CloseReason.ABNORMAL);
        old.close(CloseReason.REPLACED);
        assertThat(it.client.state()).isEqualTo(ClientState.WAITING);

        it.reconnected().close(CloseReason.REPLACED);
        assertThat(it.client.state()).isEqualTo(ClientState.CLOSED);
    }
}
