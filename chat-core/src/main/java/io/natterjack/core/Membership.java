package io.natterjack.core;

import java.util.List;
import java.util.Objects;

/** What a room knows of one person: since when they belong to it, and how far they have read. */
public final class Membership extends Value {
    private final RoomId room;
    private final UserId user;
    private final long joinedSeq;
    private final long rev;
    private final Standing standing;
    private final Role role;
    private final long until;
    private final Notify notify;
    private final long delivered;
    private final long read;

    /**
     * Makes a membership.
     *
     * @param role the one that the person has, or had, or will have when they come
     * @param until of a ban: when it ends, Unix milliseconds; 0 for never
     * @param joinedSeq the seq of the event with which the person came last; 0 if never, or if something changed since they left
     * @param rev the seq of the event that changed their standing or role last; 0 if none did
     * @param delivered the seq up to which some device of theirs has everything
     * @param read the seq up to which they have read
     * @param notify of which messages they want to be notified
     */
    public Membership(
            RoomId room,
            UserId user,
            Standing standing,
            Role role,
            long until,
            long joinedSeq,
            long rev,
            long delivered,
            long read,
            Notify notify) {
        this.room = Objects.requireNonNull(room);
        this.user = Objects.requireNonNull(user);
        this.standing = Objects.requireNonNull(standing);
        this.role = Objects.requireNonNull(role);
        this.until = until;
        this.joinedSeq = joinedSeq;
        this.rev = rev;
        this.delivered = delivered;
        this.read = read;
        this.notify = Objects.requireNonNull(notify);
    }

    /** Returns the membership of somebody who comes, to whom nothing was said before. */
    public static Membership none(RoomId room, UserId user) {
        return new Membership(room, user, Standing.OUT, Role.MEMBER, 0, 0, 0, 0, 0, Notify.ALL);
    }

    /**
     * Returns this membership after a change of it, which is the event {@code seq}. What was there before somebody comes counts as read.
     * Who comes or is invited anew begins with the role that the change gives, or as a member: a former role isn't a right to it.
     */
    public Membership after(RoomChange.Member change, long seq) {
        boolean comes = change.isIn() && !isIn();
        boolean wasAway = standing == Standing.OUT || standing == Standing.BANNED;
        boolean isAway = change.standing() == Standing.OUT || change.standing() == Standing.BANNED;
        Role given = change.role().orElse(wasAway && !isAway ? Role.MEMBER : role);
        // While they are away, rev moves on; what happened up to it isn't theirs to read.
        long came = comes ? seq : isIn() ? joinedSeq : 0;
        return new Membership(
                room,
                user,
                change.standing(),
                given,
                change.until(),
                came,
                seq,
                comes ? seq : delivered,
                comes ? seq : read,
                notify);
    }

    /** Returns this membership with watermarks that are moved forward, no further than {@code head}. */
    public Membership marked(long newDelivered, long newRead, long head) {
        long readNow = Math.max(read, Math.min(newRead, head));
        long deliveredNow = Math.max(Math.max(delivered, Math.min(newDelivered, head)), readNow);
        return new Membership(room, user, standing, role, until, joinedSeq, rev, deliveredNow, readNow, notify);
    }

    /** Returns this membership for somebody who isn't told how far the person is. */
    public Membership withoutMarks() {
        return new Membership(room, user, standing, role, until, joinedSeq, rev, 0, 0, notify);
    }

    /** Returns this membership with another setting of notifications. */
    public Membership notified(Notify newNotify) {
        return new Membership(room, user, standing, role, until, joinedSeq, rev, delivered, read, newNotify);
    }

    public RoomId room() {
        return room;
    }

    public UserId user() {
        return user;
    }

    /** Returns the seq of the event with which the person came last; 0 if never, or if something changed since they left. */
    public long joinedSeq() {
        return joinedSeq;
    }

    /** Returns the seq of the event that changed their standing or role last; 0 if none did. */
    public long rev() {
        return rev;
    }

    /** Tells whether the person belongs to the room now. */
    public boolean isIn() {
        return standing == Standing.IN;
    }

    /** Returns how the person stands to the room. A ban whose time is over counts as none, see {@link #isBanned}. */
    public Standing standing() {
        return standing;
    }

    /** Returns the role that the person has, or had, or will have when they come. */
    public Role role() {
        return role;
    }

    /** Returns when a ban ends, Unix milliseconds; 0 for never. */
    public long until() {
        return until;
    }

    /** Tells whether the person is banned at that time, Unix milliseconds. */
    public boolean isBanned(long now) {
        return standing == Standing.BANNED && (until == 0 || now < until);
    }

    /** Returns of which messages they want to be notified. */
    public Notify notifications() {
        return notify;
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
        return List.of(room, user, standing, role, until, joinedSeq, rev, delivered, read, notify);
    }
}
