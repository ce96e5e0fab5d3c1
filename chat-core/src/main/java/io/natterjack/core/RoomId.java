package io.natterjack.core;

/** Names a room. */
public final class RoomId extends TextId {
    /**
     * Wraps an identifier.
     *
     * @param value 1 to 64 characters of {@code A-Z a-z 0-9 _ . : ~ -}
     * @throws IllegalArgumentException if it is anything else
     */
    public RoomId(String value) {
        super(requireIdentifier("room id", value));
    }
}
