package io.natterjack.store.redis;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a script has returned.
 *
 * @param epoch that of the incarnation which it ran in
 */
record Reply(long epoch, List<?> parts) {
    static final String CONFLICT = "CONFLICT";

    String status() {
        return String.valueOf(parts.get(0));
    }

    /** Tells whether nothing was done because something isn't as it was. */
    boolean isConflict() {
        return status().equals(CONFLICT);
    }

    /** Returns how many results there are. */
    int size() {
        return parts.size() - 1;
    }

    /** Returns a result, the first is 0; empty if Redis has nothing. */
    String text(int result) {
        return text(parts.get(result + 1));
    }

    /** Returns a result that is a number; 0 if Redis has nothing. */
    long number(int result) {
        return number(text(result));
    }

    /** Returns a result that is a list; what Redis doesn't have is empty. */
    List<String> list(int result) {
        List<String> list = new ArrayList<>();
        if (parts.get(result + 1) instanceof List<?> values) {
            values.forEach(value -> list.add(text(value)));
        }
        return list;
    }

    /** Returns the time of Redis, Unix milliseconds, of a result of {@code TIME}. */
    long millis(int result) {
        return millis(list(result));
    }

    static long millis(List<String> time) {
        return Long.parseLong(time.get(0)) * 1_000 + Long.parseLong(time.get(1)) / 1_000;
    }

    static long number(String text) {
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }
}
