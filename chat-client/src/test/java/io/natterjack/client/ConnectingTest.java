package io.natterjack.client;

import static io.natterjack.client.ClientFixture.ADA;
import static io.natterjack.client.ClientFixture.LOBBY;
import static io.natterjack.client.ClientFixture.LONG;
import static io.natterjack.client.ClientFixture.SESSION;
import static io.natterjack.client.ClientFixture.ack;
import static io.natterjack.client.ClientFixture.body;
import static io.natterjack.client.ClientFixture.live;
import static io.natterjack.client.ClientFixture.refusal;
import static io.natterjack.client.ClientFixture.welcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Page;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.Ping;
import io.natterjack.core.wire.Pong;
import io.natterjack.core.wire.RoomCursor;
import io.natterjack.core.wire.ServerFrame;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConnectingTest {
    private final ClientFixture it = new ClientFixture();

    private void pass(Duration time) {
        it.time.advance(time);
    }

    // Greeting.

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
        pass(Duration.ofSeconds(31));

        assertThat(it.tokensFetched).isEqualTo(2);
    }

    @Test
    void aServerThatDoesNotWelcomeInTimeIsGivenUp() {
        FakeServer.End end = it.connect();
        pass(Duration.ofSeconds(10));

        assertThat(end.closedByClient()).contains(CloseReason.HEARTBEAT);
        assertThat(it.client.state()).isEqualTo(ClientState.WAITING);
    }

    // Why there is no connection.

    @Test
    void whyThereIsNoConnectionIsToldOnceAndAgainWhenItIsForAnotherReason() {
        it.server.setUnreachable("nobody listens");
        it.client = it.builder.connect();
        pass(Duration.ofMinutes(5));
        assertThat(it.alarms).containsExactly("nobody listens");
        assertThat(it.client.ready().toCompletableFuture()).isNotDone();

        it.server.setUnreachable("unknown host");
        pass(Duration.ofMinutes(5));
        assertThat(it.alarms).containsExactly("nobody listens", "unknown host");
    }

    @Test
    void theSameReasonIsToldAgainAfterASession() {
        it.server.setUnreachable("nobody listens");
        it.client = it.builder.connect();
        pass(Duration.ofSeconds(1));
        it.server.setReachable(true);
        FakeServer.End end = it.reconnected();
        it.server.setUnreachable("nobody listens");
        end.close(CloseReason.ABNORMAL);
        pass(Duration.ofMinutes(1));

        assertThat(it.alarms).containsExactly("nobody listens", "nobody listens");
    }

    @Test
    void aConnectionThatIsLostIsNoAlarm() {
        it.online().close(CloseReason.DRAIN);
        it.reconnected();

        assertThat(it.alarms).isEmpty();
    }

    @Test
    void aServerThatConnectsAndSaysNothingIsTold() {
        it.connect();
        pass(Duration.ofSeconds(10));

        assertThat(it.alarms)
                .containsExactly(
                        "the server says nothing for 10 seconds after it was connected. Is a chat server there?");
    }

    @Test
    void aServerThatLetsNobodyInNowIsToldWithItsCode() {
        FakeServer.End end = it.connect();
        end.say(refusal(end.next(ClientFrame.Hello.class).id(), ErrorCode.UNAVAILABLE, 5_000));
        end.close(CloseReason.INTERNAL);

        assertThat(it.alarms).containsExactly("ws://chat.test/ lets this client in later: unavailable");
    }

    @Test
    void aConnectionThatEndsBeforeTheWelcomeIsToldWithWhatItsCodeMeans() {
        it.connect().close(CloseReason.of(4001));

        assertThat(it.alarms).singleElement().asString().endsWith("hands its clients over (4001)");
    }

    @Test
    void aClientThatIsNotLetInSaysWhatTheCodeMeans() {
        it.connect().close(CloseReason.AUTH);

        assertThat(it.alarms).isEmpty();
        assertThat(it.client.ready().toCompletableFuture())
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(ClientClosedException.class)
                .withMessageContaining("the client is closed: the token doesn't let in, or no more (4500)");
    }

    @Test
    void whatATokenSourceFailsWithIsNotRepeatedInAnAlarm() {
        CompletableFuture<String> failed = new CompletableFuture<>();
        failed.completeExceptionally(new IllegalStateException("eyJhbGciOi is no token"));
        it.nextToken = failed;
        it.client = it.builder.connect();
        pass(Duration.ofMinutes(5));

        assertThat(it.alarms).containsExactly("the token source failed: IllegalStateException");
    }

    // Coming back.

    @Test
    void pausesGrowButNeverBeyondThirtySeconds() {
        it.server.setReachable(false);
        it.client = it.builder.connect();
        pass(Duration.ofMillis(1_600));
        assertThat(it.server.attempts()).isBetween(2, 6);

        int before = it.server.attempts();
        pass(Duration.ofMinutes(10));
        assertThat(it.server.attempts() - before).isBetween(20, 70);
    }

    @Test
    void afterAGoodSessionThePauseIsShortAgain() {
        it.server.setReachable(false);
        it.client = it.builder.connect();
        pass(Duration.ofMinutes(2));
        it.server.setReachable(true);
        FakeServer.End end = it.reconnected();
        pass(Duration.ofSeconds(11));
        int before = it.server.connections();
        end.close(CloseReason.ABNORMAL);
        pass(Duration.ofMillis(501));

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
        pass(LONG);

        assertThat(it.client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(it.server.connections()).isEqualTo(1);
        assertThat(it.clientCalls).endsWith("CLOSED", "closed " + code);
        assertThat(it.client.closed().toCompletableFuture()).isCompletedWithValue(CloseReason.of(code));
    }

    @Test
    void aFreshTokenThatIsRefusedEndsTheClient() {
        it.connect().close(CloseReason.AUTH);
        pass(LONG);

        assertThat(it.client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(it.server.connections()).isEqualTo(1);
    }

    @Test
    void anErrorThatRefusesAFreshTokenEndsTheClientWhateverTheCloseCode() {
        FakeServer.End end = it.connect();
        end.say(refusal(end.next(ClientFrame.Hello.class).id(), ErrorCode.UNAUTHORIZED));
        end.close(CloseReason.ABNORMAL);
        pass(LONG);

        assertThat(it.client.closed().toCompletableFuture()).isCompletedWithValue(CloseReason.AUTH);
        assertThat(it.client.ready().toCompletableFuture()).isCompletedExceptionally();
    }

    @Test
    void aTokenThatRanOutIsFollowedByOneAttemptWithANewOne() {
        it.online().close(CloseReason.AUTH);
        FakeServer.End second = it.nextConnection();
        assertThat(it.tokensFetched).isEqualTo(2);

        second.close(CloseReason.AUTH);
        pass(LONG);
        assertThat(it.client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(it.tokensFetched).isEqualTo(2);
    }

    @Test
    void aTokenThatHasExpiredBeforeItCameIsFollowedByOneAttemptWithANewOne() {
        expire(it.connect());
        expire(it.nextConnection());
        pass(LONG);

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

        pass(Duration.ofMillis(4_999));
        assertThat(it.server.connections()).isEqualTo(1);
        pass(Duration.ofMillis(1));
        assertThat(it.server.connections()).isEqualTo(2);
    }

    // Alive.

    @Test
    void aPingIsAnswered() {
        FakeServer.End end = it.online();
        end.say(new Ping());

        end.next(Pong.class);
    }

    @Test
    void aSilentServerIsGivenUpTenSecondsAfterItsHeartbeat() {
        FakeServer.End end = it.online();
        pass(Duration.ofMillis(34_999));
        assertThat(end.closedByClient()).isEmpty();

        pass(Duration.ofMillis(1));
        assertThat(end.closedByClient()).contains(CloseReason.HEARTBEAT);
        assertThat(it.client.state()).isNotEqualTo(ClientState.ONLINE);
    }

    @Test
    void anyFrameIsASignOfLifeEvenOneOfUnknownType() {
        FakeServer.End end = it.online();
        pass(Duration.ofSeconds(30));
        end.sayText("{\"t\":\"news\",\"x\":1}");
        pass(Duration.ofSeconds(30));

        assertThat(it.client.state()).isEqualTo(ClientState.ONLINE);
        assertThat(end.closedByClient()).isEmpty();
    }

    @Test
    void aServerThatDoesNotSpeakTheProtocolIsLeftAndTriedAgain() {
        FakeServer.End end = it.online();
        end.sayText("{\"t\":\"ev\"}");
        assertThat(end.closedByClient()).contains(CloseReason.PROTOCOL);

        it.reconnected();
        assertThat(it.client.state()).isEqualTo(ClientState.ONLINE);
    }

    // A newer token for a live connection.

    @Test
    void anExpiringTokenIsReplacedOnTheLiveConnection() {
        FakeServer.End end = it.online();
        it.nextToken = CompletableFuture.completedFuture("newer");
        end.say(new ServerFrame.Expiring(Duration.ofSeconds(60)));

        assertThat(end.next(ClientFrame.Auth.class).token()).isEqualTo("newer");
        assertThat(it.server.connections()).isEqualTo(1);
    }

    @Test
    void whenThereIsNoNewTokenTheSourceIsAskedAgain() {
        FakeServer.End end = it.online();
        CompletableFuture<String> failed = new CompletableFuture<>();
        failed.completeExceptionally(new IllegalStateException("no network"));
        it.nextToken = failed;
        end.say(new ServerFrame.Expiring(Duration.ofSeconds(60)));
        it.nextToken = CompletableFuture.completedFuture("newer");
        pass(Duration.ofSeconds(1));

        assertThat(end.next(ClientFrame.Auth.class).token()).isEqualTo("newer");
        assertThat(it.clientCalls).contains("alarm");
    }

    @Test
    void tokensThatExpireAsSoonAsTheyComeAreNotFetchedOneAfterAnother() {
        FakeServer.End end = it.online();
        end.say(new ServerFrame.Expiring(Duration.ofSeconds(30)));
        end.say(new ServerFrame.Ok(end.next(ClientFrame.Auth.class).id(), OptionalLong.empty()));
        end.say(new ServerFrame.Expiring(Duration.ofSeconds(30)));
        pass(Duration.ofMillis(14_999));
        end.expectNothing();

        pass(Duration.ofMillis(1));
        end.say(new ServerFrame.Ok(end.next(ClientFrame.Auth.class).id(), OptionalLong.empty()));
        end.say(new ServerFrame.Expiring(Duration.ZERO));
        pass(Duration.ofMillis(4_999));
        end.expectNothing();
        pass(Duration.ofMillis(1));
        end.next(ClientFrame.Auth.class);
    }

    // Changing servers.

    @Test
    void aDrainedClientOpensANewConnectionWithinTheWindowBeforeItLeavesTheOld() {
        FakeServer.End old = it.online();
        it.joined(old, 5);
        old.say(new ServerFrame.Drain(Duration.ofSeconds(1), Duration.ofSeconds(4)));
        pass(Duration.ofMillis(999));
        assertThat(it.server.connections()).isEqualTo(1);
        pass(Duration.ofMillis(4_002));
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
        pass(Duration.ofMillis(19_990));
        assertThat(it.server.connections()).isEqualTo(1);
        pass(Duration.ofMillis(20));
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
        pass(Duration.ofSeconds(1));
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

    private FakeServer.End drained(FakeServer.End old) {
        old.say(new ServerFrame.Drain(Duration.ZERO, Duration.ZERO));
        pass(Duration.ofMillis(1));
        assertThat(it.server.last()).isNotSameAs(old);
        return it.server.last();
    }

    // The end.

    @Test
    void closingSaysGoodbyeAndFailsWhatIsOpen() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        CompletionStage<Sent> sent = room.send(body("hello"));
        end.next(ClientFrame.Send.class);
        CompletionStage<Page> page = room.latest(10);
        end.next(ClientFrame.History.class);
        it.client.close();

        end.next(ClientFrame.Bye.class);
        assertThat(end.closedByClient()).contains(CloseReason.NORMAL);
        assertThat(sent.toCompletableFuture()).isCompletedExceptionally();
        assertThat(page.toCompletableFuture()).isCompletedExceptionally();
        assertThat(it.clientCalls).endsWith("CLOSED", "closed 1000");
    }

    @Test
    void closingTwiceDoesNothingMore() {
        it.online();
        it.client.close();
        it.client.close();
        it.time.runAll();

        assertThat(it.clientCalls).containsExactly("CONNECTING", "ONLINE", "CLOSED", "closed 1000");
    }

    @Test
    void aClientClosedWhileItConnectsLetsGoOfWhatTheConnectorBrings() {
        it.client = it.builder.connect();
        it.client.close();
        pass(LONG);

        assertThat(it.client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(it.server.connections()).isZero();
    }

    @Test
    void aClientClosedWhileItWaitsDoesNotComeBack() {
        it.online().close(CloseReason.ABNORMAL);
        it.client.close();
        pass(LONG);

        assertThat(it.server.connections()).isEqualTo(1);
        assertThat(it.time.waitingTimers()).isZero();
    }

    @Test
    void whatIsOpenFailsEvenIfTheListenerExecutorIsGone() {
        AtomicBoolean gone = new AtomicBoolean();
        it.listenersOn(task -> {
            if (gone.get()) {
                throw new RejectedExecutionException("shut down");
            }
            it.time.execute(task);
        });
        CompletionStage<Sent> sent = it.joined(it.online(), 5).send(body("hello"));
        gone.set(true);
        it.client.close();
        it.time.runAll();

        assertThat(sent.toCompletableFuture()).isCompletedExceptionally();
        assertThat(it.client.closed().toCompletableFuture()).isCompletedWithValue(CloseReason.NORMAL);
    }

    @Test
    void aClosedClientTakesNoMessagesAndNoRooms() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        it.client.close();
        it.time.runAll();

        assertThat(room.send(body("late")).toCompletableFuture()).isCompletedExceptionally();
        assertThatIllegalStateException().isThrownBy(() -> it.client.join(ClientFixture.ATTIC, message -> {}));
    }

    @Test
    void onlyWebSocketAddressesAreTaken() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChatClient.builder(URI.create("http://chat.test/"), () -> it.nextToken))
                .withMessageContaining("http://chat.test/");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChatClient.builder(URI.create("ws://chat.test:99999/"), () -> it.nextToken))
                .withMessageContaining("99999");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChatClient.builder(URI.create("ws:///chat"), () -> it.nextToken))
                .withMessage("server must be ws://host or wss://host, was ws:/chat");
    }

    @Test
    void aHostWithAnUnderscoreIsRefusedForWhatIsWrongWithIt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChatClient.builder(URI.create("ws://my_host:8080/chat"), () -> it.nextToken))
                .withMessageStartingWith("the host of ws://my_host:8080/chat can't be read: a host's name has letters");
    }

    @Test
    void whatAQuestionCanNotHaveIsRefusedAtOnce() {
        it.online();

        assertThatIllegalArgumentException().isThrownBy(() -> it.client.members(LOBBY, Optional.empty(), 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> it.client.search("x", Collections.nCopies(101, LOBBY), Optional.empty(), 10));
    }

    @Test
    void ofNoRoomsNothingIsAsked() {
        FakeServer.End end = it.online();

        assertThat(it.client.inbox(Collections.emptyList()).toCompletableFuture())
                .isCompletedWithValue(Collections.emptyList());
        end.expectNothing();
    }
}
