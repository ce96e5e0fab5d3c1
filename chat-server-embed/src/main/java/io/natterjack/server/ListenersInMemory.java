package io.natterjack.server;

import io.natterjack.core.Cursor;
import io.natterjack.core.RoomId;
import io.natterjack.core.spi.ListenerStore;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * How far listeners of the store in memory have come.
 *
 * <p><b>Threads.</b> Any.
 */
final class ListenersInMemory implements ListenerStore {
    private final Supplier<Map<RoomId, Cursor>> heads;
    private final Map<String, Map<RoomId, Long>> heard = new ConcurrentHashMap<>();

    ListenersInMemory(Supplier<Map<RoomId, Cursor>> heads) {
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
