package io.natterjack.core;

/** Of which messages of a room somebody wants to be notified. */
public enum Notify {
    /** Of all. */
    ALL,
    /** Of those that mention them. */
    MENTIONS,
    /** Of none: the room is muted. */
    NONE;

    /** Returns the name that frames carry. */
    public String wireName() {
        return WireNames.of(this);
    }

    /**
     * Returns the setting of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Notify ofWireName(String name) {
        return WireNames.require(Notify.class, "setting of notifications", name);
    }
}
