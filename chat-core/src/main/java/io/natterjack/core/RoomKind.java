package io.natterjack.core;

/** What kind of room it is, which says what each role may do there. */
public enum RoomKind {
    /** Whoever wants to may read it and come in. A room that nobody created is open too: there, everybody may write. */
    OPEN,
    /** Those who were invited may come in; nobody else learns that it is there. */
    PRIVATE,
    /** Two people, for as long as the room is there. */
    DIRECT,
    /** Moderators write, members read and react. */
    BROADCAST;

    /** Returns the name that frames carry. */
    public String wireName() {
        return WireNames.of(this);
    }

    /**
     * Returns the kind of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static RoomKind ofWireName(String name) {
        return WireNames.require(RoomKind.class, "kind of room", name);
    }
}
