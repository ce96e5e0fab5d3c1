package io.natterjack.client;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.EventKind;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;

/** The true logs of a simulated server's rooms, which may come back from a backup: then what lies above some place is gone. */
final class SimulatedLogs {
    private final Map<RoomId, List<RoomEvent>> logs = new HashMap<>();
    private final List<Long> bases = new ArrayList<>();
    private long epoch = 1;

    long epoch() {
        return epoch;
    }

    List<RoomEvent> of(RoomId room) {
        return logs.computeIfAbsent(room, name -> new ArrayList<>());
    }

    Cursor head(RoomId room) {
        return new Cursor(epoch, of(room).size());
    }

    RoomEvent append(RoomId room, UserId sender, ClientId cid, long timestamp, MessageBody body) {
        List<RoomEvent> log = of(room);
        RoomEvent event =
                new RoomEvent(room, new Cursor(epoch, log.size() + 1), EventKind.MESSAGE, sender, cid, timestamp, body);
        log.add(event);
        return event;
    }

    Optional<RoomEvent> find(RoomId room, UserId sender, ClientId cid) {
        return of(room).stream()
                .filter(event ->
                        event.sender().equals(sender) && event.clientId().equals(cid))
                .findFirst();
    }

    /** Returns the room's events of that range, as of the present epoch. */
    List<RoomEvent> range(RoomId room, long after, long upto) {
        return of(room).subList((int) after, (int) upto).stream()
                .map(event -> new RoomEvent(
                        room,
                        new Cursor(epoch, event.seq()),
                        event.kind(),
                        event.sender(),
                        event.clientId(),
                        event.timestamp(),
                        event.body()))
                .collect(Collectors.toList());
    }

    /** A backup is restored. */
    void forget(Random random) {
        epoch++;
        int shortest = Integer.MAX_VALUE;
        for (List<RoomEvent> log : logs.values()) {
            shortest = Math.min(shortest, log.size());
        }
        long base = logs.isEmpty() ? 0 : Math.max(0, shortest - random.nextInt(5));
        bases.add(base);
        for (List<RoomEvent> log : logs.values()) {
            log.subList((int) base, log.size()).clear();
        }
    }

    /** Returns up to where the past of an earlier epoch is still there. */
    long sharedSince(long before) {
        return bases.subList((int) before - 1, bases.size()).stream()
                .mapToLong(Long::longValue)
                .min()
                .getAsLong();
    }
}
