package io.natterjack.core;

/** Names one session to its own client, which proves by it that a newer connection takes the place of an older. A secret. */
public final class SessionId extends TextId {
    /**
     * Wraps an identifier.
     *
     * @param value 1 to 64 characters of {@code A-Z a-z 0-9 _ . : ~ -}
     * @throws IllegalArgumentException if it is anything else
     */
    public SessionId(String value) {
        super(requireIdentifier("session id", value));
    }

    /** Returns a shortened form: who reads a log must not be able to take a session over. */
    @Override
    public String toString() {
        return value().substring(0, Math.min(4, value().length())) + "…";
    }
}
