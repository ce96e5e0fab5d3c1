package io.natterjack.store.jdbc;

import io.natterjack.core.RoomId;
import java.util.Set;

/**
 * What became of erasing a user's messages.
 *
 * @param messages how many lost their bodies
 * @param heldRooms where nothing was erased, because of a legal hold
 */
public record Erasure(long messages, Set<RoomId> heldRooms) {
    /** Makes a result. */
    public Erasure {
        heldRooms = Set.copyOf(heldRooms);
    }
}
