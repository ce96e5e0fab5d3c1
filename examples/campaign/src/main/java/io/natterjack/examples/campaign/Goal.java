package io.natterjack.examples.campaign;

import java.util.Locale;

/**
 * A figure that was measured, and what it should be.
 *
 * @param what says what it is, with its unit
 * @param atMost whether it may be no more than {@code limit}, else no less
 * @param detail the figures behind it
 */
record Goal(String what, double figure, boolean atMost, double limit, String detail) {
    static Goal atMost(String what, double figure, double limit, String detail) {
        return new Goal(what, figure, true, limit, detail);
    }

    static Goal atLeast(String what, double figure, double limit, String detail) {
        return new Goal(what, figure, false, limit, detail);
    }

    /** Returns whether the figure is what it should be; one that is not a number isn't. */
    boolean isReached() {
        return atMost ? figure <= limit : figure >= limit;
    }

    /** Returns it in one line. */
    String line() {
        return String.format(
                Locale.ROOT,
                "%-52s %9.2f   goal %s %.2f   %-11s %s",
                what,
                figure,
                atMost ? "<=" : ">=",
                limit,
                isReached() ? "reached" : "NOT REACHED",
                detail);
    }
}
