package io.natterjack.core;

/** What somebody is in a room, from the least to the most. What each may do, an {@code AccessPolicy} says. */
public enum Role {
    /** Somebody who is there for a while: writes, but changes nothing else. */
    GUEST,
    /** Somebody who belongs there. */
    MEMBER,
    /** Keeps order: removes messages and people. */
    MODERATOR,
    /** May do everything; whoever creates a room is one. */
    OWNER;

    /** Returns the name that frames carry. */
    public String wireName() {
        return WireNames.of(this);
    }

    /**
     * Returns the role of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Role ofWireName(String name) {
        return WireNames.require(Role.class, "role", name);
    }
}
