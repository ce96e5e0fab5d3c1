package io.natterjack.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.PresenceState;
import io.natterjack.core.PresenceState.Availability;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Presence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Presence} must do. Extend it, say how to open one with a grace of ten seconds, and the tests come along. */
public abstract class PresenceContract {
    private static final UserId ADA = new UserId("ada");
    private static final UserId BOB = new UserId("bob");
    private static final SessionId PHONE = new SessionId("phone");
    private static final SessionId DESK = new SessionId("desk");
    private static final PresenceState ONLINE = new PresenceState(Availability.ONLINE, "", 0);

    private final List<PresenceState> seen = new ArrayList<>();
    private Presence presence;

    /** For subclasses. */
    protected PresenceContract() {}

    /** Opens a presence of nobody, with a grace time of ten seconds. */
    protected abstract Presence open();

    /** Lets {@code time} pass. */
    protected abstract void pass(Duration time);

    @BeforeEach
    final void openIt() {
        presence = open();
        presence.watch(List.of(ADA), (user, state) -> seen.add(state));
    }

    private static PresenceState state(Availability availability, String status) {
        return new PresenceState(availability, status, 0);
    }

    private PresenceState query(UserId user) {
        pass(Duration.ZERO);
        return Objects.requireNonNull(
                presence.query(List.of(user)).toCompletableFuture().join().get(user));
    }

    private List<Availability> availabilities() {
        pass(Duration.ZERO);
        return seen.stream().map(PresenceState::availability).toList();
    }

    @Test
    void whoWasNeverThereIsOffline() {
        assertThat(query(BOB)).isEqualTo(PresenceState.UNKNOWN);
    }

    @Test
    void theMostPresentSessionCounts() {
        presence.connected(ADA, PHONE, state(Availability.AWAY, "lunch"));
        assertThat(query(ADA)).isEqualTo(state(Availability.AWAY, "lunch"));
        presence.connected(ADA, DESK, ONLINE);
        presence.connected(ADA, PHONE, state(Availability.DND, ""));
        assertThat(query(ADA)).isEqualTo(ONLINE);
        presence.disconnected(ADA, DESK, false);

        assertThat(query(ADA).availability()).isEqualTo(Availability.DND);
        assertThat(availabilities()).containsExactly(Availability.AWAY, Availability.ONLINE, Availability.DND);
    }

    @Test
    void aReconnectIsNotNoticed() {
        presence.connected(ADA, PHONE, ONLINE);
        presence.disconnected(ADA, PHONE, false);
        pass(Duration.ofSeconds(9));
        presence.connected(ADA, DESK, ONLINE);
        pass(Duration.ofSeconds(60));

        assertThat(availabilities()).containsExactly(Availability.ONLINE);
    }

    @Test
    void whoDoesntComeBackIsGoneAfterTheGrace() {
        presence.connected(ADA, PHONE, ONLINE);
        presence.disconnected(ADA, PHONE, false);
        pass(Duration.ofSeconds(9));
        assertThat(query(ADA)).isEqualTo(ONLINE);
        pass(Duration.ofSeconds(2));

        assertThat(availabilities()).containsExactly(Availability.ONLINE, Availability.OFFLINE);
        assertThat(query(ADA).lastSeen()).isPositive();
        assertThat(query(ADA)).isEqualTo(seen.get(1));
    }

    @Test
    void whoSaysGoodbyeIsGoneAtOnce() {
        presence.connected(ADA, PHONE, ONLINE);
        presence.disconnected(ADA, PHONE, true);

        assertThat(availabilities()).containsExactly(Availability.ONLINE, Availability.OFFLINE);
    }

    @Test
    void whoIsHiddenIsOfflineToOthers() {
        presence.connected(ADA, PHONE, state(Availability.HIDDEN, "secret"));
        assertThat(query(ADA)).isEqualTo(PresenceState.UNKNOWN);
        presence.disconnected(ADA, PHONE, true);

        assertThat(availabilities()).isEmpty();
        assertThat(query(ADA).lastSeen()).as("nobody saw them").isZero();
    }

    @Test
    void whoHidesAndThenGoesIsntNoticedToGo() {
        presence.connected(ADA, PHONE, ONLINE);
        presence.connected(ADA, PHONE, state(Availability.HIDDEN, ""));
        presence.disconnected(ADA, PHONE, true);

        assertThat(availabilities()).containsExactly(Availability.ONLINE, Availability.OFFLINE);
    }

    @Test
    void whoNoLongerWatchesHearsNothing() {
        List<PresenceState> others = new ArrayList<>();
        Presence.Watching watching = presence.watch(List.of(ADA, BOB), (user, state) -> others.add(state));
        watching.close();
        watching.close();
        presence.connected(ADA, PHONE, ONLINE);

        assertThat(availabilities()).hasSize(1);
        assertThat(others).isEmpty();
    }

    @Test
    void theEndOfASessionThatIsntThereDoesNothing() {
        presence.disconnected(ADA, PHONE, true);
        presence.connected(ADA, PHONE, ONLINE);
        presence.disconnected(ADA, DESK, true);

        assertThat(availabilities()).containsExactly(Availability.ONLINE);
    }
}
