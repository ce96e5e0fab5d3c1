package io.natterjack.server.engine;

import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.lane.Budget;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;

/**
 * The last events of one room, so that who was away for a moment needn't ask the store. Bounded by count and bytes, and
 * together with those of all other rooms by a budget.
 *
 * <p><b>Threads.</b> The room's lane only; the budget is shared.
 */
final class RecentEvents {
    private final int maxEvents;
    private final long maxBytes;
    private final Budget budget;
    private final Deque<RoomEvent> events = new ArrayDeque<>();
    private long bytes;

    /**
     * Makes an empty ring.
     *
     * @param budget what all rooms take
     */
    RecentEvents(int maxEvents, long maxBytes, Budget budget) {
        this.maxEvents = maxEvents;
        this.maxBytes = maxBytes;
        this.budget = budget;
    }

    /** Adds the event that follows the last one; old ones go as the bounds need it, perhaps all. */
    void add(RoomEvent event) {
        switch (event.kind()) {
            case REVOKE -> forget(message -> message == event.target());
            case ERASED, TRIMMED -> forget(RoomChange.readable(event));
            default -> {}
        }
        events.addLast(event);
        account(event.size());
        while (!events.isEmpty() && (events.size() > maxEvents || bytes > maxBytes || budget.isExceeded())) {
            account(-events.removeFirst().size());
        }
    }

    private void forget(Optional<RoomChange> removal) {
        if (removal.isEmpty()) {
            clear(); // whatever it was that is gone
        } else if (removal.get() instanceof RoomChange.Erased erased) {
            forget(Set.copyOf(erased.seqs())::contains);
        } else if (removal.get() instanceof RoomChange.Trimmed trimmed) {
            forget(message -> message <= trimmed.upto());
        }
    }

    /** Takes the bodies of messages that are gone, and of their edits: whoever comes back now doesn't get them any more. */
    private void forget(LongPredicate goneMessage) {
        List<RoomEvent> kept = new ArrayList<>(events.size());
        for (RoomEvent event : events) {
            // Of an edit it is its target that counts: its own seq may be named by mistake, and takes nothing away.
            boolean gone = switch (event.kind()) {
                case MESSAGE -> goneMessage.test(event.seq());
                case EDIT -> goneMessage.test(event.target());
                default -> false;
            };
            kept.add(gone ? event.withoutBody() : event);
        }
        clear();
        for (RoomEvent event : kept) {
            events.addLast(event);
            account(event.size());
        }
    }

    private void account(long size) {
        bytes += size;
        budget.add(size);
    }

    /**
     * Returns events from {@code seq + 1} on, without a hole, at least one and as many as fit into {@code maxBytes}; empty if
     * that one isn't here.
     */
    List<RoomEvent> after(long seq, long maxBytes) {
        List<RoomEvent> found = new ArrayList<>();
        if (events.isEmpty() || events.getFirst().seq() > seq + 1) {
            return found;
        }
        long size = 0;
        for (RoomEvent event : events) {
            if (event.seq() > seq) {
                size += event.size();
                if (!found.isEmpty() && size > maxBytes) {
                    break;
                }
                found.add(event);
            }
        }
        return found;
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    void clear() {
        events.clear();
        account(-bytes);
    }
}
