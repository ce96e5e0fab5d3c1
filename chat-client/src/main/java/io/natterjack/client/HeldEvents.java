package io.natterjack.client;

import io.natterjack.core.RoomEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * Live events of a room that wait until a gap before them is filled. Bounded: when it is full it drops what it has and takes
 * nothing more; the room is then joined again, from where the pages have led. Lane only.
 */
final class HeldEvents {
    static final int MAX_EVENTS = 2_000;
    static final long MAX_BYTES = 1 << 20;

    private List<RoomEvent> events = new ArrayList<>();
    private long bytes;
    private boolean overflown;

    void add(RoomEvent event) {
        if (overflown) {
            return;
        }
        bytes += event.size();
        if (events.size() >= MAX_EVENTS || bytes > MAX_BYTES) {
            clear();
            overflown = true;
        } else {
            events.add(event);
        }
    }

    boolean isOverflown() {
        return overflown;
    }

    /** Returns what is held, in order, and is empty and whole again. */
    List<RoomEvent> take() {
        List<RoomEvent> taken = events;
        events = new ArrayList<>();
        clear();
        return taken;
    }

    void clear() {
        events.clear();
        bytes = 0;
        overflown = false;
    }
}
