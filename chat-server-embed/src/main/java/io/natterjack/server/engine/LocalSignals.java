package io.natterjack.server.engine;

import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Signal;
import io.natterjack.core.spi.Signals;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link Signals} for the sessions of one process.
 *
 * <p><b>Threads.</b> Any.
 */
public final class LocalSignals implements Signals {
    private static final Logger LOG = LoggerFactory.getLogger(LocalSignals.class);

    private record Listener(UserId user, SessionId session, Sink sink) {}

    private final Map<UserId, Set<Listener>> users = new ConcurrentHashMap<>();
    private final Map<RoomId, Set<Listener>> rooms = new ConcurrentHashMap<>();

    @Override
    public Listening listen(UserId user, SessionId session, Sink sink) {
        return listen(users, user, new Listener(user, session, sink));
    }

    @Override
    public Listening listen(RoomId room, UserId user, SessionId session, Sink sink) {
        return listen(rooms, room, new Listener(user, session, sink));
    }

    private static <K> Listening listen(Map<K, Set<Listener>> listeners, K key, Listener listener) {
        // In one step with the removal of the last one, so that none is added to a set that is out of the map.
        listeners.compute(key, (same, present) -> {
            Set<Listener> set = present == null ? ConcurrentHashMap.newKeySet() : present;
            set.add(listener);
            return set;
        });
        return () -> listeners.computeIfPresent(key, (same, present) -> {
            present.remove(listener);
            return present.isEmpty() ? null : present;
        });
    }

    /** Tells whether somebody listens as that user. */
    boolean isHeard(UserId user) {
        return users.containsKey(user);
    }

    /** Tells whether somebody listens to the room. */
    boolean isHeard(RoomId room) {
        return rooms.containsKey(room);
    }

    @Override
    public void toUser(UserId user, Signal signal, Optional<SessionId> except) {
        send(users.get(user), signal, session -> except.isEmpty() || !session.equals(except.get()));
    }

    @Override
    public void toRoom(RoomId room, Signal signal, Optional<SessionId> except) {
        send(rooms.get(room), signal, session -> except.isEmpty() || !session.equals(except.get()));
    }

    @Override
    public void toSession(UserId user, SessionId session, Signal signal) {
        send(users.get(user), signal, session::equals);
    }

    private static void send(@Nullable Set<Listener> listeners, Signal signal, Predicate<SessionId> wanted) {
        if (listeners == null) {
            return;
        }
        for (Listener listener : listeners) {
            if (wanted.test(listener.session())) {
                try {
                    listener.sink().signal(signal);
                } catch (RuntimeException fault) {
                    LOG.error("A listener to signals failed", fault);
                }
            }
        }
    }

    @Override
    public CompletionStage<Integer> present(RoomId room) {
        return CompletableFuture.completedFuture(people(room).size());
    }

    /** Returns who listens to the room. */
    Set<UserId> people(RoomId room) {
        Set<UserId> present = new HashSet<>();
        rooms.getOrDefault(room, Set.of()).forEach(listener -> present.add(listener.user()));
        return present;
    }
}
