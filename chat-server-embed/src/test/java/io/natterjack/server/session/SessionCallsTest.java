package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.CallSignal;
import io.natterjack.core.CloseReason;
import io.natterjack.core.DeviceId;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.RoomChange;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ClientSignal;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerSignal;
import io.natterjack.server.engine.StoreReads;
import io.natterjack.testkit.ManualScheduler;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Calls between the members of a room. */
final class SessionCallsTest extends PeopleFixture {
    @Test
    void aCallRingsOnAllDevicesAndOneTakesIt() {
        frogs();
        Client ada = welcome("ada");
        Client phone = device("bob", "phone");
        Client desk = device("bob", "desk");
        call(ada, CallSignal.offer("k1", BOB, "{\"sdp\":1}", Duration.ZERO));
        only(ServerFrame.Ok.class, ada.rest());
        for (Client each : List.of(phone, desk)) {
            ServerSignal.Called ringing = only(ServerSignal.Called.class, each.rest());
            assertThat(ringing.from()).isEqualTo(ADA);
            assertThat(ringing.signal().data()).isEqualTo("{\"sdp\":1}");
        }
        call(phone, CallSignal.of(CallSignal.Op.ANSWER, "k1", "{\"sdp\":2}"));
        assertThat(only(ServerSignal.Called.class, ada.rest()).signal().device())
                .contains(new DeviceId("phone"));
        assertThat(only(ServerSignal.Called.class, desk.rest()).signal().reason())
                .isEqualTo("elsewhere");
        call(ada, CallSignal.of(CallSignal.Op.ICE, "k1", "{\"c\":1}"));
        assertThat(only(ServerSignal.Called.class, phone.rest()).signal().op()).isEqualTo(CallSignal.Op.ICE);
        assertThat(all(ServerSignal.Called.class, desk.rest())).isEmpty();
        call(desk, CallSignal.of(CallSignal.Op.ANSWER, "k1", ""));
        assertThat(refusal(desk)).isEqualTo(ErrorCode.TARGET_UNKNOWN);
        ada.rest();
        phone.listener.closed(CloseReason.ABNORMAL);
        time.runAll();

        assertThat(only(ServerSignal.Called.class, ada.rest()).signal().reason())
                .isEqualTo("gone");
    }

    @Test
    void aPersonHasSoManyCallsAtATime() {
        frogs();
        Client ada = welcome("ada");
        for (int i = 1; i <= 8; i++) {
            call(ada, CallSignal.offer("k" + i, BOB, "", Duration.ZERO));
            only(ServerFrame.Ok.class, ada.rest());
        }
        call(ada, CallSignal.offer("k9", BOB, "", Duration.ZERO));
        assertThat(refusal(ada)).isEqualTo(ErrorCode.TOO_LARGE);

        call(ada, CallSignal.hangup("k1", "done"));
        ada.rest();
        call(ada, CallSignal.offer("k9", BOB, "", Duration.ZERO));
        only(ServerFrame.Ok.class, ada.rest());
    }

    @Test
    void aCallThatNobodyTakesEnds() {
        frogs();
        Client ada = welcome("ada");
        Client bob = welcome("bob");
        call(ada, CallSignal.offer("k1", BOB, "", Duration.ofSeconds(5)));
        bob.rest();
        ada.rest();
        time.advance(Duration.ofSeconds(5));
        assertThat(only(ServerSignal.Called.class, ada.rest()).signal().reason())
                .isEqualTo("timeout");
        assertThat(only(ServerSignal.Called.class, bob.rest()).signal().reason())
                .isEqualTo("timeout");
        call(ada, CallSignal.offer("k2", BOB, "", Duration.ZERO));
        bob.rest();
        ada.rest();
        call(bob, CallSignal.hangup("k2", "busy"));

        assertThat(only(ServerSignal.Called.class, ada.rest()).signal().reason())
                .isEqualTo("busy");
    }

    @Test
    void aCallIsBetweenMembers() {
        frogs();
        Client ada = welcome("ada");
        Client cy = welcome("cy");
        call(ada, CallSignal.offer("k1", CY, "", Duration.ZERO));
        assertThat(refusal(ada)).isEqualTo(ErrorCode.FORBIDDEN);
        call(cy, CallSignal.offer("k2", ADA, "", Duration.ZERO));
        assertThat(refusal(cy)).isEqualTo(ErrorCode.NO_ROOM);
        cy.send(new ClientSignal.AskIce(2, FROGS));
        assertThat(refusal(cy)).isEqualTo(ErrorCode.NO_ROOM);
        call(ada, CallSignal.offer("k3", BOB, "", Duration.ZERO));
        ada.rest();
        call(cy, CallSignal.hangup("k3", ""));
        assertThat(refusal(cy)).isEqualTo(ErrorCode.NO_ROOM);
    }

    @Test
    void whoWasRemovedCanStillHangUp() {
        frogs();
        Client ada = welcome("ada");
        Client bob = welcome("bob");
        call(bob, CallSignal.offer("k1", ADA, "", Duration.ZERO));
        ada.rest();
        bob.rest();
        host(FROGS, new RoomChange.Member(BOB, false));
        bob.rest();
        call(bob, CallSignal.hangup("k1", ""));
        only(ServerFrame.Ok.class, bob.rest());
    }

    @Test
    void whoGoesWhileTheyAreAskedForDoesntTakeTheCall() {
        frogs();
        ManualScheduler readers = new ManualScheduler();
        Client ada = welcome("ada");
        Client phone = new Client(sessions(LIMITS, new StoreReads(store, readers)));
        phone.hello("bob");
        call(ada, CallSignal.offer("k1", BOB, "", Duration.ofSeconds(5)));
        ada.rest();
        call(phone, CallSignal.of(CallSignal.Op.ANSWER, "k1", ""));
        phone.listener.closed(CloseReason.ABNORMAL);
        time.runAll();
        readers.runAll();
        time.runAll();
        assertThat(ada.rest()).as("nobody has answered").isEmpty();
        time.advance(Duration.ofSeconds(5));

        assertThat(only(ServerSignal.Called.class, ada.rest()).signal().reason())
                .isEqualTo("timeout");
    }

    private void call(Client client, CallSignal signal) {
        client.send(new ClientSignal.Call(6, FROGS, signal));
    }

    private Client device(String user, String device) {
        Client client = new Client();
        client.send(new ClientFrame.Hello(1, user, new DeviceId(device), Optional.empty(), List.of()));
        client.next(ServerFrame.Welcome.class);
        return client;
    }
}
