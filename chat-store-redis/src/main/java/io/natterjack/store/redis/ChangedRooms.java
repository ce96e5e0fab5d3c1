package io.natterjack.store.redis;

import io.natterjack.core.Cursor;
import io.natterjack.core.RoomId;
import io.natterjack.core.spi.ChangedHeads;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Finds the rooms in which something happened lately, over all partitions.
 *
 * <p><b>Threads.</b> Any thread may call, and waits for Redis.
 */
final class ChangedRooms {
    private static final String FOR_EVER = "+inf";

    private final Calls calls;
    private final Keys keys;
    private final Function<Collection<RoomId>, Map<RoomId, Cursor>> heads;

    ChangedRooms(Calls calls, Keys keys, Function<Collection<RoomId>, Map<RoomId, Cursor>> heads) {
        this.calls = calls;
        this.keys = keys;
        this.heads = heads;
    }

    /**
     * What partitions have of a time.
     *
     * @param rooms by when something happened last
     * @param upto the time before which nothing is left out
     * @param now the time of that server whose clock is behind the others'
     */
    private record Found(NavigableMap<Long, List<RoomId>> rooms, long upto, long now) {}

    ChangedHeads since(long since, int limit) {
        if (since == 0) {
            // The time alone: one room at most is read in vain.
            return new ChangedHeads(Map.of(), false, find(Cursor.MAX, FOR_EVER, 1).now);
        }
        Found found = find(since, FOR_EVER, limit + 1);
        boolean more = found.upto < Long.MAX_VALUE;
        if (more && found.rooms.firstKey() >= found.upto) {
            // More than were asked for at the first moment: what happened at one moment stays together, or a reader
            // couldn't go on from it.
            long first = found.rooms.firstKey();
            found.rooms.put(first, rooms(find(first, String.valueOf(first), -1)));
            return answer(page(found.rooms.headMap(first, true)), true, first + 1);
        }
        List<RoomId> page = new ArrayList<>();
        for (Map.Entry<Long, List<RoomId>> moment : found.rooms.entrySet()) {
            boolean isCut = moment.getKey() >= found.upto;
            if (isCut || !page.isEmpty() && page.size() + moment.getValue().size() > limit) {
                return answer(page, true, moment.getKey());
            }
            page.addAll(moment.getValue());
        }
        return answer(page, false, found.now);
    }

    private ChangedHeads answer(List<RoomId> page, boolean more, long asOf) {
        Map<RoomId, Cursor> now = heads.apply(page);
        Map<RoomId, Cursor> inOrder = new LinkedHashMap<>();
        page.forEach(room -> inOrder.put(room, Objects.requireNonNull(now.get(room))));
        return new ChangedHeads(inOrder, more, asOf);
    }

    private static List<RoomId> page(Map<Long, List<RoomId>> moments) {
        return moments.values().stream().flatMap(List::stream).toList();
    }

    private static List<RoomId> rooms(Found found) {
        return page(found.rooms);
    }

    /** Asks each partition for the first {@code most} rooms of a time; for all if that is negative. */
    private Found find(long from, String upto, int most) {
        List<Call> asked = new ArrayList<>();
        for (int partition = 0; partition < Keys.PARTITIONS; partition++) {
            Batch batch = new Batch(keys, partition);
            String rooms = keys.changedRooms(partition);
            batch.time();
            batch.add("ZRANGE", rooms, "0", "0", "REV", "WITHSCORES");
            batch.add(
                    "ZRANGE",
                    rooms,
                    String.valueOf(from),
                    upto,
                    "BYSCORE",
                    "LIMIT",
                    "0",
                    String.valueOf(most),
                    "WITHSCORES");
            asked.add(batch.call());
        }
        NavigableMap<Long, List<RoomId>> rooms = new TreeMap<>();
        long complete = Long.MAX_VALUE;
        long now = Long.MAX_VALUE;
        for (Reply reply : calls.all(asked)) {
            // The clock of a server that took over may be behind what its predecessor wrote.
            List<String> newest = reply.list(1);
            now = Math.min(now, Math.max(newest.isEmpty() ? 0 : Long.parseLong(newest.get(1)), reply.millis(0)));
            List<String> found = reply.list(2);
            for (int i = 0; i < found.size(); i += 2) {
                rooms.computeIfAbsent(Long.parseLong(found.get(i + 1)), first -> new ArrayList<>())
                        .add(new RoomId(found.get(i)));
            }
            if (found.size() == 2L * most) {
                complete = Math.min(complete, Long.parseLong(found.get(found.size() - 1)));
            }
        }
        return new Found(rooms, complete, now);
    }
}
