package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomKind;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ServerFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A room that becomes private, or may have, while strangers listen. */
final class ClosedRoomsTest extends PeopleFixture {
    @Test
    void aRoomThatBecomesPrivateIsOverForStrangers() {
        host(FROGS, new RoomChange.Created(RoomSettings.of(RoomKind.OPEN, "Frogs"), List.of(ADA)));
        Client cy = welcome("cy");
        join(cy, FROGS);
        host(FROGS, new RoomChange.Settings("{\"kind\":\"private\"}"));

        assertThat(only(ServerFrame.Left.class, cy.rest()).reason()).isEqualTo(ServerFrame.Left.Reason.KICKED);
    }

    /** Returns the drafts' events, which are in the store and not delivered yet. */
    private List<RoomEvent> kept(Draft... drafts) {
        long before = store.heads(List.of(FROGS)).get(FROGS).seq();
        store.append(List.of(drafts));
        return store.eventsAfter(FROGS, before, 100, 1 << 20);
    }

    private Draft setting(String change) {
        return Draft.change(FROGS, ADA, new ClientId("~" + ++cids), new RoomChange.Settings(change));
    }

    @Test
    void nothingBehindTheChangeIsHeardByStrangers() {
        host(FROGS, new RoomChange.Created(RoomSettings.of(RoomKind.OPEN, "Frogs"), List.of(ADA)));
        Client ada = welcome("ada");
        join(ada, FROGS);
        Client cy = welcome("cy");
        join(cy, FROGS);
        router.committed(kept(said("before"), setting("{\"kind\":\"private\"}"), said("secret")));
        time.runAll();

        assertThat(seqs(ada.rest())).containsExactly(2L, 3L, 4L);
        List<ServerFrame> heard = cy.rest();
        assertThat(seqs(heard)).containsExactly(2L, 3L);
        assertThat(heard.get(heard.size() - 1)).isInstanceOf(ServerFrame.Left.class);
        router.committed(kept(said("secret too")));
        time.runAll();
        assertThat(cy.rest()).isEmpty();
    }

    @Test
    void whileItCantBeAskedWhetherTheyMayStrangersHearNothing() {
        host(FROGS, new RoomChange.Created(RoomSettings.of(RoomKind.OPEN, "Frogs"), List.of(ADA)));
        Client cy = welcome("cy");
        join(cy, FROGS);
        List<RoomEvent> events = kept(setting("{\"kind\":\"private\"}"), said("secret"));
        store.away(true);
        router.committed(events);
        time.advance(Duration.ofSeconds(5));
        assertThat(seqs(cy.rest())).containsExactly(2L);
        store.away(false);
        time.advance(Duration.ofSeconds(2));

        assertThat(only(ServerFrame.Left.class, cy.rest()).reason()).isEqualTo(ServerFrame.Left.Reason.KICKED);
    }

    @Test
    void whoMayHearOnMissesNothingOfWhatWasHeldBack() {
        host(FROGS, new RoomChange.Created(RoomSettings.of(RoomKind.OPEN, "Frogs"), List.of(ADA)));
        host(FROGS, new RoomChange.Member(BOB, true));
        Client bob = welcome("bob");
        join(bob, FROGS);
        Client cy = welcome("cy");
        join(cy, FROGS);
        List<RoomEvent> events = kept(
                said("a"),
                setting("{\"grants\":{\"guest\":{\"send\":false}}}"),
                said("b"),
                setting("{\"kind\":\"broadcast\"}"),
                said("c"));
        store.away(true);
        router.committed(events.subList(0, 3));
        router.committed(events.subList(3, 5));
        time.advance(Duration.ofSeconds(3));
        store.away(false);
        time.advance(Duration.ofSeconds(3));
        router.committed(kept(said("d")));
        time.runAll();

        assertThat(seqs(cy.rest())).containsExactly(3L, 4L, 5L, 6L, 7L, 8L);
        assertThat(seqs(bob.rest())).containsExactly(3L, 4L, 5L, 6L, 7L, 8L);
    }

    /** Cy comes back to Ada's open room after a thousand messages, reads the first of them and stops. */
    private Client catchingUp() {
        host(FROGS, new RoomChange.Created(RoomSettings.of(RoomKind.OPEN, "Frogs"), List.of(ADA)));
        for (int i = 0; i < 1_000; i++) {
            store.append(List.of(said("m")));
        }
        Client cy = welcome("cy");
        cy.connection.fullAfter = 2; // what joined, and one part
        cy.send(new ClientFrame.Join(9, FROGS, Optional.of(new Cursor(epoch(), 1)), 0));
        return cy;
    }

    @Test
    void aRoomThatBecomesPrivateEndsACatchUpOfStrangers() {
        Client cy = catchingUp();
        assertThat(seqs(cy.rest()).size()).isBetween(1, 999);
        host(FROGS, new RoomChange.Settings("{\"kind\":\"private\"}"));
        cy.listener.drained();
        time.runAll();

        List<ServerFrame> frames = cy.rest();
        assertThat(seqs(frames)).isEmpty();
        assertThat(only(ServerFrame.Left.class, frames).reason()).isEqualTo(ServerFrame.Left.Reason.KICKED);
    }

    @Test
    void aRoomThatStaysOpenIsCaughtUpWithWithoutAHole() {
        Client cy = catchingUp();
        List<Long> heard = new ArrayList<>(seqs(cy.rest()));
        host(FROGS, new RoomChange.Settings("{\"kind\":\"broadcast\"}"));
        store.append(List.of(said("n")));
        router.changed(FROGS);
        cy.connection.fullAfter = Integer.MAX_VALUE;
        cy.listener.drained();
        time.runAll();
        heard.addAll(seqs(cy.rest()));

        assertThat(heard).isEqualTo(LongStream.rangeClosed(2, 1_003).boxed().toList());
    }

    @Test
    void aMemberHearsOnWhenTheRoomBecomesPrivateThoughTheStoreIsAway() {
        host(FROGS, new RoomChange.Created(RoomSettings.of(RoomKind.OPEN, "Frogs"), List.of(ADA)));
        Client ada = welcome("ada");
        join(ada, FROGS);
        List<RoomEvent> events = kept(setting("{\"kind\":\"private\"}"), said("a"));
        store.away(true);
        router.committed(events);
        time.runAll();

        assertThat(seqs(ada.rest())).containsExactly(2L, 3L);
    }
}
