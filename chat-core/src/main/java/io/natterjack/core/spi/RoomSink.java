package io.natterjack.core.spi;

import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.wire.WireFrame;
import java.util.List;
import java.util.Optional;

/**
 * Where a router delivers a room's events to: one session's place in the room.
 *
 * <p><b>Threads.</b> Called on the room's lane, one call at a time; must not block or throw.
 */
@FunctionalInterface
public interface RoomSink {
    /**
     * Takes the next events.
     *
     * @param events at least one; the first follows the last one of the call before, without a hole
     * @param frame the same events as an {@code ev} frame, encoded once for all sinks
     */
    void events(List<RoomEvent> events, WireFrame frame);

    /**
     * Hears, live or not, of an event that may change what somebody may do, before it is delivered to anybody.
     *
     * @param change what the event brings; nothing if only a newer version can read it, and then it may have changed anything
     */
    default void accessChanged(RoomEvent event, Optional<RoomChange> change) {}

    /** Hears that the store has forgotten something of what it told: nothing more comes from the past that this sink has followed. */
    default void reset() {}
}
