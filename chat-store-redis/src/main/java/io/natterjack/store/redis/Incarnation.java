package io.natterjack.store.redis;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One life of a partition's data: from when somebody found that it may have lost something until that happens again.
 *
 * @param epoch what the seqs of its rooms are told under
 * @param server the process of Redis that it lives in, and whose copy of the data that has
 */
record Incarnation(long epoch, String server) {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,16}) ([0-9a-z]+ [0-9a-z]+)");

    /** Returns the incarnation of that text; epoch 0 if there is none. */
    static Incarnation of(String text) {
        Matcher parts = TEXT.matcher(text);
        return parts.matches()
                ? new Incarnation(Long.parseLong(parts.group(1)), parts.group(2))
                : new Incarnation(0, "");
    }

    @Override
    public String toString() {
        return epoch + " " + server;
    }
}
