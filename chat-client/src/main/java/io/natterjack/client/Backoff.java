package io.natterjack.client;

import java.time.Duration;

/**
 * How long to wait before the next attempt: a random time below a ceiling that doubles with each attempt ("full jitter"), so
 * that clients which were cut off together don't come back together. Lane only.
 */
final class Backoff {
    private final Loop loop;
    private final Duration base;
    private final Duration cap;
    private int attempts;

    Backoff(Loop loop, Duration base, Duration cap) {
        this.loop = loop;
        this.base = base;
        this.cap = cap;
    }

    Duration next() {
        Duration ceiling = base.multipliedBy(1L << Math.min(attempts, 20));
        attempts++;
        return loop.randomUpTo(ceiling.compareTo(cap) < 0 ? ceiling : cap);
    }

    /** Returns how often {@link #next} was asked since the last {@link #reset}. */
    int attempts() {
        return attempts;
    }

    void reset() {
        attempts = 0;
    }
}
