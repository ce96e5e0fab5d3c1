package io.natterjack.core;

/** How somebody stands to a room. */
public enum Standing {
    /** Doesn't belong to it. */
    OUT,
    /** Belongs to it. */
    IN,
    /** May come in, if they want to. */
    INVITED,
    /** May not come in, for good or for a time. */
    BANNED;

    /** Returns the name that frames carry. */
    public String wireName() {
        return WireNames.of(this);
    }

    /**
     * Returns the standing of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Standing ofWireName(String name) {
        return WireNames.require(Standing.class, "standing", name);
    }
}
