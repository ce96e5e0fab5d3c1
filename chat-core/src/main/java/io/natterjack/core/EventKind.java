package io.natterjack.core;

/** What an event does to its room. */
public enum EventKind {
    /** Somebody wrote a message. */
    MESSAGE("msg"),

    /** Somebody came into the room or went: {@link RoomChange.Member}. */
    MEMBER("member"),

    /** A setting of the room changed: {@link RoomChange.HistoryShown}. */
    ROOM("room"),

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
