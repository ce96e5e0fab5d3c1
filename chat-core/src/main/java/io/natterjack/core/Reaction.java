package io.natterjack.core;

import java.util.List;
import java.util.Objects;

/** How many people have reacted to a message in one way. */
public final class Reaction extends Value {
    /** The longest key, in bytes of UTF-8. */
    public static final int MAX_KEY_BYTES = 32;

    /** The most different keys on one message. */
    public static final int MAX_KEYS = 20;

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

    @Override
    protected List<?> parts() {
        return List.of(key, count, mine);
    }
}
