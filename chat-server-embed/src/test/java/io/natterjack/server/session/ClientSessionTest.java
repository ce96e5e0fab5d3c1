package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.DeviceId;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthRequest;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.core.spi.ConnectionListener;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.Limits;
import io.natterjack.core.wire.Ping;
import io.natterjack.core.wire.Pong;
import io.natterjack.core.wire.RoomCursor;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerFrame.Joined.Mode;
import io.natterjack.server.InMemoryStore;
import io.natterjack.server.engine.GroupCommitQueue;
import io.natterjack.server.engine.LocalRouter;
import io.natterjack.server.engine.StoreReads;
import io.natterjack.testkit.FaultyStore;
import io.natterjack.testkit.ManualScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Sessions over a real engine on manual time: token {@code ada} is user ada, {@code ada@60} expires in 60 seconds. */
final class ClientSessionTest {
    private static final RoomId LOBBY = new RoomId("lobby");
    private static final Limits LIMITS = new Limits(64 << 10, MessageBody.MAX_BYTES, 64, 20, 40);

    private final ManualScheduler time = new ManualScheduler();
    private final FaultyStore store = new FaultyStore(new InMemoryStore());
    private final AtomicInteger sessionIds = new AtomicInteger();
    private Function<AuthRequest, CompletionStage<AuthResult>> auth = this::byName;
    private final LocalRouter router = new LocalRouter(store, time, time, time, LocalRouter.Bounds.DEFAULT);
    private final Sessions sessions = sessions(LIMITS);

    private Sessions sessions(Limits limits) {
        return new Sessions(new SessionContext(
                request -> auth.apply(request),
                new GroupCommitQueue(store, router, time, time, GroupCommitQueue.Bounds.DEFAULT),
                router,
                new StoreReads(store, time),
                time,
                time,
                () -> new SessionId("s" + sessionIds.incrementAndGet()),
                256 << 10,
                SessionSettings.defaults(limits)));
    }

    private CompletionStage<AuthResult> byName(AuthRequest request) {
        String[] parts = request.token().split("@", 2);
        UserId user = new UserId(parts[0]);
        if (parts[0].equals("mallory")) {
            return CompletableFuture.completedFuture(AuthResult.refused("not known"));
        }
        if (parts.length == 1) {
            return CompletableFuture.completedFuture(AuthResult.accepted(Principal.of(user)));
        }
        Instant expiry = Instant.ofEpochMilli(time.wallMillis() + 1_000 * Long.parseLong(parts[1]));
        return CompletableFuture.completedFuture(AuthResult.accepted(Principal.until(user, expiry)));
    }

    // Coming in.

    @Test
    void whoSaysHelloWithAGoodTokenIsWelcome() {
        Client client = new Client();
        client.hello("ada");
        ServerFrame.Welcome welcome = client.next(ServerFrame.Welcome.class);
        assertThat(welcome.id()).isEqualTo(1);
        assertThat(welcome.user()).isEqualTo(new UserId("ada"));
        assertThat(welcome.limits()).isEqualTo(LIMITS);
        assertThat(welcome.heartbeat()).isEqualTo(25_000);
        assertThat(sessions.count()).isEqualTo(1);
    }

    @Test
    void aWrongTokenIsRefusedAndTheConnectionClosed() {
        Client client = new Client();
        client.hello("mallory");
        assertThat(client.next(ServerFrame.Refused.class).code()).isEqualTo(ErrorCode.UNAUTHORIZED);
        assertThat(client.closed()).contains(CloseReason.AUTH);
        assertThat(sessions.count()).isZero();
    }

    @Test
    void aTokenThatHasExpiredIsRefusedAsSuch() {
        auth = request -> CompletableFuture.completedFuture(AuthResult.expired());
        Client client = new Client();
        client.hello("ada");
        assertThat(client.next(ServerFrame.Refused.class).code()).isEqualTo(ErrorCode.TOKEN_EXPIRED);
        assertThat(client.closed()).contains(CloseReason.AUTH);
    }

