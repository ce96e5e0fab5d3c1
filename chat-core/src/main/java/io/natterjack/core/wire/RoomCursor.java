package io.natterjack.core.wire;

import io.natterjack.core.Cursor;
import io.natterjack.core.RoomId;
import io.natterjack.core.Value;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A room and the last event of it that a client has, if it has any. */
public final class RoomCursor extends Value {
    private final RoomId room;
    private final Optional<Cursor> cursor;

    /** Makes a pair. */
    public RoomCursor(RoomId room, Optional<Cursor> cursor) {
        this.room = Objects.requireNonNull(room);
        this.cursor = Objects.requireNonNull(cursor);
    }

    public RoomId room() {
        return room;
    }

    public Optional<Cursor> cursor() {
        return cursor;
    }

    @Override
    protected List<?> parts() {
        return List.of(room, cursor);
    }
}
