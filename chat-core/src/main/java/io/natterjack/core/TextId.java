package io.natterjack.core;

import java.util.Objects;

/** An identifier that is a short text. Two of different classes are never equal, whatever their text. */
abstract class TextId {
    private static final int MAX_LENGTH = 64;

    private final String value;

    TextId(String value) {
        this.value = Objects.requireNonNull(value);
    }

    /** Returns {@code value} if it is 1 to 64 characters of {@code A-Z a-z 0-9 _ . : ~ -}. */
    static String requireIdentifier(String what, String value) {
        if (value.isEmpty() || value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    what + " must be 1 to " + MAX_LENGTH + " characters long, was " + value.length());
        }
        for (int i = 0; i < value.length(); i++) {
            if (!isIdentifierCharacter(value.charAt(i))) {
                throw new IllegalArgumentException(
                        what + " may only have letters A-Z a-z, digits and _ . : ~ -, not the one at " + i);
            }
        }
        return value;
    }

    private static boolean isIdentifierCharacter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "_.:~-".indexOf(c) >= 0;
    }

    /** Returns the identifier as it travels on the wire. */
    public final String value() {
        return value;
    }

    @Override
    public final boolean equals(Object other) {
        return this == other || other != null && getClass() == other.getClass() && value.equals(((TextId) other).value);
    }

    @Override
    public final int hashCode() {
        return value.hashCode();
    }

    /** Returns the identifier, safe to print in a log line. */
    @Override
    public String toString() {
        return LogText.escape(value);
    }
}