    @Test
    void aVerifierThatFailsMeansComeBack() {
        auth = request -> {
            throw new IllegalStateException("planted");
        };
        Client client = new Client();
        client.hello("ada");
        assertThat(client.next(ServerFrame.Refused.class).retry()).isPresent();
        assertThat(client.closed()).contains(CloseReason.INTERNAL);
    }

    @Test
    void aVerifierThatNeverAnswersMeansComeBack() {
        auth = request -> new CompletableFuture<>();
        Client client = new Client();
        client.hello("ada");
        time.advance(Duration.ofSeconds(10));
        assertThat(client.closed()).contains(CloseReason.INTERNAL);
    }

    @Test
    void whoSaysNothingIsClosed() {
        Client client = new Client();
        time.advance(Duration.ofSeconds(10));
        assertThat(client.closed()).contains(CloseReason.HEARTBEAT);
    }

    @Test
    void aFrameBeforeHelloBreaksTheProtocol() {
        Client client = new Client();
        client.send(new ClientFrame.Join(1, LOBBY, Optional.empty(), 0));
        assertThat(client.closed()).contains(CloseReason.PROTOCOL);
    }

    @Test
    void rubbishBeforeHelloBreaksTheProtocol() {
        Client client = new Client();
        client.text("hello?");
        assertThat(client.next(ServerFrame.Refused.class).code()).isEqualTo(ErrorCode.BAD_FRAME);
        assertThat(client.closed()).contains(CloseReason.PROTOCOL);
    }

    @Test
    void aSecondHelloBreaksTheProtocol() {
        Client client = welcome("ada");
        client.hello("ada");
        client.next(ServerFrame.Refused.class);
        assertThat(client.closed()).contains(CloseReason.PROTOCOL);
    }

    @Test
    void whatIsPipelinedBehindHelloWaitsUntilTheUserIsKnown() {
        CompletableFuture<AuthResult> answer = new CompletableFuture<>();
        auth = request -> answer;
        Client client = new Client();
        client.hello("ada");
        client.send(new ClientFrame.Join(2, LOBBY, Optional.empty(), 0));
        client.message("c1", "hi");
        time.runAll();
        assertThat(client.rest()).isEmpty();

        answer.complete(AuthResult.accepted(Principal.of(new UserId("ada"))));
        time.runAll();
        client.next(ServerFrame.Welcome.class);
        assertThat(client.rest())
                .extracting(frame -> (Object) frame.getClass())
                .contains(ServerFrame.Joined.class, ServerFrame.Ack.class, ServerFrame.Ev.class);
    }

    @Test
    void theRoomsOfHelloAreJoined() {
        Client writer = joined("ada");
        writer.message("c1", "hi");
        Cursor head = writer.next(ServerFrame.Ev.class).events().get(0).at();

        Client client = new Client();
        client.send(new ClientFrame.Hello(
                1,
                "bob",
                new DeviceId("d"),
                Optional.empty(),
                List.of(new RoomCursor(LOBBY, Optional.of(new Cursor(head.epoch(), 0))))));
        client.next(ServerFrame.Welcome.class);
        assertThat(client.next(ServerFrame.Joined.class).mode()).isEqualTo(Mode.REPLAY);
        assertThat(client.next(ServerFrame.Ev.class).events()).hasSize(1);
    }

    @Test
    void aNewerConnectionOfTheSameSessionReplacesTheOlder() {
        Client old = new Client();
        old.hello("ada");
        SessionId session = old.next(ServerFrame.Welcome.class).session();
        Client newer = new Client();
        newer.send(new ClientFrame.Hello(1, "ada", new DeviceId("d"), Optional.of(session), List.of()));
        newer.next(ServerFrame.Welcome.class);
        assertThat(old.closed()).contains(CloseReason.REPLACED);
    }

    @Test
    void nobodyReplacesAnotherUsersSession() {
        Client old = new Client();
        old.hello("ada");
        SessionId session = old.next(ServerFrame.Welcome.class).session();
        Client other = new Client();
        other.send(new ClientFrame.Hello(1, "bob", new DeviceId("d"), Optional.of(session), List.of()));
        other.next(ServerFrame.Welcome.class);
        assertThat(old.closed()).isEmpty();
    }

