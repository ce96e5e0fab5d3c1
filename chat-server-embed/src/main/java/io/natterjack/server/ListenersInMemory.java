package io.natterjack.server;

import io.natterjack.core.Cursor;
import io.natterjack.core.RoomId;
import io.natterjack.core.spi.ListenerStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * How far listeners of the store in memory have come.
 *
 * <p><b>Threads.</b> Any.
 */
final class ListenersInMemory implements ListenerStore {
    private final Supplier<Map<RoomId, Cursor>> heads;
    private final LongSupplier wallMillis;
    private final Map<String, Turn> turns = new ConcurrentHashMap<>();
    private final Map<String, Map<RoomId, Long>> heard = new ConcurrentHashMap<>();

    private record Turn(String holder, long until) {}

    ListenersInMemory(Supplier<Map<RoomId, Cursor>> heads, LongSupplier wallMillis) {
        this.wallMillis = wallMillis;
        this.heads = heads;
    }

    @Override
    public void register(String listener) {
        heard.computeIfAbsent(listener, first -> {
            Map<RoomId, Long> now = new ConcurrentHashMap<>();
            heads.get().forEach((room, head) -> now.put(room, head.seq()));
            return now;
        });
    }

    @Override
    public boolean take(String listener, String holder, Duration validity) {
        long now = wallMillis.getAsLong();
        Turn turn = turns.compute(listener, (same, before) -> {
            boolean isFree =
                    before == null || before.until() < now || before.holder().equals(holder);
            return isFree ? new Turn(holder, validity.isZero() ? 0 : now + validity.toMillis()) : before;
        });
        return turn.holder().equals(holder) && turn.until() > now;
    }

    @Override
    public Map<RoomId, Long> behind(String listener, int limit) {
        Map<RoomId, Long> behind = new HashMap<>();
        heads.get().forEach((room, head) -> {
            long last = heard(listener, room);
            if (last < head.seq() && behind.size() < limit) {
                behind.put(room, last);
            }
        });
        return behind;
    }

    @Override
    public long heard(String listener, RoomId room) {
        return heard.getOrDefault(listener, Map.of()).getOrDefault(room, 0L);
    }

    @Override
    public void heard(String listener, RoomId room, long seq) {
        heard.computeIfAbsent(listener, first -> new ConcurrentHashMap<>()).merge(room, seq, Math::max);
    }
}
