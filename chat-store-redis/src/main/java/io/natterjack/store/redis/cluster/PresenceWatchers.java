package io.natterjack.store.redis.cluster;

import io.natterjack.core.PresenceState;
import io.natterjack.core.PresenceState.Availability;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Presence;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who watches whom on this node, and how those watched were seen last. What other nodes say is read when they announce a change, at most
 * {@value #MAX_UNANSWERED} people at a time, and kept while somebody watches. What is asked once is read in the same way.
 *
 * <p><b>Threads.</b> The presence lane only; sinks are called there.
 */
final class PresenceWatchers {
    static final int MAX_UNANSWERED = 256;

    /** How many questions may wait for a reading; what is asked above that is answered by what is known. */
    static final int MAX_ASKED = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(PresenceWatchers.class);
    private static final int MAX_UNSHOWN = 16;

    /** What watchers need to know of their node. */
    interface Node {
        /** Returns what the node knows of {@code user} itself. */
        PresenceMix.Own own(UserId user);

        /** Returns who is there. */
        NodeLease.View view();

        /** Tells whether what isn't said may have been forgotten, and isn't said again yet. */
        boolean mayBeForgotten();

        /** Something was read of {@code user}. */
        void hasRead(UserId user, PresenceEntries.Said said);
    }

    /** One who is watched. */
    private static final class Watched {
        final Set<Presence.Sink> sinks = new HashSet<>();
        // What came about on this node before the first reading; nothing can be shown before, and the first of it was
        // so already.
        final List<PresenceMix.Own> unshown = new ArrayList<>();

        PresenceEntries.@Nullable Said said;

        PresenceState shown = PresenceState.UNKNOWN;
        long readNumber;
    }

    private final PresenceEntries entries;
    private final Executor lane;
    private final Node node;
    private final Map<UserId, Watched> watched = new HashMap<>();
    private final Set<UserId> toRead = new LinkedHashSet<>();
    private final Set<UserId> failed = new HashSet<>();
    private final Map<UserId, List<CompletableFuture<PresenceState>>> asked = new HashMap<>();
    private int questions;
    private long reads;
    private int unanswered;
    private boolean closed;

    PresenceWatchers(PresenceEntries entries, Executor lane, Node node) {
        this.entries = entries;
        this.lane = lane;
        this.node = node;
    }

    void watch(Collection<UserId> users, Presence.Sink sink) {
        for (UserId user : users) {
            Watched one = watched.get(user);
            if (one == null) {
                one = new Watched();
                one.unshown.add(node.own(user));
                watched.put(user, one);
                toRead.add(user);
            }
            one.sinks.add(sink);
        }
        pump();
    }

    void unwatch(Collection<UserId> users, Presence.Sink sink) {
        for (UserId user : users) {
            watched.computeIfPresent(user, (same, one) -> {
                one.sinks.remove(sink);
                return one.sinks.isEmpty() ? null : one;
            });
        }
    }

    /** Reads again what is said of {@code user} if somebody watches them, or {@code anyway}. */
    void changed(UserId user, boolean anyway) {
        if (anyway || watched.containsKey(user)) {
            toRead.add(user);
            pump();
        }
    }

    /** Reads again what is said of all. */
    void readAll() {
        toRead.addAll(watched.keySet());
        pump();
    }

    /** Reads what couldn't be read before. */
    void readFailed() {
        toRead.addAll(failed);
        failed.clear();
        pump();
    }

    /** Returns how {@code user} is to be seen by a reading that is still to begin, or by what is known if that fails. Never fails. */
    CompletableFuture<PresenceState> ask(UserId user) {
        if (closed || questions >= MAX_ASKED) {
            return CompletableFuture.completedFuture(knownState(user));
        }
        questions++;
        CompletableFuture<PresenceState> answer = new CompletableFuture<>();
        asked.computeIfAbsent(user, first -> new ArrayList<>()).add(answer);
        toRead.add(user);
        pump();
        return answer;
    }

    private void answer(List<CompletableFuture<PresenceState>> those, PresenceState state) {
        questions -= those.size();
        those.forEach(each -> each.complete(state));
    }

    private void pump() {
        while (!closed && unanswered < MAX_UNANSWERED && !toRead.isEmpty()) {
            UserId user = toRead.iterator().next();
            toRead.remove(user);
            unanswered++;
            long number = ++reads;
            List<CompletableFuture<PresenceState>> those = asked.getOrDefault(user, List.of());
            asked.remove(user);
            entries.read(user)
                    .whenComplete((said, failure) -> lane.execute(() -> {
                        unanswered--;
                        if (said == null) {
                            couldntRead(user);
                            answer(those, knownState(user));
                        } else {
                            answer(those, hasRead(user, said, number));
                        }
                        pump();
                    }));
        }
    }

    private void couldntRead(UserId user) {
        Watched one = watched.get(user);
        if (one != null) {
            failed.add(user);
            if (one.said == null) {
                one.said = PresenceEntries.Said.NOTHING;
                showFirst(user, one);
            }
        }
    }

    /** Takes what was read, the later of two readings; returns how the user is to be seen by that. */
    private PresenceState hasRead(UserId user, PresenceEntries.Said said, long number) {
        node.hasRead(user, said);
        Watched one = watched.get(user);
        if (one != null && node.mayBeForgotten() && isForgotten(one, said)) {
            failed.add(user);
            return knownState(user);
        }
        if (one != null && number > one.readNumber) {
            boolean first = one.said == null;
            one.readNumber = number;
            one.said = said;
            if (first) {
                showFirst(user, one);
            } else {
                show(user, node.own(user));
            }
        }
        return PresenceMix.of(node.own(user), said, node.view());
    }

    /** Who went and could be seen was seen last at some later time: if that isn't known, they may be there still. */
    private static boolean isForgotten(Watched one, PresenceEntries.Said said) {
        return said.byLease().isEmpty()
                && one.said != null
                && !one.said.byLease().isEmpty()
                && said.seen() <= one.said.seen();
    }

    private void showFirst(UserId user, Watched one) {
        List<PresenceMix.Own> since = List.copyOf(one.unshown);
        one.unshown.clear();
        PresenceEntries.Said said = one.said == null ? PresenceEntries.Said.NOTHING : one.said;
        one.shown = PresenceMix.of(since.get(0), said, node.view());
        since.subList(1, since.size()).forEach(own -> show(user, own));
        show(user, node.own(user));
    }

    /** Shows {@code user} to those who watch if they are to be seen otherwise than before, now that the node knows {@code own}. */
    void show(UserId user, PresenceMix.Own own) {
        Watched one = watched.get(user);
        if (one == null) {
            return;
        }
        if (one.said == null) {
            if (one.unshown.size() == MAX_UNSHOWN) {
                one.unshown.remove(1);
            }
            one.unshown.add(own);
            return;
        }
        PresenceState state = PresenceMix.of(own, one.said, node.view());
        if (own.seen() > one.said.seen() && state.lastSeen() == own.seen()) {
            // So it will be in Redis, but perhaps not yet.
            one.said = new PresenceEntries.Said(one.said.byLease(), own.seen());
        }
        boolean same = state.availability() == Availability.OFFLINE
                ? one.shown.availability() == Availability.OFFLINE
                : state.equals(one.shown);
        one.shown = state;
        if (!same) {
            one.sinks.forEach(sink -> tell(sink, user, state));
        }
    }

    private static void tell(Presence.Sink sink, UserId user, PresenceState state) {
        try {
            sink.seen(user, state);
        } catch (RuntimeException failure) {
            LOG.warn("One who watches people failed", failure);
        }
    }

    /** Shows all anew, now that others are there than before. */
    void showAll() {
        List.copyOf(watched.keySet()).forEach(user -> show(user, node.own(user)));
    }

    /** Returns how {@code user} is to be seen by what is known already. */
    PresenceState knownState(UserId user) {
        Watched one = watched.get(user);
        PresenceEntries.Said said = one == null || one.said == null ? PresenceEntries.Said.NOTHING : one.said;
        return PresenceMix.of(node.own(user), said, node.view());
    }

    boolean isIdle() {
        return unanswered == 0 && toRead.isEmpty();
    }

    void close() {
        closed = true;
        asked.forEach((user, those) -> answer(those, knownState(user)));
        asked.clear();
        watched.clear();
    }
}