    @Test
    void whoHasSeenMoreThanThisProcessIsNotSetBackIfTheStoreHasIt() {
        Client ada = joined("ada");
        for (int i = 0; i < 3; i++) {
            store.append(List.of(new Draft(LOBBY, new UserId("eve"), new ClientId("e" + i), MessageBody.text("x"))));
        }
        ServerFrame.Joined joined = rejoin(new Cursor(epoch(), 3));
        assertThat(joined.mode()).isEqualTo(Mode.LIVE);
        assertThat(joined.base()).isEmpty();
        time.advance(Duration.ofSeconds(2));
        assertThat(seqs(ada.rest())).containsExactly(1L, 2L, 3L);
    }

    @Test
    void sendsBehindAJoinThatCanNotBeServedNowMayBeRepeated() {
        Client ada = welcome("ada");
        store.away(true);
        ada.listener.received(FrameCodec.encode(new ClientFrame.Join(2, LOBBY, Optional.empty(), 0))
                .text());
        ada.message("c1", "hi");
        assertThat(all(ServerFrame.Refused.class, ada.rest()))
                .extracting(ServerFrame.Refused::code)
                .containsExactly(ErrorCode.UNAVAILABLE, ErrorCode.UNAVAILABLE);
        store.away(false);
        ada.send(new ClientFrame.Join(3, LOBBY, Optional.empty(), 0));
        ada.message("c1", "hi");
        assertThat(all(ServerFrame.Ack.class, ada.rest())).hasSize(1);
    }

    @Test
    void sendsBehindAJoinAreAnsweredAlsoIfTheClientLeavesAtOnce() {
        Client ada = welcome("ada");
        for (int i = 0; i < 3; i++) {
            ada.queue(new ClientFrame.Join(0, LOBBY, Optional.empty(), 0));
            ada.queue(new ClientFrame.Send(0, LOBBY, new ClientId("m" + i), MessageBody.text("hi"), false));
            ada.queue(new ClientFrame.Leave(0, LOBBY));
        }
        time.runAll();
        assertThat(all(ServerFrame.Ack.class, ada.rest()))
                .extracting(ack -> ack.clientId().value())
                .containsExactly("m0", "m1", "m2");
    }

    @Test
    void leavingAndJoiningAgainOvertakesNothing() {
        Client ada = joined("ada");
        store.away(true);
        ada.message("a", "1");
        time.advance(Duration.ofSeconds(2));
        store.away(false);
        ada.send(new ClientFrame.Leave(0, LOBBY));
        ada.send(new ClientFrame.Join(0, LOBBY, Optional.empty(), 0));
        ada.message("b", "2");
        assertThat(all(ServerFrame.Ack.class, ada.rest())).isEmpty();
        ada.message("a", "1");
        ada.message("b", "2");
        assertThat(all(ServerFrame.Ack.class, ada.rest()))
                .extracting(ack -> ack.clientId().value())
                .containsExactly("a", "b");
    }

    @Test
    void whoWasLostWhileTheTokenWasVerifiedLeavesNothingBehind() {
        CompletableFuture<AuthResult> answer = new CompletableFuture<>();
        auth = request -> answer;
        Client client = new Client();
        client.send(new ClientFrame.Hello(
                1, "ada", new DeviceId("d"), Optional.empty(), List.of(new RoomCursor(LOBBY, Optional.empty()))));
        client.connection.fill();
        Instant expiry = Instant.ofEpochMilli(time.wallMillis() + 3_600_000);
        answer.complete(AuthResult.accepted(Principal.until(new UserId("ada"), expiry)));
        time.runAll();
        client.listener.closed(CloseReason.ABNORMAL);
        time.runAll();
        assertThat(sessions.count()).isZero();
        assertThat(time.waitingTimers()).isZero();
        assertThat(client.connection.refusedFrames).as("only the welcome").isEqualTo(1);
    }

