package io.natterjack.core;

/** Names a room. */
public final class RoomId extends TextId {
    /** What names begin with that the server gives, and no client. A room of such a name is there only once it is created. */
    public static final String SERVERS_OWN = "~";

    /**
     * Wraps an identifier.
     *
     * @param value 1 to 64 characters of {@code A-Z a-z 0-9 _ . : ~ -}
     * @throws IllegalArgumentException if it is anything else
     */
    public RoomId(String value) {
        super(requireIdentifier("room id", value));
    }

    /** Tells whether the name begins with {@value #SERVERS_OWN}. */
    public boolean isServersOwn() {
        return value().startsWith(SERVERS_OWN);
    }
}
