package io.natterjack.server.session;

import io.natterjack.core.Permission;
import io.natterjack.core.RoomId;
import io.natterjack.core.Standing;
import io.natterjack.core.UserId;
import io.natterjack.core.lane.Lane;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.Signal;
import io.natterjack.core.wire.ServerSignal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The rooms of which a client hears in its inbox that something happened there, joined or not: those that its user belongs to and may read.
 *
 * <p><b>Threads.</b> {@link #readable}: those that read the store. All else: the session's lane.
 */
final class HeardRooms {
    private static final int MAX_ROOMS = 1_000;

    private final SessionContext context;
    private final Connection connection;
    private final Lane lane;
    private final Accesses accesses;
    private final Runnable whenDeparted;
    /** Changed on the lane alone; looked into by the store's threads. */
    private final Map<RoomId, Bumps.Interest> heardOf = new ConcurrentHashMap<>();

    private int departures;
    private boolean closed;

    /**
     * Makes one that hears of no room.
     *
     * @param whenDeparted called on the lane when the user has left a room, or was removed from one
     */
    HeardRooms(SessionContext context, Connection connection, Lane lane, Accesses accesses, Runnable whenDeparted) {
        this.context = context;
        this.connection = connection;
        this.lane = lane;
        this.accesses = accesses;
        this.whenDeparted = whenDeparted;
    }

    void close() {
        closed = true;
        heardOf.values().forEach(Bumps.Interest::close);
        heardOf.clear();
    }

    void standingChanged(ServerSignal.Standing standing) {
        if (closed) {
            return;
        }
        if (!standing.change().isIn()) {
            departed();
        }
        if (heardOf.isEmpty()) {
            return;
        }
        switch (standing.change().standing()) {
            case IN -> hearOf(List.of(standing.room()));
            case OUT, INVITED, BANNED -> stopHearingOf(standing.room());
        }
    }

    private void departed() {
        departures++;
        whenDeparted.run();
    }

    /** Returns how often the user has left a room, or was removed from one. */
    int departures() {
        return departures;
    }

    /**
     * Returns those of the rooms, of which the client doesn't hear yet, that the user belongs to and may read; none once it hears of as
     * many as it may. Blocks on the store.
     */
    List<RoomId> readable(MessageStore store, List<RoomId> rooms) {
        if (heardOf.size() >= MAX_ROOMS) {
            return List.of();
        }
        return rooms.stream()
                .filter(room -> !heardOf.containsKey(room))
                .filter(room -> isReadable(store, room))
                .toList();
    }

    /** Has the client hear in its inbox of those of the rooms that it may read. */
    private void hearOf(List<RoomId> rooms) {
        int before = departures;
        context.store()
                .ask(store -> readable(store, rooms))
                .whenCompleteAsync(
                        (readable, failure) -> {
                            if (readable != null) {
                                hearOf(readable, before);
                            }
                        },
                        lane);
    }

    /**
     * Has the client hear of rooms that it could read when it had departed that often; if it has departed since, that is asked once
     * more.
     */
    void hearOf(List<RoomId> readable, int departuresBefore) {
        if (closed) {
            return;
        }
        if (departuresBefore == departures) {
            readable.forEach(this::hearOf);
        } else {
            hearOf(readable);
        }
    }

    private void hearOf(RoomId room) {
        if (heardOf.size() < MAX_ROOMS) {
            heardOf.computeIfAbsent(room, first -> context.services().bumps().listen(room, new HeardRoom(room)));
        }
    }

    private final class HeardRoom implements Bumps.Ear {
        private final RoomId room;

        HeardRoom(RoomId room) {
            this.room = room;
        }

        @Override
        public UserId user() {
            return accesses.user();
        }

        @Override
        public void bump(Signal signal) {
            connection.signal(signal.kind(), signal.encoded());
        }

        @Override
        public CompletionStage<Boolean> mayStill() {
            return context.store().ask(store -> isReadable(store, room)).thenApply(may -> {
                if (!may) {
                    lane.execute(() -> noLongerIn(room));
                }
                return may;
            });
        }
    }

    private boolean isReadable(MessageStore store, RoomId room) {
        Access access = accesses.now(store, room);
        return access.view().standing() == Standing.IN && access.may(Permission.READ);
    }

    /** The user was removed from a room, and nobody told this session. */
    private void noLongerIn(RoomId room) {
        if (closed) {
            return;
        }
        departed();
        stopHearingOf(room);
    }

    private void stopHearingOf(RoomId room) {
        Bumps.Interest interest = heardOf.remove(room);
        if (interest != null) {
            interest.close();
        }
    }
}
