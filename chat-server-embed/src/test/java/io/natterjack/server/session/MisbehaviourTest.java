package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.CloseReason;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.Ping;
import io.natterjack.core.wire.Pong;
import io.natterjack.core.wire.ServerFrame;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
