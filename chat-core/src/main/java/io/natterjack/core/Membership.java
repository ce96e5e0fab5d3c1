package io.natterjack.core;

import java.util.List;
import java.util.Objects;

/** What a room knows of one person: since when they belong to it, and how far they have read. */
public final class Membership extends Value {
    private final RoomId room;
    private final UserId user;
    private final long joinedSeq;
    private final boolean in;
    private final long delivered;
    private final long read;

    /**
     * Makes a membership.
     *
     * @param joinedSeq the seq of the event with which the person came last
     * @param in whether the person hasn't gone since
     * @param delivered the seq up to which some device of theirs has everything
     * @param read the seq up to which they have read
     */
    public Membership(RoomId room, UserId user, long joinedSeq, boolean in, long delivered, long read) {
        this.room = Objects.requireNonNull(room);
        this.user = Objects.requireNonNull(user);
        this.joinedSeq = joinedSeq;
        this.in = in;
        this.delivered = delivered;
        this.read = read;
    }

    public RoomId room() {
        return room;
    }

    public UserId user() {
        return user;
    }

    /** Returns the seq of the event with which the person came last. */
    public long joinedSeq() {
        return joinedSeq;
    }

    /** Tells whether the person belongs to the room now. */
    public boolean isIn() {
        return in;
    }

    /** Returns the seq up to which some device of theirs has everything. */
    public long delivered() {
        return delivered;
    }

    /** Returns the seq up to which they have read. */
    public long read() {
        return read;
    }

    @Override
    protected List<?> parts() {
        return List.of(room, user, joinedSeq, in, delivered, read);
    }
}
