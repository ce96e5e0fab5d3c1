package io.natterjack.core;

/** Names a change as its sender does, before the store has given it a place: unique per room and sender. A resend carries the same one, so that it is never applied twice. A UUIDv7 is a good choice. */
public final class ClientId extends TextId {
    /** With this begin the ids that the server makes itself; a client may not use them. */
    public static final String SERVERS_OWN = "~";

    /**
     * Wraps an identifier.
     *
     * @param value 1 to 64 characters of {@code A-Z a-z 0-9 _ . : ~ -}
     * @throws IllegalArgumentException if it is anything else
     */
    public ClientId(String value) {
        super(requireIdentifier("cid", value));
    }
}
