package io.natterjack.server.session;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Knows what clients wrote, what they were told and what they saw, and fails if that breaks a promise. */
final class SimulationCheck {
    private record Stream(Object connection, RoomId room) {}

    private record Place(RoomId room, long seq) {}

    private record Writer(String name, RoomId room) {}

    private final Set<String> reached = new HashSet<>();
    private final Map<Stream, Long> streams = new HashMap<>();
    private final Map<Place, RoomEvent> seen = new HashMap<>();
    private final Map<ClientId, Cursor> acked = new HashMap<>();
    private final Set<ClientId> refused = new HashSet<>();
    private final Map<Writer, List<ClientId>> written = new HashMap<>();

    /** Notes that the simulation came to a place that it is for. */
    void reached(Object place) {
        reached.add(place.toString());
    }

    Set<String> reached() {
        return reached;
    }

    /** A client put a message into its outbox. */
    void wrote(String client, RoomId room, ClientId id) {
        written.computeIfAbsent(new Writer(client, room), first -> new ArrayList<>())
                .add(id);
    }

    void acked(ClientId id, Cursor at) {
        Cursor before = acked.putIfAbsent(id, at);
        require(before == null || before.equals(at), id + " was acked at " + before + " and at " + at);
        require(!refused.contains(id), id + " was refused for good and acked");
    }

    void refusedForGood(ClientId id) {
        refused.add(id);
        require(!acked.containsKey(id), id + " was acked and refused for good");
    }

    void joined(Object connection, RoomId room, long after) {
        streams.put(new Stream(connection, room), after);
    }

    void left(Object connection, RoomId room) {
        streams.remove(new Stream(connection, room));
    }

    void saw(Object connection, RoomEvent event) {
        Long last = streams.get(new Stream(connection, event.room()));
        require(last != null, "event " + event.seq() + " of " + event.room() + ", which isn't joined");
        require(event.seq() == last + 1, "event " + event.seq() + " of " + event.room() + " after " + last);
        streams.put(new Stream(connection, event.room()), event.seq());
        RoomEvent before = seen.putIfAbsent(new Place(event.room(), event.seq()), event);
        require(before == null || before.equals(event), "two events: " + before + " and " + event);
    }

    /** At the end: holds what was told and seen against what the store has. */
    void log(RoomId room, List<RoomEvent> log) {
        Map<ClientId, RoomEvent> byId = new HashMap<>();
        for (RoomEvent event : log) {
            require(byId.put(event.clientId(), event) == null, event.clientId() + " is kept twice");
            require(event.seq() == byId.size(), "the log of " + room + " has a hole before " + event.seq());
            RoomEvent shown = seen.getOrDefault(new Place(room, event.seq()), event);
            require(shown.equals(event), "shown " + shown + ", kept " + event);
        }
        List<ClientId> order = log.stream().map(RoomEvent::clientId).toList();
        written.forEach((writer, ids) -> {
            if (writer.room().equals(room)) {
                settled(ids, byId);
                List<ClientId> kept =
                        order.stream().filter(Set.copyOf(ids)::contains).toList();
                List<ClientId> sent = ids.stream().filter(byId::containsKey).toList();
                require(kept.equals(sent), writer + " sent " + sent + ", kept as " + kept);
            }
        });
    }

    private void settled(List<ClientId> ids, Map<ClientId, RoomEvent> byId) {
        for (ClientId id : ids) {
            Optional<Cursor> at = Optional.ofNullable(byId.get(id)).map(RoomEvent::at);
            if (refused.contains(id)) {
                require(at.isEmpty(), id + " was refused for good and is kept");
            } else {
                require(acked.containsKey(id), id + " was neither acked nor refused");
                require(at.equals(Optional.of(acked.get(id))), id + " acked at " + acked.get(id) + ", kept at " + at);
            }
        }
    }

    /** At the end: a client must have everything above {@code from}. */
    void has(String client, RoomId room, long from, Map<Long, ClientId> memory, List<RoomEvent> log) {
        for (RoomEvent event : log) {
            if (event.seq() > from) {
                ClientId known = memory.get(event.seq());
                require(
                        Objects.equals(known, event.clientId()),
                        client + " has " + known + " as event " + event.seq() + " of " + room + ", kept is "
                                + event.clientId());
            }
        }
    }

    static void require(boolean promise, String broken) {
        if (!promise) {
            throw new AssertionError(broken);
        }
    }
}
