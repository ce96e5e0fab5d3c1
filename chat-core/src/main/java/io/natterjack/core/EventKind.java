package io.natterjack.core;

/** What an event does to its room. */
public enum EventKind {
    /** Somebody wrote a message. */
    MESSAGE("msg"),

    /** A message has another body: {@link RoomChange.Edited}. */
    EDIT("edit"),

    /** A message was taken back: {@link RoomChange.Revoked}. */
    REVOKE("revoke"),

    /** Somebody reacted to a message: {@link RoomChange.Reacted}. */
    REACT("react"),

    /** A message was pinned: {@link RoomChange.Pinned}. */
    PIN("pin"),

    /** Somebody stands otherwise to the room: {@link RoomChange.Member}. */
    MEMBER("member"),

    /** Settings of the room changed: {@link RoomChange.Settings}. */
    ROOM("room"),

    /** Somebody made the room: {@link RoomChange.Created}. */
    CREATED("create"),

    /** Bodies of messages are gone: {@link RoomChange.Erased}. */
    ERASED("erased"),

    /** What is old is gone: {@link RoomChange.Trimmed}. */
    TRIMMED("trimmed"),

    /**
     * A kind that this version doesn't know, from a newer server or from a store that a newer one uses too. It has its place in
     * the order and nothing else to show; a client advances its cursor past it. Never stored by this version.
     */
    UNKNOWN("other");

    private final String wireName;

    EventKind(String wireName) {
        this.wireName = wireName;
    }

    /** Tells whether an event of this kind may change what somebody may do in the room. */
    public boolean changesAccess() {
        return this == MEMBER || this == ROOM || this == CREATED;
    }

    /** Returns the name that frames carry. */
    public String wireName() {
        return wireName;
    }

    /** Returns the kind of that name, {@link #UNKNOWN} if there is none. */
    public static EventKind ofWireName(String name) {
        for (EventKind kind : values()) {
            if (kind.wireName.equals(name)) {
                return kind;
            }
        }
        return UNKNOWN;
    }
}