    @Test
    void whoComesAndGoesLeavesNoTimerBehind() {
        for (int i = 0; i < 20; i++) {
            Client client = welcome("ada@600");
            client.send(new ClientFrame.Auth(2, "ada@900"));
            client.listener.closed(CloseReason.ABNORMAL);
            new Client().listener.closed(CloseReason.ABNORMAL);
            time.runAll();
        }
        assertThat(time.waitingTimers()).isZero();
    }

    // Tokens that expire.

    @Test
    void aTokenThatExpiresInTheYear9999OrNeverIsAsGoodAsAnyOther() {
        for (Instant expiry : List.of(Instant.parse("9999-12-31T23:59:59Z"), Instant.MAX)) {
            auth = request ->
                    CompletableFuture.completedFuture(AuthResult.accepted(Principal.until(new UserId("ada"), expiry)));
            Client ada = joined("ada");
            ada.message("c" + expiry.getEpochSecond(), "hi");
            assertThat(all(ServerFrame.Ack.class, ada.rest())).hasSize(1);
        }
    }

    @Test
    void aVerifierThatReturnsNothingMeansComeBack() {
        auth = request -> null;
        Client client = new Client();
        client.hello("ada");
        assertThat(client.closed()).contains(CloseReason.INTERNAL);
    }

    @Test
    void aClientIsWarnedBeforeItsTokenExpiresAndClosedAWhileAfter() {
        Client client = welcome("ada@600");
        for (int i = 0; i < 53; i++) {
            time.advance(Duration.ofSeconds(10));
            keepAlive(client);
        }
        time.advance(Duration.ofSeconds(9));
        assertThat(client.rest()).isEmpty();
        time.advance(Duration.ofSeconds(1));
        assertThat(client.next(ServerFrame.Expiring.class).in()).isEqualTo(Duration.ofSeconds(60));
        for (int i = 0; i < 8; i++) {
            keepAlive(client);
            time.advance(Duration.ofSeconds(10));
        }
        assertThat(client.closed()).isEmpty();
        time.advance(Duration.ofSeconds(5));
        assertThat(client.closed()).contains(CloseReason.AUTH);
    }

    @Test
    void aTokenThatWasTakenJustAfterItsExpiryHasTheGraceToo() {
        Client client = welcome("ada@-28");
        assertThat(client.next(ServerFrame.Expiring.class).in()).isZero();
        time.advance(Duration.ofSeconds(24));
        assertThat(client.closed()).isEmpty();
        time.advance(Duration.ofSeconds(1));
        assertThat(client.closed()).contains(CloseReason.AUTH);
    }

    @Test
    void aNewerTokenOfTheSameUserKeepsTheSession() {
        Client client = welcome("ada@60");
        client.rest();
        client.send(new ClientFrame.Auth(7, "ada@3600"));
        ServerFrame.Ok ok = client.next(ServerFrame.Ok.class);
        assertThat(ok.id()).isEqualTo(7);
        assertThat(ok.expiresAt()).hasValue(time.wallMillis() + 3_600_000);
        for (int i = 0; i < 12; i++) {
            time.advance(Duration.ofSeconds(10));
            keepAlive(client);
        }
        assertThat(client.closed()).isEmpty();
    }

    @Test
    void aNewerTokenOfAnotherUserEndsTheSession() {
        Client client = welcome("ada@60");
        client.rest();
        client.send(new ClientFrame.Auth(7, "bob"));
        assertThat(client.next(ServerFrame.Refused.class).code()).isEqualTo(ErrorCode.UNAUTHORIZED);
        assertThat(client.closed()).contains(CloseReason.AUTH);
    }

    // Heartbeat.

    @Test
    void aSilentClientIsPingedAndThenGivenUp() {
        Client client = welcome("ada");
        time.advance(Duration.ofSeconds(25));
        client.next(Ping.class);
        time.advance(Duration.ofSeconds(9));
        assertThat(client.closed()).isEmpty();
        time.advance(Duration.ofSeconds(1));
        assertThat(client.closed()).contains(CloseReason.HEARTBEAT);
    }

