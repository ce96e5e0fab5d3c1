package io.natterjack.server.session;

import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.server.node.NodeText;
import io.natterjack.server.node.Nodes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How fast a user, over all sessions, and a room, over all users, may change something; and slow mode. Remembers a bounded number of each:
 * who is forgotten begins anew. Nodes tell each other what they have let through, a moment later; so over several nodes somebody may get
 * ahead by what they send in {@link #TELLING}, and after that waits for all of it.
 *
 * <pre>
 *   rates   (u user | r room) count …
 *   slow    room user
 * </pre>
 *
 * <p><b>Threads.</b> Any; guarded by this.
 */
public final class Rates {
    private static final int MAX_REMEMBERED = 50_000;
    private static final Duration TELLING = Duration.ofMillis(250);
    private static final int MAX_TOLD = 500;
    private static final String RATES = "rates";
    private static final String SLOW = "slow";
    private static final String USER = "u";
    private static final String ROOM = "r";

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
    private final Nodes nodes;

    // Guarded by this.
    private final Map<UserId, TokenBucket> users = remembering();
    private final Map<RoomId, TokenBucket> rooms = remembering();
    private final Map<InRoom, Long> lastSent = remembering();
    private final Map<UserId, Integer> untoldOfUsers = new HashMap<>();
    private final Map<RoomId, Integer> untoldOfRooms = new HashMap<>();

    /** Makes rates at which nobody has done anything yet. */
    public Rates(Scheduler time, Rate perUser, Rate perRoom, Nodes nodes) {
        this.time = time;
        this.perUser = perUser;
        this.perRoom = perRoom;
        this.nodes = nodes;
        nodes.on(RATES, this::takenElsewhere);
        nodes.on(SLOW, text -> slowedElsewhere(new RoomId(text.field(0)), new UserId(text.field(1))));
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
            TokenBucket ofUser = bucket(users, user, perUser);
            Duration wait = ofUser.tryTake();
            if (!wait.isZero()) {
                return wait;
            }
            wait = bucket(rooms, room, perRoom).tryTake();
            if (!wait.isZero()) {
                ofUser.giveBack();
            } else if (nodes.isConnected()) {
                note(room, user);
            }
            return wait;
        }
    }

    /** Guarded by this. */
    private void note(RoomId room, UserId user) {
        if (untoldOfUsers.isEmpty()) {
            time.after(TELLING, this::tell);
        }
        untoldOfUsers.merge(user, 1, Integer::sum);
        untoldOfRooms.merge(room, 1, Integer::sum);
    }

    private void tell() {
        List<String> fields = new ArrayList<>();
        synchronized (this) {
            untoldOfUsers.forEach((user, count) -> fields.addAll(List.of(USER, user.value(), count.toString())));
            untoldOfRooms.forEach((room, count) -> fields.addAll(List.of(ROOM, room.value(), count.toString())));
            untoldOfUsers.clear();
            untoldOfRooms.clear();
        }
        for (int from = 0; from < fields.size(); from += 3 * MAX_TOLD) {
            List<String> part = fields.subList(from, Math.min(fields.size(), from + 3 * MAX_TOLD));
            nodes.publish(RATES, new NodeText(RATES, List.copyOf(part), ""));
        }
    }

    private synchronized void takenElsewhere(NodeText text) {
        for (int i = 0; i + 2 < text.fields().size(); i += 3) {
            int count = Math.toIntExact(text.number(i + 2));
            if (text.field(i).equals(USER)) {
                bucket(users, new UserId(text.field(i + 1)), perUser).drain(count);
            } else if (text.field(i).equals(ROOM)) {
                bucket(rooms, new RoomId(text.field(i + 1)), perRoom).drain(count);
            }
        }
    }

    private synchronized void slowedElsewhere(RoomId room, UserId user) {
        lastSent.put(new InRoom(room, user), time.nanoTime());
    }

    private <K> TokenBucket bucket(Map<K, TokenBucket> buckets, K key, Rate rate) {
        return buckets.computeIfAbsent(key, first -> new TokenBucket(time, rate.perSecond, rate.burst));
    }

    /**
     * Notes a message under slow mode.
     *
     * @param now the scheduler's time, by which the turn can be {@linkplain #giveBackSlowly given back}
     * @return zero if it may pass, else how long it has to wait
     */
    Duration takeSlowly(RoomId room, UserId user, Duration pause, long now) {
        InRoom key = new InRoom(room, user);
        synchronized (this) {
            Long last = lastSent.get(key);
            long left = last == null ? 0 : last + pause.toNanos() - now;
            if (left > 0) {
                return Duration.ofMillis(left / 1_000_000 + 1);
            }
            lastSent.put(key, now);
        }
        nodes.publish(room.value(), NodeText.of(SLOW, "", room.value(), user.value()));
        return Duration.ZERO;
    }

    /**
     * Nothing came of the message that took its turn at {@code since}: the next one needn't wait for it. On other nodes it has to, should it
     * come there.
     */
    synchronized void giveBackSlowly(RoomId room, UserId user, long since) {
        lastSent.remove(new InRoom(room, user), since);
    }
}
