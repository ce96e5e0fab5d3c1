package io.natterjack.server.session;

import io.natterjack.core.ErrorCode;
import io.natterjack.core.PresenceState;
import io.natterjack.core.PresenceState.Availability;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.lane.Lane;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.Presence;
import io.natterjack.core.spi.Signal;
import io.natterjack.core.wire.ClientSignal;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerSignal;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * As what a client wants to be seen, and whom it sees.
 *
 * <p><b>Threads.</b> The session's lane only.
 */
final class SessionPresence {
    private final SessionContext context;
    private final Connection connection;
    private final Lane lane;
    private final SessionId id;
    private final Accesses accesses;
    private final Presence presence;
    private PresenceState state = new PresenceState(Availability.ONLINE, "", 0);
    private Presence.Watching watching = () -> {};
    private List<UserId> watched = List.of();
    private boolean isAskingWhomToWatch;
    private boolean watchesAnew;
    private boolean isGoingForGood;
    private boolean closed;

    SessionPresence(SessionContext context, Connection connection, Lane lane, SessionId id, Accesses accesses) {
        this.context = context;
        this.connection = connection;
        this.lane = lane;
        this.id = id;
        this.accesses = accesses;
        this.presence = context.services().presence();
    }

    void opened() {
        presence.connected(accesses.user(), id, state);
    }

    /** The client says that it won't be back: nobody need wait for it. */
    void saidBye() {
        isGoingForGood = true;
    }

    void close() {
        closed = true;
        watching.close();
        presence.disconnected(accesses.user(), id, isGoingForGood);
    }

    Optional<ServerFrame> take(ClientSignal.SetPresence frame) {
        Availability availability = frame.state().orElse(state.availability());
        try {
            state = new PresenceState(
                    availability == Availability.OFFLINE ? Availability.HIDDEN : availability,
                    frame.status().orElse(state.status()),
                    0);
        } catch (IllegalArgumentException invalid) {
            return Refusals.refused(0, ErrorCode.TOO_LARGE, String.valueOf(invalid.getMessage()));
        }
        presence.connected(accesses.user(), id, state);
        frame.watch().ifPresent(this::watch);
        return Optional.empty();
    }

    /** Who may be watched may have changed. */
    void watchAnew() {
        if (!closed && !watched.isEmpty()) {
            watch(watched);
        }
    }

    /**
     * People see those with whom they share a room, and who haven't blocked them. The store is asked for one list at a time: what comes
     * meanwhile takes the place of what came before it.
     */
    private void watch(List<UserId> users) {
        watched = users;
        watching.close();
        watching = () -> {};
        if (isAskingWhomToWatch) {
            watchesAnew = true;
            return;
        }
        isAskingWhomToWatch = true;
        watchesAnew = false;
        context.store()
                .ask(store -> store.people().acquaintances(accesses.user(), users))
                .whenCompleteAsync((acquainted, failure) -> asked(acquainted), lane);
    }

    private void asked(@Nullable Set<UserId> acquainted) {
        if (closed) {
            return;
        }
        if (acquainted == null) {
            // Still taken for asking: what is asked for meanwhile waits with it.
            context.scheduler().after(Refusals.LATER, () -> lane.execute(this::askAgainWhomToWatch));
        } else {
            isAskingWhomToWatch = false;
            if (watchesAnew) {
                watch(watched);
            } else {
                watch(acquainted);
            }
        }
    }

    private void askAgainWhomToWatch() {
        isAskingWhomToWatch = false;
        if (!closed) {
            watch(watched);
        }
    }

    private void watch(Set<UserId> acquainted) {
        watching.close();
        Watch watch = new Watch();
        watching = watch;
        watch.begin(acquainted);
    }

    /** One watching of people. All but {@link #seen} is called on the lane. */
    private final class Watch implements Presence.Watching, Presence.Sink {
        private final Set<UserId> changed = new HashSet<>();
        private Presence.Watching changes = () -> {};
        private boolean over;

        void begin(Set<UserId> users) {
            changes = presence.watch(users, this);
            presence.query(users).thenAcceptAsync(states -> states.forEach(this::answered), lane);
        }

        @Override
        public void seen(UserId user, PresenceState state) {
            lane.execute(() -> {
                changed.add(user);
                tell(user, state);
            });
        }

        /** What was seen since is newer than the answer. */
        private void answered(UserId user, PresenceState state) {
            if (!changed.contains(user)) {
                tell(user, state);
            }
        }

        private void tell(UserId user, PresenceState state) {
            if (!over) {
                Signal signal = new Signal(new ServerSignal.Presence(user, state), Signal.kind("presence", user));
                connection.signal(signal.kind(), signal.encoded());
            }
        }

        @Override
        public void close() {
            over = true;
            changes.close();
        }
    }
}
