package io.natterjack.core;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which part of a room's history is wanted. */
public final class HistoryQuery extends Value {
    /** The most messages that one page may be asked for. */
    public static final int MAX_LIMIT = 100;

    /** Where the wanted messages lie, seen from the seq. */
    public enum Direction {
        /** The last ones below the seq, newest last. */
        BEFORE,
        /** The first ones above the seq. */
        AFTER,
        /** About as many below the seq as at it and above. */
        AROUND
    }

    private final RoomId room;
    private final Direction direction;
    private final long seq;
    private final int limit;
    private final long floor;
    private final long thread;
    private final boolean pinned;
    private final @Nullable UserId reader;

    /**
     * Makes a query.
     *
     * @param seq 0 or more; it need not be that of a message
     * @param limit the most messages to return, 1 to {@value #MAX_LIMIT}
     */
    public HistoryQuery(RoomId room, Direction direction, long seq, int limit) {
        this(room, direction, seq, limit, 0, 0, false, null);
    }

    private HistoryQuery(
            RoomId room,
            Direction direction,
            long seq,
            int limit,
            long floor,
            long thread,
            boolean pinned,
            @Nullable UserId reader) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("limit must be 1 to " + MAX_LIMIT + ", was " + limit);
        }
        if (seq < 0) {
            throw new IllegalArgumentException("seq must be at least 0, was " + seq);
        }
        this.room = Objects.requireNonNull(room);
        this.direction = Objects.requireNonNull(direction);
        this.seq = seq;
        this.limit = limit;
        this.floor = floor;
        this.thread = thread;
        this.pinned = pinned;
        this.reader = reader;
    }

    /** Returns this query without the messages at {@code seq} and below. */
    public HistoryQuery above(long seq) {
        return new HistoryQuery(room, direction, this.seq, limit, Math.max(floor, seq), thread, pinned, reader);
    }

    /** Returns this query for the replies to the message at {@code seq} alone. */
    public HistoryQuery repliesTo(long seq) {
        return new HistoryQuery(room, direction, this.seq, limit, floor, seq, pinned, reader);
    }

    /** Returns this query for pinned messages alone. */
    public HistoryQuery pinnedOnly() {
        return new HistoryQuery(room, direction, seq, limit, floor, thread, true, reader);
    }

    /** Returns this query as {@code newReader} asks it, whose own reactions are told from others'. */
    public HistoryQuery by(UserId newReader) {
        return new HistoryQuery(room, direction, seq, limit, floor, thread, pinned, newReader);
    }

    /** Returns a query for the room's newest messages. */
    public static HistoryQuery latest(RoomId room, int limit) {
        return new HistoryQuery(room, Direction.BEFORE, Cursor.MAX, limit);
    }

    public RoomId room() {
        return room;
    }

    public Direction direction() {
        return direction;
    }

    public long seq() {
        return seq;
    }

    public int limit() {
        return limit;
    }

    /** Returns the seq up to which messages are left out; 0 to leave none out. */
    public long floor() {
        return floor;
    }

    /** Returns the seq of the message whose replies alone are wanted; 0 for all messages. */
    public long thread() {
        return thread;
    }

    /** Tells whether pinned messages alone are wanted. */
    public boolean isPinnedOnly() {
        return pinned;
    }

    /** Returns whose own reactions are told from others'; nothing for nobody's. */
    public Optional<UserId> reader() {
        return Optional.ofNullable(reader);
    }

    @Override
    protected List<?> parts() {
        return List.of(room, direction, seq, limit, floor, thread, pinned, reader());
    }
}
