package io.natterjack.client;

import static io.natterjack.client.ClientFixture.ADA;
import static io.natterjack.client.ClientFixture.LOBBY;
import static io.natterjack.client.ClientFixture.LONG;
import static io.natterjack.client.ClientFixture.SESSION;
import static io.natterjack.client.ClientFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.RoomCursor;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a client gets a session, and comes back when it is lost. */
final class ConnectingTest {
    private final ClientFixture it = new ClientFixture();

    @Test
    void theClientIsOnlineWhenTheServerWelcomesIt() {
        it.online();

        assertThat(it.clientCalls).containsExactly("CONNECTING", "ONLINE");
        assertThat(it.client.state()).isEqualTo(ClientState.ONLINE);
        assertThat(it.client.user()).contains(ADA);
        assertThat(it.client.session()).contains(SESSION);
        assertThat(it.client.ready().toCompletableFuture()).isCompletedWithValue(ADA);
    }

    @Test
    void theHelloNamesTokenAndDeviceAndAtFirstNoSession() {
        ClientFrame.Hello hello = it.connect().next(ClientFrame.Hello.class);

        assertThat(hello.token()).isEqualTo("token");
        assertThat(hello.device().value()).isEqualTo("device");
        assertThat(hello.session()).isEmpty();
    }

    @Test
    void theNextHelloNamesTheSessionAndTheRoomsWithTheirCursors() {
        FakeServer.End first = it.online();
        it.joined(first, 5);
        first.close(CloseReason.ABNORMAL);

        ClientFrame.Hello hello = it.nextConnection().next(ClientFrame.Hello.class);
        assertThat(hello.session()).contains(SESSION);
        assertThat(hello.rooms()).containsExactly(new RoomCursor(LOBBY, Optional.of(new Cursor(1, 5))));
    }

    @Test
    void aTokenIsFetchedForEachConnection() {
        it.online().close(CloseReason.ABNORMAL);
        it.reconnected();

        assertThat(it.tokensFetched).isEqualTo(2);
    }

    @Test
    void aTokenSourceThatFailsIsAskedAgainAfterAPause() {
        CompletableFuture<String> failed = new CompletableFuture<>();
        failed.completeExceptionally(new IllegalStateException("no network"));
        it.nextToken = failed;
        it.client = it.builder.connect();
        it.time.runAll();
        assertThat(it.clientCalls).containsExactly("CONNECTING", "alarm", "WAITING");

        it.nextToken = CompletableFuture.completedFuture("token");
        it.reconnected();
        assertThat(it.client.state()).isEqualTo(ClientState.ONLINE);
    }

    @Test
    void aTokenSourceThatNeverAnswersIsAskedAgain() {
        it.nextToken = new CompletableFuture<>();
        it.client = it.builder.connect();
        it.time.advance(Duration.ofSeconds(31));

        assertThat(it.tokensFetched).isEqualTo(2);
    }

    @Test
    void aServerThatDoesNotWelcomeInTimeIsGivenUp() {
        FakeServer.End end = it.connect();
        it.time.advance(Duration.ofSeconds(10));

        assertThat(end.closedByClient()).contains(CloseReason.HEARTBEAT);
        assertThat(it.client.state()).isEqualTo(ClientState.WAITING);
    }

    @Test
    void pausesGrowButNeverBeyondThirtySeconds() {
        it.server.setReachable(false);
        it.client = it.builder.connect();
        it.time.advance(Duration.ofMillis(1_600));
        assertThat(it.server.attempts()).isBetween(2, 6);

        int before = it.server.attempts();
        it.time.advance(Duration.ofMinutes(10));
        assertThat(it.server.attempts() - before).isBetween(20, 70);
    }

