package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.CloseReason;
import io.natterjack.core.PresenceState;
import io.natterjack.core.PresenceState.Availability;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ClientSignal;
import io.natterjack.core.wire.PeopleRequest;
import io.natterjack.core.wire.ServerSignal;
import io.natterjack.server.engine.LocalPresence;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who is seen, as what and by whom. */
final class SessionPresenceTest extends PeopleFixture {
    @Test
    void ofWhomAClientWatchesOneListAtATimeIsLookedUpAndTheNewestCounts() {
        frogs();
        Client ada = welcome("ada");
        Client bob = welcome("bob");
        bob.rest();
        AtomicInteger reads = new AtomicInteger();
        store.beforeEach(reads::incrementAndGet);
        for (int i = 0; i < 15; i++) {
            bob.queue(new ClientSignal.SetPresence(Optional.empty(), Optional.empty(), Optional.of(List.of(CY))));
        }
        bob.queue(new ClientSignal.SetPresence(Optional.empty(), Optional.empty(), Optional.of(List.of(ADA))));
        time.runAll();

        assertThat(reads).as("of sixteen lists, those that were looked up").hasValue(2);
        ada.send(new ClientSignal.SetPresence(Optional.of(Availability.AWAY), Optional.empty(), Optional.empty()));
        assertThat(all(ServerSignal.Presence.class, bob.rest()))
                .extracting(ServerSignal.Presence::user)
                .isNotEmpty()
                .containsOnly(ADA);
    }

    @Test
    void whoIsWatchedWhileTheStoreIsAwayIsSeenLater() {
        frogs();
        welcome("ada");
        Client bob = welcome("bob");
        store.away(true);
        bob.send(new ClientSignal.SetPresence(Optional.empty(), Optional.empty(), Optional.of(List.of(ADA))));
        assertThat(all(ServerSignal.Presence.class, bob.rest())).isEmpty();
        store.away(false);
        time.advance(Duration.ofSeconds(1));
        assertThat(all(ServerSignal.Presence.class, bob.rest()))
                .extracting(ServerSignal.Presence::user)
                .containsOnly(ADA);
    }

    @Test
    void thoseWhoShareARoomAreSeen() {
        frogs();
        Client ada = welcome("ada");
        ada.send(new ClientSignal.SetPresence(Optional.of(Availability.AWAY), Optional.of("lunch"), Optional.empty()));
        Client bob = welcome("bob");
        bob.send(new ClientSignal.SetPresence(Optional.empty(), Optional.empty(), Optional.of(List.of(ADA, CY))));
        assertThat(all(ServerSignal.Presence.class, bob.rest()))
                .as("not Cy, who shares no room")
                .containsExactly(new ServerSignal.Presence(ADA, new PresenceState(Availability.AWAY, "lunch", 0)));
        Client cy = welcome("cy");
        assertThat(all(ServerSignal.Presence.class, bob.rest())).isEmpty();
        assertThat(cy.closed()).isEmpty();

        ada.listener.closed(CloseReason.ABNORMAL);
        time.runAll();
        time.advance(LocalPresence.GRACE.minusSeconds(1));
        assertThat(all(ServerSignal.Presence.class, bob.rest()))
                .as("perhaps she comes back")
                .isEmpty();
        Client again = welcome("ada");
        time.advance(Duration.ofSeconds(5));
        assertThat(all(ServerSignal.Presence.class, bob.rest()))
                .extracting(presence -> presence.state().availability())
                .as("another device that says nothing else is online")
                .containsExactly(Availability.ONLINE);
        again.send(new ClientFrame.Bye());
        PresenceState gone = only(ServerSignal.Presence.class, bob.rest()).state();
        assertThat(gone.availability()).isEqualTo(Availability.OFFLINE);
        assertThat(gone.lastSeen()).isEqualTo(time.wallMillis());
    }

    @Test
    void whoIsHiddenIsSeenAsOffline() {
        frogs();
        Client bob = welcome("bob");
        bob.send(new ClientSignal.SetPresence(Optional.empty(), Optional.empty(), Optional.of(List.of(ADA))));
        bob.rest();
        Client ada = welcome("ada");
        Client second = welcome("ada");
        ada.send(new ClientSignal.SetPresence(Optional.of(Availability.HIDDEN), Optional.empty(), Optional.empty()));
        second.send(new ClientSignal.SetPresence(Optional.of(Availability.DND), Optional.empty(), Optional.empty()));
        assertThat(all(ServerSignal.Presence.class, bob.rest()))
                .extracting(presence -> presence.state().availability())
                .containsExactly(Availability.ONLINE, Availability.DND);
        second.send(new ClientFrame.Bye());

        assertThat(only(ServerSignal.Presence.class, bob.rest()).state().availability())
                .isEqualTo(Availability.OFFLINE);
    }

    @Test
    void whoBlocksIsntSeenByWhomTheyBlock() {
        frogs();
        Client ada = welcome("ada");
        ada.send(new PeopleRequest.Block(2, BOB, true));
        Client bob = welcome("bob");
        bob.send(new ClientSignal.SetPresence(Optional.empty(), Optional.empty(), Optional.of(List.of(ADA))));

        assertThat(all(ServerSignal.Presence.class, bob.rest())).isEmpty();
    }

    @Test
    void whoBlocksIsntSeenAnyMoreByWhomWatchesThem() {
        frogs();
        Client ada = welcome("ada");
        Client bob = welcome("bob");
        bob.send(new ClientSignal.SetPresence(Optional.empty(), Optional.empty(), Optional.of(List.of(ADA))));
        assertThat(all(ServerSignal.Presence.class, bob.rest())).isNotEmpty();
        ada.send(new PeopleRequest.Block(2, BOB, true));
        time.runAll();
        ada.send(new ClientSignal.SetPresence(Optional.empty(), Optional.of("away to the pond"), Optional.empty()));
        time.runAll();

        assertThat(all(ServerSignal.Presence.class, bob.rest())).isEmpty();
    }
}
