package io.natterjack.server.engine;

import io.natterjack.core.PresenceState;
import io.natterjack.core.PresenceState.Availability;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Presence;
import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link Presence} of the sessions of one process. Remembers when the last {@value #MAX_REMEMBERED} people who went were seen.
 *
 * <p><b>Threads.</b> Any; the state is guarded by this, and sinks are called without it.
 */
public final class LocalPresence implements Presence {
    private static final Logger LOG = LoggerFactory.getLogger(LocalPresence.class);

    /** How long somebody who lost their connection is still seen. */
    public static final Duration GRACE = Duration.ofSeconds(15);

    private static final int MAX_REMEMBERED = 100_000;

    /** One who is there, or was a moment ago. */
    private static final class Person {
        final Map<SessionId, PresenceState> sessions = new HashMap<>();
        PresenceState shown = PresenceState.UNKNOWN;
        Scheduler.Cancellable grace = () -> {};
    }

    private final Scheduler scheduler;
    private final Duration grace;

    // Guarded by this.
    private final Map<UserId, Person> people = new HashMap<>();
    private final Map<UserId, Set<Sink>> watchers = new HashMap<>();
    private final Map<UserId, Long> lastSeen = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UserId, Long> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    /** To watchers, in the order in which the states were. */
    private final Queue<Runnable> calls = new ArrayDeque<>();

    private boolean calling;

    /** Makes a presence of nobody. */
    public LocalPresence(Scheduler scheduler, Duration grace) {
        this.scheduler = scheduler;
        this.grace = grace;
    }

    @Override
    public void connected(UserId user, SessionId session, PresenceState state) {
        synchronized (this) {
            Person person = people.computeIfAbsent(user, first -> new Person());
            person.grace.cancel();
            person.sessions.put(session, state);
            show(user, person, PresenceState.of(person.sessions.values()));
        }
        makeCalls();
    }

    @Override
    public void disconnected(UserId user, SessionId session, boolean forGood) {
        synchronized (this) {
            Person person = people.get(user);
            if (person == null || person.sessions.remove(session) == null) {
                return;
            }
            if (!person.sessions.isEmpty()) {
                show(user, person, PresenceState.of(person.sessions.values()));
            } else if (forGood || grace.isZero()) {
                gone(user, person);
            } else {
                person.grace = scheduler.after(grace, () -> graceOver(user, person));
            }
        }
        makeCalls();
    }

    private void graceOver(UserId user, Person person) {
        synchronized (this) {
            if (people.get(user) == person && person.sessions.isEmpty()) {
                gone(user, person);
            }
        }
        makeCalls();
    }

    /** Guarded by this. */
    private void gone(UserId user, Person person) {
        people.remove(user);
        long now = scheduler.wallMillis();
        if (person.shown.availability() == Availability.OFFLINE) {
            return; // who was hidden goes without a word
        }
        lastSeen.remove(user);
        lastSeen.put(user, now);
        show(user, person, new PresenceState(Availability.OFFLINE, "", now));
    }

    private long seen(UserId user) {
        return lastSeen.getOrDefault(user, 0L);
    }

    /** Guarded by this. */
    private void show(UserId user, Person person, PresenceState state) {
        if (!person.shown.equals(state)) {
            person.shown = state;
            watchers.getOrDefault(user, Set.of()).forEach(sink -> calls.add(() -> sink.seen(user, state)));
        }
    }

    /** Makes the calls that are due, unless another thread is at it: one at a time, so that the last one tells what is so. */
    private void makeCalls() {
        synchronized (this) {
            if (calling) {
                return;
            }
            calling = true;
        }
        for (Runnable call = nextCall(); call != null; call = nextCall()) {
            try {
                call.run();
            } catch (RuntimeException fault) {
                LOG.error("Somebody could not be told who is there", fault);
            }
        }
    }

    private synchronized @Nullable Runnable nextCall() {
        Runnable next = calls.poll();
        calling = next != null;
        return next;
    }

    @Override
    public CompletionStage<Map<UserId, PresenceState>> query(Collection<UserId> users) {
        Map<UserId, PresenceState> states = new LinkedHashMap<>();
        synchronized (this) {
            for (UserId user : users) {
                Person person = people.get(user);
                states.put(
                        user,
                        person != null && person.shown.availability() != Availability.OFFLINE
                                ? person.shown
                                : new PresenceState(Availability.OFFLINE, "", seen(user)));
            }
        }
        return CompletableFuture.completedFuture(states);
    }

    @Override
    public synchronized Watching watch(Collection<UserId> users, Sink sink) {
        for (UserId user : users) {
            watchers.computeIfAbsent(user, first -> new HashSet<>()).add(sink);
        }
        List<UserId> watched = List.copyOf(users);
        return () -> unwatch(watched, sink);
    }

    private synchronized void unwatch(List<UserId> users, Sink sink) {
        for (UserId user : users) {
            watchers.computeIfPresent(user, (same, sinks) -> {
                sinks.remove(sink);
                return sinks.isEmpty() ? null : sinks;
            });
        }
    }
}
