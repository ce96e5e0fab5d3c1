package io.natterjack.core.spi;

import io.natterjack.core.Cursor;
import io.natterjack.core.RoomId;
import io.natterjack.core.Value;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rooms in which something happened lately. */
public final class ChangedHeads extends Value {
    private final Map<RoomId, Cursor> heads;
    private final boolean more;
    private final long asOf;

    /**
     * Makes an answer.
     *
     * @param heads in the order in which something happened last
     * @param more whether there are more than were asked for
     * @param asOf the time up to which this is complete, milliseconds of the store's clock: where a reader goes on
     */
    public ChangedHeads(Map<RoomId, Cursor> heads, boolean more, long asOf) {
        this.heads = Collections.unmodifiableMap(new LinkedHashMap<>(heads));
        this.more = more;
        this.asOf = asOf;
    }

    /** Returns the rooms' heads, in the order in which something happened last. */
    public Map<RoomId, Cursor> heads() {
        return heads;
    }

    /** Tells whether there are more than were asked for. */
    public boolean hasMore() {
        return more;
    }

    /** Returns the time up to which this is complete, milliseconds of the store's clock. */
    public long asOf() {
        return asOf;
    }

    @Override
    protected List<?> parts() {
        return List.of(heads, more, asOf);
    }
}
