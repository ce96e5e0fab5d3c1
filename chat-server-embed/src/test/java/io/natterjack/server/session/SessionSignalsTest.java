package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Notify;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ClientSignal;
import io.natterjack.core.wire.PeopleAnswer;
import io.natterjack.core.wire.PeopleRequest;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerSignal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Receipts, typing, and what one device tells another. */
final class SessionSignalsTest extends PeopleFixture {
    @Test
    void receiptsReachTheRoomAndTheOtherDevices() {
        frogs();
        Client ada = welcome("ada");
        Client bob = welcome("bob");
        Client bobsOther = welcome("bob");
        join(ada, FROGS);
        join(bob, FROGS);
        ada.send(new ClientFrame.Send(1, FROGS, new ClientId("a"), MessageBody.text("hi"), false));
        ada.rest();
        bob.send(new ClientSignal.Mark(FROGS, epoch(), 3, 0));
        bob.send(new ClientSignal.Mark(FROGS, epoch(), 3, 2));
        bob.send(new ClientSignal.Mark(FROGS, epoch(), 3, 3));
        assertThat(all(ServerSignal.Marked.class, ada.rest()))
                .containsExactly(new ServerSignal.Marked(FROGS, BOB, 3, 2));
        time.advance(Duration.ofSeconds(1));

        assertThat(all(ServerSignal.Marked.class, ada.rest()))
                .as("the newest of what came too fast")
                .containsExactly(new ServerSignal.Marked(FROGS, BOB, 3, 3));
        assertThat(all(ServerSignal.Marked.class, bobsOther.rest())).hasSize(2);
        assertThat(all(ServerSignal.Marked.class, bob.rest())).isEmpty();
        ada.send(new PeopleRequest.Readers(4, FROGS, new Cursor(epoch(), 3)));
        assertThat(only(PeopleAnswer.Receipts.class, ada.rest()).receipts().readers())
                .containsExactly(BOB);
        bob.send(new ClientSignal.Mark(FROGS, epoch() + 1, 9, 9));
        assertThat(store.membership(FROGS, BOB).orElseThrow().read()).isEqualTo(3);
    }

    @Test
    void inALargeRoomReceiptsAreForOwnDevicesAlone() {
        frogs();
        for (int i = 0; i < Watermarks.MAX_RECEIPTS; i++) {
            host(FROGS, new RoomChange.Member(new UserId("u" + i), true));
        }
        Client ada = welcome("ada");
        Client bob = welcome("bob");
        Client bobsOther = welcome("bob");
        join(ada, FROGS);
        join(bob, FROGS);
        bob.send(new ClientSignal.Mark(FROGS, epoch(), 0, 50));

        assertThat(all(ServerSignal.Marked.class, ada.rest())).isEmpty();
        assertThat(all(ServerSignal.Marked.class, bobsOther.rest())).hasSize(1);
    }

    @Test
    void aSettingOfNotificationsReachesTheOtherDevices() {
        frogs();
        Client bob = welcome("bob");
        Client other = welcome("bob");
        bob.send(new PeopleRequest.SetNotify(2, FROGS, Notify.MENTIONS));
        only(ServerFrame.Ok.class, bob.rest());

        assertThat(only(ServerSignal.Notified.class, other.rest()).notifications())
                .isEqualTo(Notify.MENTIONS);
        bob.send(new PeopleRequest.SetNotify(3, new RoomId("nowhere"), Notify.NONE));
        assertThat(refusal(bob)).isEqualTo(ErrorCode.NO_ROOM);
    }

    @Test
    void typingIsThrottledAndEndsWithItsConnection() {
        Client ada = joined("ada");
        Client bob = joined("bob");
        ada.rest();
        for (int i = 0; i < 5; i++) {
            bob.send(new ClientSignal.Typing(LOBBY, true));
        }
        assertThat(all(ServerSignal.Typed.class, ada.rest())).containsExactly(new ServerSignal.Typed(LOBBY, BOB, true));
        time.advance(Duration.ofSeconds(2));
        bob.send(new ClientSignal.Typing(LOBBY, true));
        assertThat(all(ServerSignal.Typed.class, ada.rest())).hasSize(1);
        bob.listener.closed(CloseReason.ABNORMAL);
        time.runAll();

        assertThat(all(ServerSignal.Typed.class, ada.rest()))
                .containsExactly(new ServerSignal.Typed(LOBBY, BOB, false));
    }
}
