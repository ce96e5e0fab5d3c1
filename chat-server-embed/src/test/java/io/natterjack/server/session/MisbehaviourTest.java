package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.CloseReason;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomId;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.Limits;
import io.natterjack.core.wire.Ping;
import io.natterjack.core.wire.Pong;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.server.engine.StoreReads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** Clients that send rubbish or too much, and a store that is away. */
final class MisbehaviourTest extends SessionFixture {
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

    @Test
    void aFrameThatCanNotBeAnsweredEndsItsOwnSessionAlone() {
        Client ada = welcome("ada");
        Client bob = welcome("bob");
        ada.connection.breakDown();
        ada.send(new Ping());
        assertThat(ada.closed()).contains(CloseReason.INTERNAL);
        bob.send(new Ping());
        bob.next(Pong.class);
    }

    // ---- bounds; each of these clients may send as fast as it can

    private Client unhurried() {
        Client ada = new Client(sessions(new Limits(64 << 10, MessageBody.MAX_BYTES, 64, 0, 0)));
        ada.hello("ada");
        ada.next(ServerFrame.Welcome.class);
        return ada;
    }

    @Test
    void ofSendsSoManyMayHaveNoAnswerYet() {
        Client ada = unhurried();
        ada.send(new ClientFrame.Join(2, LOBBY, Optional.empty(), 0));
        ada.rest();
        store.away(true);
        for (int i = 0; i < 64; i++) {
            ada.message("m" + i, "hi");
        }
        assertThat(ada.rest()).isEmpty();

        ada.message("one-too-many", "hi");
        ServerFrame.Refused refused = only(ServerFrame.Refused.class, ada.rest());
        assertThat(refused.code()).isEqualTo(ErrorCode.BUSY);
        assertThat(refused.retry()).isPresent();
    }

    @Test
    void whatAllSessionsHaveWithoutAnAnswerIsBoundedToo() {
        Client ada = joined("ada");
        long all = Runtime.getRuntime().maxMemory();
        sessions.unanswered().add(all);
        ada.message("m1", "hi");
        ServerFrame.Refused refused = ada.next(ServerFrame.Refused.class);
        assertThat(refused.code()).isEqualTo(ErrorCode.BUSY);
        assertThat(refused.retry()).isPresent();

        sessions.unanswered().give(all);
        ada.message("m1", "hi");
        ada.next(ServerFrame.Ack.class);
        assertThat(sessions.unanswered().used()).isZero();
    }

    @Test
    void whatWaitsBehindAJoinIsForgottenWhenItsSenderGoes() {
        Queue<Runnable> waiting = new ArrayDeque<>();
        Sessions slow = sessions(LIMITS, new StoreReads(store, waiting::add));
        Client ada = new Client(slow);
        ada.hello("ada");
        ada.send(new ClientFrame.Join(2, LOBBY, Optional.empty(), 0));
        ada.message("m1", "hi");
        ada.message("m2", "hi");
        assertThat(slow.unanswered().used()).isPositive();

        ada.listener.closed(CloseReason.ABNORMAL);
        time.runAll();
        while (!waiting.isEmpty()) {
            waiting.remove().run();
            time.runAll();
        }
        assertThat(store.heads(List.of(LOBBY)).get(LOBBY).seq()).isZero();
        assertThat(slow.unanswered().used()).isZero();
    }

    @Test
    void aSessionJoinsSoManyRooms() {
        Client ada = unhurried();
        for (int i = 0; i < 1_000; i++) {
            ada.send(new ClientFrame.Join(2, new RoomId("room" + i), Optional.empty(), 0));
            ada.next(ServerFrame.Joined.class);
        }
        ada.send(new ClientFrame.Join(3, LOBBY, Optional.empty(), 0));
        ServerFrame.Refused refused = ada.next(ServerFrame.Refused.class);
        assertThat(refused.code()).isEqualTo(ErrorCode.TOO_LARGE);
        assertThat(refused.room()).contains(LOBBY);

        ada.send(new ClientFrame.Leave(4, new RoomId("room7"), false));
        ada.rest();
        ada.send(new ClientFrame.Join(5, LOBBY, Optional.empty(), 0));
        ada.next(ServerFrame.Joined.class);
    }

    @Test
    void soManyPagesWaitForAClientThatReadsSlowly() {
        Client ada = unhurried();
        ada.connection.queuedBytes = Integer.MAX_VALUE;
        for (int i = 0; i < 1_064; i++) {
            ada.send(new ClientFrame.History(2, OptionalLong.empty(), HistoryQuery.latest(LOBBY, 1)));
        }
        assertThat(ada.rest()).isEmpty();

        ada.send(new ClientFrame.History(3, OptionalLong.empty(), HistoryQuery.latest(LOBBY, 1)));
        ServerFrame.Refused refused = only(ServerFrame.Refused.class, ada.rest());
        assertThat(refused.id()).isEqualTo(3);
        assertThat(refused.code()).isEqualTo(ErrorCode.BUSY);
        assertThat(refused.retry()).isPresent();
    }

    @Test
    void whoIsTooFastMayStillGo() {
        Client ada = welcome("ada");
        for (int i = 0; i < 41; i++) {
            ada.send(new Ping());
        }
        ada.rest();
        ada.send(new Pong());
        assertThat(ada.rest()).as("an answer to our own ping").isEmpty();
        ada.send(new ClientFrame.Bye());

        assertThat(ada.closed()).contains(CloseReason.NORMAL);
    }
}