    @Test
    void afterAGoodSessionThePauseIsShortAgain() {
        it.server.setReachable(false);
        it.client = it.builder.connect();
        it.time.advance(Duration.ofMinutes(2));
        it.server.setReachable(true);
        FakeServer.End end = it.reconnected();
        it.time.advance(Duration.ofSeconds(11));
        int before = it.server.connections();
        end.close(CloseReason.ABNORMAL);
        it.time.advance(Duration.ofMillis(501));

        assertThat(it.server.connections()).isEqualTo(before + 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1001, 1006, 1011, 4000, 4001, 4002, 4003, 4005, 4499})
    void aCloseThatDoesNotSayStopIsFollowedByAnotherConnection(int code) {
        it.online().close(CloseReason.of(code));
        assertThat(it.client.state()).isEqualTo(ClientState.WAITING);

        it.reconnected();
        assertThat(it.client.state()).isEqualTo(ClientState.ONLINE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1008, 4501, 4502, 4503, 4504})
    void aCloseThatSaysStopEndsTheClient(int code) {
        it.online().close(CloseReason.of(code));
        it.time.advance(LONG);

        assertThat(it.client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(it.server.connections()).isEqualTo(1);
        assertThat(it.clientCalls).endsWith("CLOSED", "closed " + code);
        assertThat(it.client.closed().toCompletableFuture()).isCompletedWithValue(CloseReason.of(code));
    }

    @Test
    void aFreshTokenThatIsRefusedEndsTheClient() {
        it.connect().close(CloseReason.AUTH);
        it.time.advance(LONG);

        assertThat(it.client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(it.server.connections()).isEqualTo(1);
    }

    @Test
    void anErrorThatRefusesAFreshTokenEndsTheClientWhateverTheCloseCode() {
        FakeServer.End end = it.connect();
        end.say(refusal(end.next(ClientFrame.Hello.class).id(), ErrorCode.UNAUTHORIZED));
        end.close(CloseReason.ABNORMAL);
        it.time.advance(LONG);

        assertThat(it.client.closed().toCompletableFuture()).isCompletedWithValue(CloseReason.AUTH);
        assertThat(it.client.ready().toCompletableFuture()).isCompletedExceptionally();
    }

    @Test
    void aTokenThatRanOutIsFollowedByOneAttemptWithANewOne() {
        it.online().close(CloseReason.AUTH);
        FakeServer.End second = it.nextConnection();
        assertThat(it.tokensFetched).isEqualTo(2);

        second.close(CloseReason.AUTH);
        it.time.advance(LONG);
        assertThat(it.client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(it.tokensFetched).isEqualTo(2);
    }

    @Test
    void aTokenThatHasExpiredBeforeItCameIsFollowedByOneAttemptWithANewOne() {
        expire(it.connect());
        expire(it.nextConnection());
        it.time.advance(LONG);

        assertThat(it.tokensFetched).isEqualTo(2);
        assertThat(it.client.closed().toCompletableFuture()).isCompletedWithValue(CloseReason.AUTH);
    }

    private static void expire(FakeServer.End end) {
        end.say(refusal(end.next(ClientFrame.Hello.class).id(), ErrorCode.TOKEN_EXPIRED));
        end.close(CloseReason.AUTH);
    }

    @Test
    void aTokenThatIsNoneIsTakenForNoTokenNow() {
        for (String bad : new String[] {null, "a\0b", "\ud800"}) {
            ClientFixture fixture = new ClientFixture();
            fixture.nextToken = CompletableFuture.completedFuture(bad);
            fixture.client = fixture.builder.connect();
            fixture.time.runAll();
            assertThat(fixture.clientCalls).containsExactly("CONNECTING", "alarm", "WAITING");

            fixture.nextToken = CompletableFuture.completedFuture("token");
            fixture.reconnected();
        }
    }

    @Test
    void aServerThatCannotTellNowIsAskedAgainNotBeforeItSaid() {
        FakeServer.End end = it.connect();
        end.say(refusal(end.next(ClientFrame.Hello.class).id(), ErrorCode.UNAVAILABLE, 5_000));
        end.close(CloseReason.INTERNAL);

        it.time.advance(Duration.ofMillis(4_999));
        assertThat(it.server.connections()).isEqualTo(1);
        it.time.advance(Duration.ofMillis(1));
        assertThat(it.server.connections()).isEqualTo(2);
    }

    @Test
    void aServerThatDoesNotSpeakTheProtocolIsLeftAndTriedAgain() {
        FakeServer.End end = it.online();
        end.sayText("{\"t\":\"ev\"}");
        assertThat(end.closedByClient()).contains(CloseReason.PROTOCOL);

        it.reconnected();
        assertThat(it.client.state()).isEqualTo(ClientState.ONLINE);
    }
}
