package io.natterjack.client;

import io.natterjack.core.Cursor;
import io.natterjack.core.Message;
import io.natterjack.core.Page;
import io.natterjack.core.RoomEvent;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A gap of a room that pages of changes fill, and what happens meanwhile. The room's cursor stays where it was until all is there: a
 * message may have been changed later than others were written, and then comes after them. If the filling is broken off, the next one
 * goes on where this one was, and what the listener has seen isn't shown again. Lane only.
 */
final class GapFill {
    private final RoomCalls calls;
    private final HeldEvents held = new HeldEvents();

    /** Up to which rev the gap is filled; nothing if there is none. */
    private @Nullable Cursor filled;

    /** The seq up to which pages fill the gap. What happened after it comes as events, its messages too. */
    private long end;

    /** Messages above the room's cursor that the listener has seen already. */
    private final NavigableSet<Long> seen = new TreeSet<>();

    GapFill(RoomCalls calls) {
        this.calls = calls;
    }

    /** Pages fill the gap up to {@code newEnd}. What former ones left out, since it lay beyond their end, is asked for again. */
    void begin(long newEnd) {
        Cursor former = filled;
        if (former != null && former.seq() > end) {
            filled = new Cursor(former.epoch(), end);
        }
        end = newEnd;
    }

    /** Returns {@code seq}, or the gap's end if it lies beyond that: what a page knows of there comes as events. */
    long within(long seq) {
        return Math.min(seq, end);
    }

    /** Returns after which rev the next page begins, of a room whose cursor is {@code place}. */
    Cursor next(Cursor place) {
        Cursor next = filled != null && filled.epoch() == place.epoch() ? filled : place;
        filled = next;
        return next;
    }

    /**
     * Shows the page that was asked for. A message that may have been seen is told of as changed; one whose body is gone is told of
     * whether it was seen or not. Several may share a rev, that of the event that took their bodies.
     */
    void show(Page page, Cursor place) {
        long before = next(place).seq();
        for (Message message : page.messages()) {
            if (message.rev() > before) {
                if (message.seq() <= end) {
                    show(message, place);
                }
                filled = new Cursor(place.epoch(), message.rev());
            }
        }
    }

    private void show(Message message, Cursor place) {
        if (message.body().isGone()) {
            calls.erased(Collections.singletonList(message.seq()), place);
        }
        boolean isNew = message.seq() > place.seq() && seen.add(message.seq());
        if (isNew && !message.body().isGone()) {
            calls.message(message, place);
        } else {
            calls.changed(message, place);
        }
    }

    /** Keeps a live event until the gap is filled. */
    void hold(RoomEvent event) {
        held.add(event);
    }

    /** The connection, or the join, is another one: what was held comes again. */
    void breakOff() {
        held.clear();
    }

    /** The gap is filled, by pages: returns the live events that came meanwhile. Nothing of them if they were too many. */
    List<RoomEvent> end() {
        forget();
        return held.take();
    }

    /** The room's cursor is at {@code seq}. */
    void passed(long seq) {
        seen.headSet(seq, true).clear();
    }

    /** Tells whether there were too many live events to be held. */
    boolean isOverflown() {
        return held.isOverflown();
    }

    /** There is no gap any more: what was missing comes as events. */
    void forget() {
        filled = null;
    }

    /** Nothing above {@code base} counts any more. */
    void reset(Cursor base) {
        forget();
        seen.removeIf(seq -> seq > base.seq());
    }

    /** Tells whether the listener has seen something that lies above the room's cursor. */
    boolean hasShown() {
        return !seen.isEmpty();
    }

    /** Tells whether the listener has seen a message that now comes as an event, and forgets it. */
    boolean takeShown(long seq) {
        return seen.remove(seq);
    }
}
