package io.natterjack.core;

import io.natterjack.core.text.Utf8;

/**
 * Names a person or a program that chats. The host application's own names are used as they are (e-mail addresses,
 * {@code auth0|1}, UUIDs); Natterjack never parses them.
 */
public final class UserId extends TextId {
    /** The longest user id, in bytes of UTF-8. */
    public static final int MAX_BYTES = 128;

    /**
     * Wraps an identifier.
     *
     * @param value 1 to {@value #MAX_BYTES} bytes of UTF-8, without control characters and lone surrogates
     * @throws IllegalArgumentException if it is anything else
     */
    public UserId(String value) {
        super(requireUserId(value));
    }

    private static String requireUserId(String value) {
        long bytes = Utf8.length(value);
        if (bytes < 1 || bytes > MAX_BYTES) {
            throw new IllegalArgumentException("user id must be 1 to " + MAX_BYTES + " bytes of well-formed UTF-8, was "
                    + (bytes < 0 ? "not well-formed" : bytes));
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("user id may not have control characters");
        }
        return value;
    }
}
