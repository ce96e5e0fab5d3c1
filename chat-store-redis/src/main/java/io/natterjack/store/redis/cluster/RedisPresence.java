package io.natterjack.store.redis.cluster;

import io.natterjack.core.PresenceState;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Presence;
import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@link Presence} of the sessions of all nodes. Each node says in Redis what its own sessions say of a person, and tells the others when
 * that has changed; those who watch the person read what all say. Of its own people a node believes itself, so that while Redis is away
 * they are seen as they are, and others as they were.
 *
 * <p>A change just after the beginning of a watching may not be shown by it, but then a query made after {@link #watch} has it.
 *
 * <p>Somebody who lost their connection is in grace: their node goes on saying what it said, marked so. It counts only as long as no node
 * has a session of theirs; and the first that has one ends it.
 *
 * <p><b>Threads.</b> Any thread may call any method; all else happens on the presence lane.
 */
final class RedisPresence implements Presence {
    /** A person with sessions on this node, or in grace. */
    private static final class Person {
        final Map<SessionId, PresenceState> sessions = new HashMap<>();
        PresenceEntry entry = new PresenceEntry(false, PresenceState.UNKNOWN);
        Scheduler.Cancellable grace = () -> {};
    }

    private final PresenceEntries entries;
    private final Scheduler scheduler;
    private final Duration grace;
    private final Executor lane;
    private final Consumer<String> doubts;
    private final PresenceWriter writer;
    private final PresenceWatchers watchers;

    // Presence lane only.
    private final Map<UserId, Person> people = new HashMap<>();
    private NodeLease.View view;
    private boolean away;
    // How often lately there was reason to think that Redis may have forgotten what others say.
    private int doubtful;

    /**
     * Makes a presence of nobody on this node.
     *
     * @param announcer tells the other nodes that something has changed of a person
     * @param doubts takes each lease under which something is said though it isn't on the list, as far as the view knows
     */
    RedisPresence(
            PresenceEntries entries,
            NodeLease.View view,
            Scheduler scheduler,
            Duration grace,
            Executor lane,
            Consumer<UserId> announcer,
            Consumer<String> doubts) {
        this.entries = entries;
        this.view = view;
        this.scheduler = scheduler;
        this.grace = grace;
        this.lane = lane;
        this.doubts = doubts;
        this.writer = new PresenceWriter(entries, view.own(), lane, announcer);
        this.watchers = new PresenceWatchers(entries, lane, new PresenceWatchers.Node() {
            @Override
            public PresenceMix.Own own(UserId user) {
                return RedisPresence.this.own(user);
            }

            @Override
            public NodeLease.View view() {
                return RedisPresence.this.view;
            }

            @Override
            public boolean mayBeForgotten() {
                return doubtful > 0;
            }

            @Override
            public void hasRead(UserId user, PresenceEntries.Said said) {
                endGraceIfOver(user, said);
                said.byLease().keySet().forEach(lease -> judge(lease, user));
            }
        });
    }

    private PresenceMix.Own own(UserId user) {
        Person person = people.get(user);
        return person == null ? PresenceMix.Own.NOTHING : new PresenceMix.Own(person.entry, 0);
    }

    @Override
    public void connected(UserId user, SessionId session, PresenceState state) {
        lane.execute(() -> {
            Person person = people.computeIfAbsent(user, first -> new Person());
            person.grace.cancel();
            person.sessions.put(session, state);
            say(user, person, PresenceEntry.of(person.sessions.values()));
        });
    }

    @Override
    public void disconnected(UserId user, SessionId session, boolean forGood) {
        lane.execute(() -> {
            Person person = people.get(user);
            if (person == null || person.sessions.remove(session) == null) {
                return;
            }
            if (!person.sessions.isEmpty()) {
                say(user, person, PresenceEntry.of(person.sessions.values()));
            } else if (forGood || grace.isZero()) {
                gone(user, person);
            } else {
                say(user, person, person.entry.inGrace());
                person.grace = scheduler.after(grace, () -> lane.execute(() -> graceOver(user, person)));
            }
        });
    }

    private void say(UserId user, Person person, PresenceEntry entry) {
        if (!entry.equals(person.entry) || person.sessions.size() == 1) {
            person.entry = entry;
            writer.say(user, entry);
            watchers.show(user, own(user));
        }
    }

    private void graceOver(UserId user, Person person) {
        if (people.get(user) == person && person.sessions.isEmpty()) {
            gone(user, person);
        }
    }

    private void gone(UserId user, Person person) {
        people.remove(user);
        long now = scheduler.wallMillis();
        writer.sayNothing(user, now);
        watchers.show(user, new PresenceMix.Own(null, person.entry.isVisible() ? now : 0));
    }

    /** A node that has a session of theirs has ended the grace here; if that session is over too, they are gone. */
    private void endGraceIfOver(UserId user, PresenceEntries.Said said) {
        Person person = people.get(user);
        if (person != null
                && person.sessions.isEmpty()
                && writer.isSettled(user)
                && !said.byLease().containsKey(view.own())) {
            person.grace.cancel();
            people.remove(user);
            writer.sayNothing(user, scheduler.wallMillis());
        }
    }

    /** What is said under a lease that nobody holds, and that is off the list, no janitor would find. */
    private void judge(String lease, UserId user) {
        if (lease.equals(view.own()) || view.listed().contains(lease)) {
            return;
        }
        Long diedAt = view.dead().get(lease);
        if (diedAt == null) {
            doubts.accept(lease);
        } else {
            entries.remove(lease, user, diedAt);
        }
    }

    @Override
    public CompletionStage<Map<UserId, PresenceState>> query(Collection<UserId> users) {
        List<UserId> asked = List.copyOf(users);
        CompletableFuture<Map<UserId, PresenceState>> answer = new CompletableFuture<>();
        lane.execute(() -> {
            List<CompletableFuture<PresenceState>> states = new ArrayList<>(asked.size());
            asked.forEach(user -> states.add(state(user)));
            CompletableFuture.allOf(states.toArray(CompletableFuture[]::new)).thenRun(() -> {
                Map<UserId, PresenceState> all = new LinkedHashMap<>();
                for (int i = 0; i < asked.size(); i++) {
                    all.put(asked.get(i), states.get(i).join());
                }
                answer.complete(all);
            });
        });
        return answer;
    }

    /** Returns how somebody is to be seen; as far as is known here if Redis doesn't answer. Never completes exceptionally. */
    private CompletableFuture<PresenceState> state(UserId user) {
        return away ? CompletableFuture.completedFuture(watchers.knownState(user)) : watchers.ask(user);
    }

    @Override
    public Watching watch(Collection<UserId> users, Sink sink) {
        Collection<UserId> watched = List.copyOf(new LinkedHashSet<>(users));
        lane.execute(() -> watchers.watch(watched, sink));
        return () -> lane.execute(() -> watchers.unwatch(watched, sink));
    }

    /** Hears that another node says otherwise of these people than before. Any thread. */
    void announced(Collection<UserId> users) {
        lane.execute(() -> users.forEach(user -> {
            Person person = people.get(user);
            watchers.changed(user, person != null && person.sessions.isEmpty());
        }));
    }

    /** Hears that announcements may have been lost, and that a part of Redis may have lost what it had. Any thread. */
    void regained() {
        lane.execute(() -> {
            writer.sayAgain();
            doubtForAWhile(watchers::readFailed);
            watchers.readAll();
        });
    }

    /** Who still has to say what Redis may have forgotten has said it again by the end of {@link NodeLease#QUIET}. */
    private void doubtForAWhile(Runnable then) {
        doubtful++;
        scheduler.after(
                NodeLease.QUIET,
                () -> lane.execute(() -> {
                    doubtful--;
                    then.run();
                }));
    }

    /** Hears who is there. Any thread. */
    void looked(NodeLease.View next) {
        lane.execute(() -> {
            NodeLease.View former = view;
            boolean back = away;
            view = next;
            away = false;
            if (former.own().equals(next.own())) {
                writer.resume();
            } else {
                writer.relet(next.own());
                doubtForAWhile(watchers::readAll);
            }
            if (!former.dead().keySet().equals(next.dead().keySet())) {
                watchers.showAll();
            }
            if (back) {
                watchers.readAll();
            } else {
                watchers.readFailed();
            }
        });
    }

    /** Hears that Redis doesn't answer. Any thread. */
    void away() {
        lane.execute(() -> away = true);
    }

    /** Tells whether nothing is under way. */
    CompletionStage<Boolean> isIdle() {
        return CompletableFuture.supplyAsync(() -> writer.isIdle() && watchers.isIdle(), lane);
    }

    /** Writes and reads no more. Any thread. */
    CompletionStage<@Nullable Void> close() {
        return CompletableFuture.runAsync(
                () -> {
                    writer.close();
                    watchers.close();
                    people.values().forEach(person -> person.grace.cancel());
                },
                lane);
    }
}