    @Test
    void aClientThatAnswersStays() {
        Client client = welcome("ada");
        for (int i = 0; i < 10; i++) {
            time.advance(Duration.ofSeconds(25));
            client.rest();
            client.send(new Pong());
        }
        assertThat(client.closed()).isEmpty();
    }

    @Test
    void aPingIsAnswered() {
        Client client = welcome("ada");
        client.send(new Ping());
        client.next(Pong.class);
    }

    @Test
    void byeClosesNormally() {
        Client client = welcome("ada");
        client.send(new ClientFrame.Bye());
        assertThat(client.closed()).contains(CloseReason.NORMAL);
        assertThat(sessions.count()).isZero();
    }

    // Rooms and messages.

    @Test
    void aMessageIsAckedAndComesToEverybodyInTheRoomTheSenderIncluded() {
        Client ada = joined("ada");
        Client bob = joined("bob");
        ada.send(new ClientFrame.Send(7, LOBBY, new ClientId("c1"), MessageBody.text("hi"), false));
        List<ServerFrame> frames = ada.rest();
        ServerFrame.Ack ack = only(ServerFrame.Ack.class, frames);
        ServerFrame.Ev ev = only(ServerFrame.Ev.class, frames);
        assertThat(ack.id()).isEqualTo(7);
        assertThat(ack.at().seq()).isEqualTo(1);
        assertThat(ack.isDuplicate()).isFalse();
        assertThat(ev.events().get(0).sender()).isEqualTo(new UserId("ada"));
        assertThat(bob.next(ServerFrame.Ev.class)).isEqualTo(ev);
    }

    @Test
    void aResendIsAckedWithTheFirstResultAndShownOnce() {
        Client ada = joined("ada");
        ada.message("c1", "hi");
        ada.rest();
        ada.send(new ClientFrame.Send(8, LOBBY, new ClientId("c1"), MessageBody.text("hi"), true));
        ServerFrame.Ack ack = ada.next(ServerFrame.Ack.class);
        assertThat(ack.isDuplicate()).isTrue();
        assertThat(ack.at().seq()).isEqualTo(1);
        assertThat(ada.rest()).isEmpty();
    }

    @Test
    void otherWordsUnderTheSameClientIdAreAConflict() {
        Client ada = joined("ada");
        ada.message("c1", "hi");
        ada.rest();
        ada.message("c1", "ho");
        ServerFrame.Refused refused = ada.next(ServerFrame.Refused.class);
        assertThat(refused.code()).isEqualTo(ErrorCode.CID_CONFLICT);
        assertThat(refused.retry()).isEmpty();
        assertThat(refused.clientId()).contains(new ClientId("c1"));
    }

    @Test
    void sendingToARoomThatIsNotJoinedIsRefused() {
        Client ada = welcome("ada");
        ada.message("c1", "hi");
        assertThat(ada.next(ServerFrame.Refused.class).code()).isEqualTo(ErrorCode.NOT_MEMBER);
    }

    @Test
    void whoLeavesHearsThatTheyDidAndNothingMore() {
        Client ada = joined("ada");
        Client bob = joined("bob");
        bob.send(new ClientFrame.Leave(5, LOBBY));
        ada.message("c1", "hi");
        bob.next(ServerFrame.Left.class);
        assertThat(bob.next(ServerFrame.Ok.class).id()).isEqualTo(5);
        assertThat(bob.rest()).isEmpty();
    }

    @Test
    void leavingARoomThatIsNotJoinedIsRefused() {
        Client ada = welcome("ada");
        ada.send(new ClientFrame.Leave(5, LOBBY));
        assertThat(ada.next(ServerFrame.Refused.class).code()).isEqualTo(ErrorCode.NOT_MEMBER);
    }

    @Test
    void whoJoinsWithATailGetsTheLastEvents() {
        Client ada = joined("ada");
        ada.messages(5);
        Client bob = welcome("bob");
        bob.send(new ClientFrame.Join(2, LOBBY, Optional.empty(), 2));
        ServerFrame.Joined joined = bob.next(ServerFrame.Joined.class);
        assertThat(joined.mode()).isEqualTo(Mode.REPLAY);
        assertThat(joined.after()).isEqualTo(3);
        assertThat(seqs(bob.rest())).containsExactly(4L, 5L);
    }

