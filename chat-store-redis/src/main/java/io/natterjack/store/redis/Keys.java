package io.natterjack.store.redis;

import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;

/**
 * The names of everything that a store keeps. All that has to do with one room is in one partition, whose keys share a slot of a Cluster.
 *
 * <p>A slash parts them, which neither a prefix nor a room may have; a user, who may, comes last. What is joined inside of values is
 * parted by NUL, a line's end or, before a client id, a space.
 */
final class Keys {
    static final int PARTITIONS = 16;

    private final String prefix;

    Keys(String prefix) {
        this.prefix = prefix;
    }

    static int partition(RoomId room) {
        return partition(room.value());
    }

    static int partition(UserId user) {
        return partition(user.value());
    }

    static int partition(String name) {
        int hash = name.hashCode();
        return (hash ^ hash >>> 16) * 0x9E3779B9 >>> 28;
    }

    /** Returns what all keys of the partition begin with. */
    String of(int partition) {
        return prefix + "{p" + partition + "}/";
    }

    private String of(RoomId room, String what) {
        return of(partition(room)) + what + "/" + room.value();
    }

    String incarnation(int partition) {
        return of(partition) + "inc";
    }

    String lock(int partition) {
        return of(partition) + "lock";
    }

    /** Fences by name, with their generation. */
    String fences(int partition) {
        return of(partition) + "fences";
    }

    /** Rooms, with the time at which something happened last. */
    String changedRooms(int partition) {
        return of(partition) + "changed";
    }

    /** The names of listeners; the field without a name counts how often they changed. */
    String listeners(int partition) {
        return of(partition) + "listeners";
    }

    /** Listeners with a room in which they haven't heard everything. */
    String behind(int partition) {
        return of(partition) + "behind";
    }

    /** How far a listener has come in a room. */
    String heard(int partition) {
        return of(partition) + "heard";
    }

    /** Who hears on behalf of a listener, and until when. */
    String holders(int partition) {
        return of(partition) + "holders";
    }

    /** Profiles by user. */
    String profiles(int partition) {
        return of(partition) + "profiles";
    }

    /** Users whose tokens are revoked, with the time. */
    String revocations(int partition) {
        return of(partition) + "revoked";
    }

    /** Whom somebody has blocked. */
    String blocked(UserId user) {
        return of(partition(user)) + "blocked/" + user.value();
    }

    /** Somebody's rooms in that partition, with how they stand to them. */
    String roomsOf(int partition, UserId user) {
        return of(partition) + "of/" + user.value();
    }

    /**
     * A room: {@code s} its last seq, {@code t} the time of that, {@code v} how often more than messages was written, {@code a} the last
     * event that took a right, {@code h} whether it is held, {@code x} up to where it is trimmed, {@code n} its settings, {@code j}
     * whether it shows only what came after a member, {@code c} how often something was revoked before it came.
     */
    String room(RoomId room) {
        return of(room, "room");
    }

    /** Events by seq, as {@link Entries} writes them. */
    String log(RoomId room) {
        return of(room, "log");
    }

    /** Bodies of messages by seq. */
    String bodies(RoomId room) {
        return of(room, "body");
    }

    /** First results by sender and client id. */
    String sent(RoomId room) {
        return of(room, "sent");
    }

    /** What was revoked before it came: 1, or 0 when it has come since; and how many are open for a sender. */
    String cancelled(RoomId room) {
        return of(room, "cancelled");
    }

    /** Is there for a moment in which plain messages wait, so that what needs more than a moment can be written. */
    String turn(RoomId room) {
        return of(room, "turn");
    }

    /** Who is mentioned, where and by whom. */
    String mentions(RoomId room) {
        return of(room, "mentions");
    }

    /** Messages that changed since they came, by rev. */
    String changed(RoomId room) {
        return of(room, "changed");
    }

    /** Replies, by what they reply to. */
    String replies(RoomId room) {
        return of(room, "replies");
    }

    /** Pinned messages. */
    String pins(RoomId room) {
        return of(room, "pins");
    }

    /** Who has reacted to what. */
    String reactions(RoomId room) {
        return of(room, "reactions");
    }

    /** Memberships by user. */
    String members(RoomId room) {
        return of(room, "members");
    }

    /** Users by how they stand to the room. */
    String standings(RoomId room) {
        return of(room, "standings");
    }
}
