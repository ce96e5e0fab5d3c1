package io.natterjack.examples.campaign;

import io.natterjack.client.ClientListener;
import io.natterjack.core.PresenceState;
import io.natterjack.core.PresenceState.Availability;
import io.natterjack.core.UserId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What somebody sees who watches people of a node that dies: some who never come back, the ghosts, and some who do.
 *
 * <p><b>Threads.</b> Any.
 */
final class PresenceWatch implements ClientListener {
    private final Set<UserId> ghosts;
    private final Set<UserId> returners;

    // Guarded by this.
    private final Map<UserId, Long> offlineSince = new HashMap<>();
    private final Set<UserId> seen = new HashSet<>();
    private final Set<UserId> everOffline = new HashSet<>();

    PresenceWatch(List<UserId> ghosts, List<UserId> returners) {
        this.ghosts = Set.copyOf(ghosts);
        this.returners = Set.copyOf(returners);
    }

    /** Returns whom to watch. */
    List<UserId> watched() {
        List<UserId> all = new ArrayList<>(ghosts);
        all.addAll(returners);
        return all;
    }

    @Override
    public synchronized void onPresence(UserId user, PresenceState state) {
        if (state.availability() == Availability.OFFLINE) {
            offlineSince.putIfAbsent(user, System.nanoTime());
            everOffline.add(user);
        } else {
            offlineSince.remove(user);
            seen.add(user);
        }
    }

    /** Returns how many of all aren't to be seen now. */
    synchronized int unseen() {
        return (int) watched().stream()
                .filter(user -> !seen.contains(user) || offlineSince.containsKey(user))
                .count();
    }

    /** Forgets who was offline at any time. */
    synchronized void forget() {
        everOffline.clear();
    }

    /** Returns how many of those who came back were offline at any time since {@link #forget}. */
    synchronized int flickered() {
        return (int) returners.stream().filter(everOffline::contains).count();
    }

    /** Returns how many ghosts are still to be seen. */
    synchronized int ghosts() {
        return (int)
                ghosts.stream().filter(user -> !offlineSince.containsKey(user)).count();
    }

    /** Returns when the last ghost was said to be offline; {@code from} if none was. */
    synchronized long lastOffline(long from) {
        return ghosts.stream()
                .filter(offlineSince::containsKey)
                .mapToLong(user -> offlineSince.getOrDefault(user, from))
                .max()
                .orElse(from);
    }
}
