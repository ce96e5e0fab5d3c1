package io.natterjack.store.redis;

import io.natterjack.core.HistoryQuery;
import io.natterjack.core.RoomId;
import java.util.List;

/**
 * Which messages of a room are wanted, whatever the place.
 *
 * @param which as the script knows it
 * @param index the key of what is read in place of the log
 * @param root the message whose replies are wanted, or 0
 */
record PageQuery(Keys keys, RoomId room, String which, String index, long floor, long root) {
    static PageQuery of(Keys keys, HistoryQuery query) {
        RoomId room = query.room();
        if (query.isPinnedOnly()) {
            return new PageQuery(keys, room, "pins", keys.pins(room), query.floor(), 0);
        }
        return query.thread() > 0
                ? new PageQuery(keys, room, "replies", keys.replies(room), query.floor(), query.thread())
                : all(keys, room, query.floor());
    }

    static PageQuery all(Keys keys, RoomId room, long floor) {
        return new PageQuery(keys, room, "all", keys.pins(room), floor, 0);
    }

    /** Of messages that changed; {@link #at} takes a rev then. */
    static PageQuery changed(Keys keys, RoomId room, long floor) {
        return new PageQuery(keys, room, "changed", keys.changed(room), floor, 0);
    }

    /**
     * Returns the call that reads them.
     *
     * @param place messages below it, and from it on
     * @param bytes how many bytes of bodies are enough below, and above: what is left out is for another call
     */
    Call at(long place, int below, int above, int bytes) {
        return at(place, below, above, "", bytes);
    }

    /** Returns the call that reads those below a place and not later than a time, Unix milliseconds. */
    Call before(long place, long time, int count, int bytes) {
        return at(place, count, 0, String.valueOf(time), bytes);
    }

    private Call at(long place, int below, int above, String time, int bytes) {
        return new Call(
                Keys.partition(room),
                Script.PAGE,
                List.of(keys.room(room), keys.log(room), keys.bodies(room), index),
                List.of(
                        which,
                        String.valueOf(place),
                        String.valueOf(below),
                        String.valueOf(above),
                        String.valueOf(Math.max(0, floor)),
                        String.valueOf(root),
                        time,
                        String.valueOf(Math.max(0, bytes))),
                0);
    }
}
