package io.natterjack.core;

import java.util.List;
import java.util.Objects;

/** How many people have reacted to a message in one way. */
public final class Reaction extends Value {
    /** The longest key, in bytes of UTF-8. */
    public static final int MAX_KEY_BYTES = 32;

    /** The most different keys on one message. */
    public static final int MAX_KEYS = 20;

    /** The names of its fields, its count, and what stands between. */
    private static final int OVERHEAD_BYTES = 48;

    private final String key;
    private final int count;
    private final boolean mine;

    /**
     * Makes a reaction.
     *
     * @param key an emoji as a rule
     * @param count how many people, at least 1
     * @param mine whether the reader is among them
     */
    public Reaction(String key, int count, boolean mine) {
        this.key = Objects.requireNonNull(key);
        this.count = count;
        this.mine = mine;
    }

    public String key() {
        return key;
    }

    public int count() {
        return count;
    }

    /** Tells whether the reader has reacted so. */
    public boolean isMine() {
        return mine;
    }

    /** Returns how many bytes this takes in a frame at most: JSON escapes what may be in a key. */
    int size() {
        int size = OVERHEAD_BYTES;
        for (int i = 0; i < key.length(); i++) {
            size += escaped(key.charAt(i));
        }
        return size;
    }

    private static int escaped(char c) {
        if (c < ' ' || c == '\u2028' || c == '\u2029') {
            return 6;
        }
        if (c == '"' || c == '\\') {
            return 2;
        }
        return c < 0x80 ? 1 : 3;
    }

    @Override
    protected List<?> parts() {
        return List.of(key, count, mine);
    }
}
