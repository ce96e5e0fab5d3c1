package io.natterjack.examples.loadtest;

/** When messages are due: evenly, whatever became of those before. */
final class Schedule {
    private static final double NANOS = 1e9;

    private final long start;
    private final double interval;
    private long next;

    /**
     * Makes a schedule.
     *
     * @param start in nanoseconds
     * @param rate a second
     */
    Schedule(long start, double rate) {
        this.start = start;
        this.interval = NANOS / rate;
    }

    long nextDue() {
        return start + (long) (next * interval);
    }

    void advance() {
        next++;
    }
}