    @Test
    void whoComesBackMissedNothingIsLive() {
        Client ada = joined("ada");
        ada.messages(2);
        assertThat(rejoin(new Cursor(epoch(), 2)).mode()).isEqualTo(Mode.LIVE);
    }

    @Test
    void whoMissedTooMuchIsToldSoAndLiveGoesOnFromTheHead() {
        Client ada = joined("ada");
        appendElsewhere(2_001, "x");
        Client bob = welcome("bob");
        bob.send(new ClientFrame.Join(2, LOBBY, Optional.of(new Cursor(epoch(), 0)), 0));
        ServerFrame.Joined joined = bob.next(ServerFrame.Joined.class);
        assertThat(joined.mode()).isEqualTo(Mode.GAP);
        assertThat(joined.after()).isEqualTo(2_001);
        assertThat(joined.base()).isEmpty();
        ada.message("c1", "hi");
        assertThat(seqs(bob.rest())).containsExactly(2_002L);
    }

    @Test
    void aCursorOfAnotherEpochMeansStartingOver() {
        joined("ada").messages(2);
        ServerFrame.Joined joined = rejoin(new Cursor(epoch() - 1, 7));
        assertThat(joined.mode()).isEqualTo(Mode.GAP);
        assertThat(joined.base()).hasValue(0);
    }

    @Test
    void aCursorAheadOfTheHeadIsSetBackForThatClientOnly() {
        joined("ada").messages(2);
        ServerFrame.Joined joined = rejoin(new Cursor(epoch(), 9));
        assertThat(joined.mode()).isEqualTo(Mode.GAP);
        assertThat(joined.base()).hasValue(2);
        assertThat(joined.head()).isEqualTo(new Cursor(epoch(), 2));
    }

    @Test
    void joiningAgainFromACursorBringsWhatIsMissing() {
        Client ada = joined("ada");
        ada.messages(3);
        ada.send(new ClientFrame.Join(3, LOBBY, Optional.of(new Cursor(epoch(), 1)), 0));
        assertThat(ada.next(ServerFrame.Joined.class).after()).isEqualTo(1);
        assertThat(seqs(ada.rest())).containsExactly(2L, 3L);
        ada.message("later", "hi");
        assertThat(seqs(ada.rest())).containsExactly(4L);
    }

