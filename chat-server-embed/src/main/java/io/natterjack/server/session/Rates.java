package io.natterjack.server.session;

import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How fast a user, over all sessions, and a room, over all users, may change something; and slow mode. Remembers a bounded number of each:
 * who is forgotten begins anew.
 *
 * <p><b>Threads.</b> Any; guarded by this.
 */
public final class Rates {
    private static final int MAX_REMEMBERED = 50_000;

    /**
     * A rate.
     *
     * @param perSecond in the long run; 0 for no limit
     * @param burst at once
     */
    public record Rate(int perSecond, int burst) {
        /** No limit. */
        public static final Rate NONE = new Rate(0, 0);
    }

    private record InRoom(RoomId room, UserId user) {}

    private final Scheduler time;
    private final Rate perUser;
    private final Rate perRoom;

    // Guarded by this.
    private final Map<UserId, TokenBucket> users = remembering();
    private final Map<RoomId, TokenBucket> rooms = remembering();
    private final Map<InRoom, Long> lastSent = remembering();

    /** Makes rates at which nobody has done anything yet. */
    public Rates(Scheduler time, Rate perUser, Rate perRoom) {
        this.time = time;
        this.perUser = perUser;
        this.perRoom = perRoom;
    }

    private static <K, V> Map<K, V> remembering() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > MAX_REMEMBERED;
            }
        };
    }

    /** Takes one for a change; returns zero if it may pass, else how long it has to wait. */
    Duration take(RoomId room, UserId user) {
        if (perUser.perSecond == 0 && perRoom.perSecond == 0) {
            return Duration.ZERO;
        }
        synchronized (this) {
            Duration ofUser = bucket(users, user, perUser).tryTake();
            return ofUser.isZero() ? bucket(rooms, room, perRoom).tryTake() : ofUser;
        }
    }

    private <K> TokenBucket bucket(Map<K, TokenBucket> buckets, K key, Rate rate) {
        return buckets.computeIfAbsent(key, first -> new TokenBucket(time, rate.perSecond, rate.burst));
    }

    /** Notes a message under slow mode; returns zero if it may pass, else how long it has to wait. */
    synchronized Duration takeSlowly(RoomId room, UserId user, Duration pause) {
        InRoom key = new InRoom(room, user);
        long now = time.nanoTime();
        Long last = lastSent.get(key);
        long left = last == null ? 0 : last + pause.toNanos() - now;
        if (left <= 0) {
            lastSent.put(key, now);
            return Duration.ZERO;
        }
        return Duration.ofMillis(left / 1_000_000 + 1);
    }
}
