package io.natterjack.server.engine;

import io.natterjack.core.PresenceState;
import io.natterjack.core.PresenceState.Availability;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Presence;
import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * {@link Presence} of the sessions of one process. Remembers when the last {@value #MAX_REMEMBERED} people who went were seen.
 *
 * <p><b>Threads.</b> Any; the state is guarded by this, and sinks are called without it.
 */
public final class LocalPresence implements Presence {
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

    /** Makes a presence of nobody. */
    public LocalPresence(Scheduler scheduler, Duration grace) {
        this.scheduler = scheduler;
        this.grace = grace;
    }

    @Override
    public void connected(UserId user, SessionId session, PresenceState state) {
        List<Runnable> calls;
        synchronized (this) {
            Person person = people.computeIfAbsent(user, first -> new Person());
            person.grace.cancel();
            person.sessions.put(session, state);
            calls = show(user, person, PresenceState.of(person.sessions.values()));
        }
        calls.forEach(Runnable::run);
    }

    @Override
    public void disconnected(UserId user, SessionId session, boolean forGood) {
        List<Runnable> calls = List.of();
        synchronized (this) {
            Person person = people.get(user);
            if (person == null || person.sessions.remove(session) == null) {
                return;
            }
            if (!person.sessions.isEmpty()) {
                calls = show(user, person, PresenceState.of(person.sessions.values()));
            } else if (forGood || grace.isZero()) {
                calls = gone(user, person);
            } else {
                person.grace = scheduler.after(grace, () -> graceOver(user, person));
            }
        }
        calls.forEach(Runnable::run);
    }

    private void graceOver(UserId user, Person person) {
        List<Runnable> calls = List.of();
        synchronized (this) {
            if (people.get(user) == person && person.sessions.isEmpty()) {
                calls = gone(user, person);
            }
        }
        calls.forEach(Runnable::run);
    }

    /** Guarded by this. */
    private List<Runnable> gone(UserId user, Person person) {
        people.remove(user);
        long now = scheduler.wallMillis();
        if (person.shown.availability() == Availability.OFFLINE) {
            return List.of(); // who was hidden goes without a word
        }
        lastSeen.remove(user);
        lastSeen.put(user, now);
        return show(user, person, new PresenceState(Availability.OFFLINE, "", now));
    }

    private long seen(UserId user) {
        return lastSeen.getOrDefault(user, 0L);
    }

    /** Guarded by this; returns the calls that are to be made without it. */
    private List<Runnable> show(UserId user, Person person, PresenceState state) {
        if (person.shown.equals(state)) {
            return List.of();
        }
        person.shown = state;
        List<Runnable> calls = new ArrayList<>();
        watchers.getOrDefault(user, Set.of()).forEach(sink -> calls.add(() -> sink.seen(user, state)));
        return calls;
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