    @Test
    void aReplayIsPacedByItsReader() {
        Client ada = joined("ada");
        appendElsewhere(30, "x".repeat(30_000));
        Client bob = welcome("bob");
        bob.connection.queuedBytes = 300 << 10;
        bob.send(new ClientFrame.Join(2, LOBBY, Optional.of(new Cursor(epoch(), 0)), 0));
        assertThat(bob.rest()).isEmpty();

        bob.connection.queuedBytes = 0;
        bob.listener.drained();
        time.runAll();
        bob.next(ServerFrame.Joined.class);
        ada.message("c1", "hi");
        assertThat(seqs(bob.rest())).hasSize(31).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void aClientThatDoesNotReadIsCut() {
        Client ada = joined("ada");
        Client bob = joined("bob");
        bob.connection.fill();
        ada.message("c1", "hi");
        assertThat(bob.closed()).contains(CloseReason.SLOW_CONSUMER);
        assertThat(only(ServerFrame.Ack.class, ada.rest()).at().seq()).isEqualTo(1);
    }

    // History.

    @Test
    void historyBringsPages() {
        Client ada = joined("ada");
        ada.messages(5);
        ada.send(new ClientFrame.History(
                4, OptionalLong.of(epoch()), new HistoryQuery(LOBBY, HistoryQuery.Direction.BEFORE, 4, 2)));
        ServerFrame.Messages page = ada.next(ServerFrame.Messages.class);
        assertThat(page.id()).isEqualTo(4);
        assertThat(page.page().messages()).extracting(message -> message.seq()).containsExactly(2L, 3L);
        assertThat(page.page().hasMore()).isTrue();
    }

    @Test
    void changesBringWhatChangedSince() {
        Client ada = joined("ada");
        ada.messages(5);
        ada.send(new ClientFrame.Changes(4, LOBBY, OptionalLong.of(epoch()), 3, 10));
        assertThat(ada.next(ServerFrame.Messages.class).page().messages())
                .extracting(message -> message.rev())
                .containsExactly(4L, 5L);
    }

    @Test
    void theHistoryOfARoomThatDoesNotExistIsRefused() {
        Client ada = welcome("ada");
        ada.send(new ClientFrame.History(4, OptionalLong.empty(), HistoryQuery.latest(LOBBY, 10)));
        assertThat(ada.next(ServerFrame.Refused.class).code()).isEqualTo(ErrorCode.NO_ROOM);
    }

    @Test
    void aSeqOfAnotherEpochIsNotLookedUp() {
        Client ada = joined("ada");
        ada.messages(1);
        ada.send(new ClientFrame.Changes(4, LOBBY, OptionalLong.of(epoch() + 1), 0, 10));
        assertThat(ada.next(ServerFrame.Refused.class).code()).isEqualTo(ErrorCode.TARGET_UNKNOWN);
    }

    // Bad input.

    @Test
    void aBadFrameIsRefusedAndTheConnectionStays() {
        Client ada = welcome("ada");
        ada.text("{\"t\":\"send\",\"id\":9}");
        ServerFrame.Refused refused = ada.next(ServerFrame.Refused.class);
        assertThat(refused.code()).isEqualTo(ErrorCode.BAD_FRAME);
        assertThat(refused.id()).isEqualTo(9);
        assertThat(ada.closed()).isEmpty();
    }

    @Test
    void anUnknownTypeIsUnsupportedAndTheConnectionStays() {
        Client ada = welcome("ada");
        ada.text("{\"t\":\"dance\",\"id\":9}");
        assertThat(ada.next(ServerFrame.Refused.class).code()).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(ada.closed()).isEmpty();
    }

    @Test
    void manyBadFramesInARowEndTheSession() {
        Client ada = welcome("ada");
        for (int i = 0; i < 11; i++) {
            ada.text("?");
        }
        assertThat(ada.closed()).contains(CloseReason.PROTOCOL);
    }

    // Too fast, and the store away.

    @Test
    void whoSendsTooFastIsToldWhenToComeBackAndNothingOvertakes() {
        Client ada = joined("ada");
        for (int i = 0; i < 45; i++) {
            ada.message("m" + i, "hi");
        }
        List<ServerFrame.Refused> refused = all(ServerFrame.Refused.class, ada.rest());
        assertThat(refused).isNotEmpty().allMatch(each -> each.code() == ErrorCode.RATE_LIMITED);
        String first = refused.get(0).clientId().orElseThrow().value();
        Duration retry = refused.get(refused.size() - 1).retry().orElseThrow();

        time.advance(retry.plusSeconds(1));
        ada.message("overtaking", "hi");
        assertThat(ada.next(ServerFrame.Refused.class).clientId()).contains(new ClientId("overtaking"));
        ada.message(first, "hi");
        ada.message("overtaking", "hi");
        assertThat(all(ServerFrame.Ack.class, ada.rest())).hasSize(2);
    }

    @Test
    void whoNeverSlowsDownIsThrownOut() {
        Client ada = joined("ada");
        for (int i = 0; i < 250; i++) {
            ada.send(new Ping());
        }
        assertThat(ada.closed()).contains(CloseReason.FLOOD);
    }

    @Test
    void whileTheStoreIsAwaySendsAreRefusedForNowAndAcceptedInOrderLater() {
        Client ada = joined("ada");
        store.away(true);
        ada.message("a", "1");
        ada.message("b", "2");
        time.advance(Duration.ofSeconds(2));
        assertThat(all(ServerFrame.Refused.class, ada.rest()))
                .extracting(ServerFrame.Refused::code)
                .containsExactly(ErrorCode.UNAVAILABLE, ErrorCode.UNAVAILABLE);
        store.away(false);
        ada.message("b", "2");
        assertThat(all(ServerFrame.Ack.class, ada.rest())).isEmpty();
        ada.message("a", "1");
        ada.message("b", "2");
        assertThat(all(ServerFrame.Ack.class, ada.rest()))
                .extracting(ack -> ack.clientId().value())
                .containsExactly("a", "b");
    }

    @Test
    void joiningWhileTheStoreIsAwayIsRefusedForNow() {
        Client ada = welcome("ada");
        store.away(true);
        ada.send(new ClientFrame.Join(2, LOBBY, Optional.empty(), 0));
        ServerFrame.Refused refused = ada.next(ServerFrame.Refused.class);
        assertThat(refused.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(refused.retry()).isPresent();
        assertThat(refused.room()).contains(LOBBY);
    }

    @Test
    void drainingTellsClientsToComeBack() {
        Client ada = welcome("ada");
        sessions.drain(Duration.ofMillis(500), Duration.ofSeconds(8));
        time.runAll();
        assertThat(ada.next(ServerFrame.Drain.class).spread()).isEqualTo(Duration.ofSeconds(8));
        assertThat(ada.closed()).isEmpty();
    }

    /** As another process would that shares the store. */
    private void appendElsewhere(int count, String text) {
        for (int i = 0; i < count; i++) {
            store.append(List.of(new Draft(LOBBY, new UserId("eve"), new ClientId("e" + i), MessageBody.text(text))));
        }
        router.changed(LOBBY);
        time.runAll();
    }

    private long epoch() {
        return store.heads(List.of(LOBBY)).get(LOBBY).epoch();
    }

    private ServerFrame.Joined rejoin(Cursor cursor) {
        Client bob = welcome("bob");
        bob.send(new ClientFrame.Join(2, LOBBY, Optional.of(cursor), 0));
        return bob.next(ServerFrame.Joined.class);
    }

    private void keepAlive(Client client) {
        client.connection.rest();
        client.send(new Pong());
    }

    private Client welcome(String token) {
        Client client = new Client();
        client.hello(token);
        client.next(ServerFrame.Welcome.class);
        return client;
    }

    private Client joined(String token) {
        Client client = welcome(token);
        client.send(new ClientFrame.Join(2, LOBBY, Optional.empty(), 0));
        client.next(ServerFrame.Joined.class);
        return client;
    }

    private static <F extends ServerFrame> List<F> all(Class<F> type, List<ServerFrame> frames) {
        return frames.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static <F extends ServerFrame> F only(Class<F> type, List<ServerFrame> frames) {
        List<F> found = all(type, frames);
        assertThat(found).as(type.getSimpleName()).hasSize(1);
        return found.get(0);
    }

    private static List<Long> seqs(List<ServerFrame> frames) {
        List<Long> seqs = new ArrayList<>();
        all(ServerFrame.Ev.class, frames).forEach(ev -> ev.events().forEach(event -> seqs.add(event.seq())));
        return seqs;
    }

    private final class Client {
        final TestConnection connection = new TestConnection();
        final ConnectionListener listener = sessions.opened(connection);

        void text(String text) {
            listener.received(text);
            time.runAll();
        }

        /** Sends without waiting for what comes of it. */
        void queue(ClientFrame frame) {
            listener.received(FrameCodec.encode(frame).text());
        }

        void send(ClientFrame frame) {
            text(FrameCodec.encode(frame).text());
        }

        void hello(String token) {
            send(new ClientFrame.Hello(1, token, new DeviceId("d"), Optional.empty(), List.of()));
        }

        void message(String clientId, String text) {
            send(new ClientFrame.Send(0, LOBBY, new ClientId(clientId), MessageBody.text(text), false));
        }

        void messages(int count) {
            for (int i = 0; i < count; i++) {
                message("m" + i, "hi");
            }
            connection.rest();
        }

        <F extends ServerFrame> F next(Class<F> type) {
            return connection.next(type);
        }

        List<ServerFrame> rest() {
            return connection.rest();
        }

        Optional<CloseReason> closed() {
            return connection.closed();
        }
    }
}
