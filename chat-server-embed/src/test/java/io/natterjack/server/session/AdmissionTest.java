package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.DeviceId;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Notify;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.core.spi.Signal;
import io.natterjack.core.spi.Signals;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.Ping;
import io.natterjack.core.wire.Pong;
import io.natterjack.core.wire.RoomCursor;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerFrame.Joined.Mode;
import io.natterjack.core.wire.ServerSignal;
import io.natterjack.server.engine.LocalPresence;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** How a client comes in, stays, and goes: hello, tokens, heartbeat, takeover. */
final class AdmissionTest extends SessionFixture {
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
        Cursor head = writer.next(ServerFrame.Ack.class).at();

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
        time.advance(LocalPresence.GRACE);
        time.runAll();
        assertThat(time.waitingTimers()).isZero();
    }

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

    @Test
    void nothingReachesAClientBeforeItsWelcome() {
        Signals signals = services.signals();
        services = new Services(
                services.policy(),
                new HastySignals(signals),
                services.presence(),
                services.interception(),
                services.undoWindow(),
                services.rates(),
                services.directory(),
                services.calls(),
                services.bumps(),
                services.ice());
        Client client = new Client(sessions(LIMITS));
        client.hello("ada");

        client.next(ServerFrame.Welcome.class);
        client.next(ServerSignal.Notified.class);
    }

    /** Has something for whoever begins to listen. */
    private static final class HastySignals implements Signals {
        private final Signals signals;

        HastySignals(Signals signals) {
            this.signals = signals;
        }

        @Override
        public Listening listen(UserId user, SessionId session, Sink sink) {
            sink.signal(new Signal(new ServerSignal.Notified(LOBBY, Notify.ALL), "notify"));
            return signals.listen(user, session, sink);
        }

        @Override
        public Listening listen(RoomId room, UserId user, SessionId session, Sink sink) {
            return signals.listen(room, user, session, sink);
        }

        @Override
        public void toUser(UserId user, Signal signal, Optional<SessionId> except) {
            signals.toUser(user, signal, except);
        }

        @Override
        public void toRoom(RoomId room, Signal signal, Optional<SessionId> except) {
            signals.toRoom(room, signal, except);
        }

        @Override
        public void toSession(UserId user, SessionId session, Signal signal) {
            signals.toSession(user, session, signal);
        }

        @Override
        public CompletionStage<Integer> present(RoomId room) {
            return signals.present(room);
        }
    }
}
