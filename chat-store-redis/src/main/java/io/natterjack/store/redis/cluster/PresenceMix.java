package io.natterjack.store.redis.cluster;

import io.natterjack.core.PresenceState;
import io.natterjack.core.PresenceState.Availability;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a person is to be seen, from what this node knows of them and what the others say. */
final class PresenceMix {
    /**
     * What this node knows of a person itself.
     *
     * @param entry null if they have no session here and are not in grace
     * @param seen when they went from here, if they could be seen; 0 if they didn't
     */
    record Own(@Nullable PresenceEntry entry, long seen) {
        static final Own NOTHING = new Own(null, 0);
    }

    private PresenceMix() {}

    /**
     * Puts it together. Dead nodes count no more but for when they were last heard of; of its own leases a node needs none. One that isn't on
     * the list may be newer than the view, and counts until the next look.
     */
    static PresenceState of(Own own, PresenceEntries.Said said, NodeLease.View view) {
        List<PresenceState> there = new ArrayList<>();
        List<PresenceState> inGrace = new ArrayList<>();
        long seen = Math.max(said.seen(), own.seen());
        if (own.entry() != null) {
            (own.entry().grace() ? inGrace : there).add(own.entry().state());
        }
        for (Map.Entry<String, PresenceEntry> each : said.byLease().entrySet()) {
            PresenceEntry entry = each.getValue();
            Long diedAt = view.dead().get(each.getKey());
            if (view.isOwn(each.getKey())) {
                continue;
            }
            if (diedAt == null) {
                (entry.grace() ? inGrace : there).add(entry.state());
            } else if (entry.isVisible()) {
                seen = Math.max(seen, diedAt);
            }
        }
        PresenceState state = PresenceState.of(there.isEmpty() ? inGrace : there);
        return state.availability() == Availability.OFFLINE ? new PresenceState(Availability.OFFLINE, "", seen) : state;
    }
}
