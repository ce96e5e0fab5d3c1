package io.natterjack.store.redis.cluster;

import io.natterjack.core.PresenceState;
import io.natterjack.core.PresenceState.Availability;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * What one node says of a person: the most of what their sessions there say, hidden ones too. In Redis it's a letter for the availability
 * and the status, after a {@code ~} if in grace.
 *
 * @param grace whether the last session is gone, and may come back; then this counts only while no other node has one
 */
record PresenceEntry(boolean grace, PresenceState state) {
    private static final char GRACE = '~';
    private static final Map<Availability, Character> LETTERS = Map.of(
            Availability.OFFLINE, 'x',
            Availability.HIDDEN, 'h',
            Availability.AWAY, 'a',
            Availability.DND, 'd',
            Availability.ONLINE, 'o');

    /** Returns what is to be said of somebody whose sessions say these, at least one. */
    static PresenceEntry of(Collection<PresenceState> sessions) {
        PresenceState most = PresenceState.of(sessions);
        boolean hidden = most.availability() == Availability.OFFLINE
                && sessions.stream().anyMatch(each -> each.availability() == Availability.HIDDEN);
        return new PresenceEntry(false, hidden ? new PresenceState(Availability.HIDDEN, "", 0) : most);
    }

    PresenceEntry inGrace() {
        return new PresenceEntry(true, state);
    }

    /** Tells whether others can see somebody of whom this is said. */
    boolean isVisible() {
        return state.availability().compareTo(Availability.HIDDEN) > 0;
    }

    String encode() {
        return (grace ? "~" : "") + LETTERS.get(state.availability()) + state.status();
    }

    /** Returns nothing if another version of this has written what isn't understood. */
    static Optional<PresenceEntry> decode(String value) {
        boolean grace = !value.isEmpty() && value.charAt(0) == GRACE;
        int from = grace ? 1 : 0;
        if (value.length() == from) {
            return Optional.empty();
        }
        for (Map.Entry<Availability, Character> each : LETTERS.entrySet()) {
            if (each.getValue() == value.charAt(from)) {
                return state(each.getKey(), value.substring(from + 1)).map(state -> new PresenceEntry(grace, state));
            }
        }
        return Optional.empty();
    }

    private static Optional<PresenceState> state(Availability availability, String status) {
        try {
            return Optional.of(new PresenceState(availability, status, 0));
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }
}
