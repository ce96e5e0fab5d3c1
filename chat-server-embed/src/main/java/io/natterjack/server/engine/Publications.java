package io.natterjack.server.engine;

import io.natterjack.core.RoomEvent;
import io.natterjack.core.lane.Budget;
import java.util.ArrayList;
import java.util.List;

/**
 * What was published to one room and its lane hasn't looked at yet. A budget over all rooms bounds it: beyond that only the fact
 * is kept that something is missing, and the lane reads it from the store at its own pace.
 *
 * <p><b>Threads.</b> Any; guarded by this.
 */
final class Publications {
    /** What the lane takes at once; incomplete if the store may have more. */
    record Batch(List<RoomEvent> events, boolean incomplete) {}

    private final Budget budget;

    // Guarded by this.
    private List<RoomEvent> events = new ArrayList<>();
    private boolean incomplete;

    /**
     * Makes an empty one.
     *
     * @param budget what all rooms take
     */
    Publications(Budget budget) {
        this.budget = budget;
    }

    /** Takes events; returns whether the lane is to be called for them. */
    synchronized boolean add(List<RoomEvent> more) {
        boolean first = isEmpty();
        long bytes = bytes(more);
        budget.add(bytes);
        if (budget.isExceeded()) {
            budget.give(bytes);
            incomplete = true;
        } else {
            events.addAll(more);
        }
        return first;
    }

    /** Notes that there may be events that nobody publishes; returns whether the lane is to be called for it. */
    synchronized boolean miss() {
        boolean first = isEmpty();
        incomplete = true;
        return first;
    }

    synchronized Batch take() {
        Batch taken = new Batch(events, incomplete);
        events = new ArrayList<>();
        incomplete = false;
        budget.give(bytes(taken.events));
        return taken;
    }

    private boolean isEmpty() {
        return events.isEmpty() && !incomplete;
    }

    private static long bytes(List<RoomEvent> events) {
        return events.stream().mapToLong(RoomEvent::size).sum();
    }
}
