package io.natterjack.server.session;

import io.natterjack.core.spi.Scheduler;
import java.time.Duration;

/**
 * Lets through so many a second in the long run and a burst at once. Who goes on beyond that runs into debt.
 *
 * <p><b>Threads.</b> One at a time.
 */
final class TokenBucket {
    private static final double NANOS = 1e9;

    private final Scheduler time;
    private final double perSecond;
    private final int burst;
    private double level;
    private long filledAt;

    /**
     * Makes a full bucket.
     *
     * @param perSecond 0 for no limit
     */
    TokenBucket(Scheduler time, int perSecond, int burst) {
        this.time = time;
        this.perSecond = perSecond;
        this.burst = burst;
        this.level = burst;
        this.filledAt = time.nanoTime();
    }

    /** Takes one; returns zero if it was there, else how long it takes until another one is. */
    Duration take() {
        if (perSecond == 0) {
            return Duration.ZERO;
        }
        fill();
        level--;
        return level >= 0 ? Duration.ZERO : untilOneIsThere();
    }

    private void fill() {
        long now = time.nanoTime();
        level = Math.min(burst, level + (now - filledAt) / NANOS * perSecond);
        filledAt = now;
    }

    private Duration untilOneIsThere() {
        return Duration.ofMillis((long) Math.ceil((1 - level) / perSecond * 1_000));
    }

    /** Takes one if it is there, and returns zero; else takes none, and returns how long it takes until one is. */
    Duration tryTake() {
        if (perSecond == 0) {
            return Duration.ZERO;
        }
        fill();
        if (level < 1) {
            return untilOneIsThere();
        }
        level--;
        return Duration.ZERO;
    }

    /** Takes one back that was taken for nothing. */
    void giveBack() {
        level = Math.min(burst, level + 1);
    }

    /** Takes so many, there or not: somebody else has let them through already. */
    void drain(int count) {
        fill();
        level = Math.max(-burst, level - count);
    }

    /** Returns how many were taken that weren't there. */
    int debt() {
        return (int) Math.max(0, -level);
    }
}
