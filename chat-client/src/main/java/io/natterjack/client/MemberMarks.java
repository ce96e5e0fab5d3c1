package io.natterjack.client;

import io.natterjack.core.Membership;
import io.natterjack.core.UserId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How far the other members of a room are. Known in a small room only: in a large one nobody is told.
 *
 * <p><b>Threads.</b> Guarded by its {@link Timeline}'s lock.
 */
final class MemberMarks {
    /** The most members, this user included, of a room that is small. */
    static final int MAX = 100;

    /** How far a member is. */
    private static final class Mark {
        long delivered;
        long read;

        Mark(long delivered, long read) {
            this.delivered = delivered;
            this.read = read;
        }
    }

    private final Map<UserId, Mark> marks = new HashMap<>();
    private boolean isSmall;

    /**
     * Begins anew with those members.
     *
     * @param areAll whether there are no others; {@link #MAX} were asked for
     */
    void reset(List<Membership> members, boolean areAll, UserId me) {
        marks.clear();
        isSmall = areAll;
        if (isSmall) {
            for (Membership member : members) {
                if (!member.user().equals(me)) {
                    marks.put(member.user(), new Mark(member.delivered(), member.read()));
                }
            }
        }
    }

    /** Another has become a member, by the event of that seq: what was there before counts as read. */
    void came(UserId member, long seq) {
        if (isSmall && marks.size() < MAX) {
            marks.putIfAbsent(member, new Mark(seq, seq));
        }
    }

    void left(UserId member) {
        marks.remove(member);
    }

    /** Somebody is as far as that; returns false if it isn't known who that is. */
    boolean marked(UserId member, long delivered, long read) {
        Mark mark = marks.get(member);
        if (mark == null) {
            return false;
        }
        mark.delivered = Math.max(mark.delivered, delivered);
        mark.read = Math.max(mark.read, read);
        return true;
    }

    /** Returns how far this user's message of that seq has come. */
    TimelineEntry.State stateOf(long seq) {
        boolean delivered = !marks.isEmpty();
        boolean read = delivered;
        for (Mark mark : marks.values()) {
            delivered &= mark.delivered >= seq;
            read &= mark.read >= seq;
        }
        return read ? TimelineEntry.State.READ : delivered ? TimelineEntry.State.DELIVERED : TimelineEntry.State.SENT;
    }
}
