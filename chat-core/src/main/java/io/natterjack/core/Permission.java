package io.natterjack.core;

/** One thing that somebody may or may not do in a room. */
public enum Permission {
    /** Hear what happens, and read what happened. Without it and {@link #ENTER} a room answers as if it weren't there. */
    READ,
    /** Become a member by oneself. */
    ENTER,
    /** Write messages. */
    SEND,
    /** Change one's own messages. */
    EDIT,
    /** Revoke one's own messages, within the undo window. */
    REVOKE,
    /** Revoke anybody's messages, at any time; and not be held to slow mode. */
    MODERATE,
    /** React to messages. */
    REACT,
    /** Pin messages. */
    PIN,
    /** Mention everybody at once. */
    MENTION_ALL,
    /** Tell others that one is typing. */
    TYPING,
    /** Tell others how far one has read, and learn it of others. */
    RECEIPTS,
    /** Learn who the members are. */
    MEMBERS,
    /** Search messages. */
    SEARCH,
    /** Attach files. */
    ATTACH,
    /** Call other members. */
    CALL,
    /** Invite people. */
    INVITE,
    /** Remove people whose role is lower, and withdraw invitations. */
    KICK,
    /** Ban people whose role is lower, and end a ban. */
    BAN,
    /** Change the room's name, topic, avatar, attributes and slow mode. */
    CHANGE_ROOM,
    /** Change roles, add people without asking them, archive the room, and change all else about it. */
    ADMINISTER;

    /** Returns the name that frames carry. */
    public String wireName() {
        return WireNames.of(this);
    }

    /**
     * Returns the permission of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Permission ofWireName(String name) {
        return WireNames.require(Permission.class, "permission", name);
    }
}
