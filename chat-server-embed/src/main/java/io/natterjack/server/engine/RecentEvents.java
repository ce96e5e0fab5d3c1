package io.natterjack.server.engine;

import io.natterjack.core.EventKind;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * The last events of one room, so that who was away for a moment needn't ask the store. Bounded by count and bytes, and
 * together with those of all other rooms by a budget.
 *
 * <p><b>Threads.</b> The room's lane only; the budget is shared.
 */
final class RecentEvents {
    private final int maxEvents;
    private final long maxBytes;
    private final AtomicLong budget;
    private final Deque<RoomEvent> events = new ArrayDeque<>();
    private long bytes;

    /**
     * Makes an empty ring.
     *
     * @param budget how many bytes all rooms may still take
     */
    RecentEvents(int maxEvents, long maxBytes, AtomicLong budget) {
        this.maxEvents = maxEvents;
        this.maxBytes = maxBytes;
        this.budget = budget;
    }

    /** Adds the event that follows the last one; old ones go as the bounds need it, perhaps all. */
    void add(RoomEvent event) {
        switch (event.kind()) {
            case REVOKE -> forget(old -> old.seq() == event.target() || isEditOf(event.target(), old));
            case ERASED -> {
                Set<Long> seqs = Set.copyOf(((RoomChange.Erased) RoomChange.of(event)).seqs());
                forget(old -> seqs.contains(old.seq()) || old.kind() == EventKind.EDIT && seqs.contains(old.target()));
            }
            case TRIMMED -> {
                long upto = ((RoomChange.Trimmed) RoomChange.of(event)).upto();
                forget(old -> old.seq() <= upto || old.kind() == EventKind.EDIT && old.target() <= upto);
            }
            default -> {}
        }
        events.addLast(event);
        account(event.size());
        while (!events.isEmpty() && (events.size() > maxEvents || bytes > maxBytes || budget.get() < 0)) {
            account(-events.removeFirst().size());
        }
    }

    private static boolean isEditOf(long seq, RoomEvent event) {
        return event.kind() == EventKind.EDIT && event.target() == seq;
    }

    /** Takes the bodies of messages and edits that are gone: whoever comes back now doesn't get them any more. */
    private void forget(Predicate<RoomEvent> gone) {
        List<RoomEvent> kept = new ArrayList<>(events.size());
        for (RoomEvent event : events) {
            boolean hasBody = event.kind() == EventKind.MESSAGE || event.kind() == EventKind.EDIT;
            kept.add(hasBody && gone.test(event) ? event.withoutBody() : event);
        }
        clear();
        for (RoomEvent event : kept) {
            events.addLast(event);
            account(event.size());
        }
    }

    private void account(long size) {
        bytes += size;
        budget.addAndGet(-size);
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
