package io.natterjack.core.lane;

import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Once a second at most: for lines in the log that strangers can bring about as often as they like.
 *
 * <p><b>Threads.</b> Any.
 */
public final class Seldom {
    private static final long PAUSE = Duration.ofSeconds(1).toNanos();

    private final LongSupplier nanoTime;

    // Guarded by this.
    private boolean wasSaid;
    private long saidAt;
    private long unsaid;

    /**
     * Makes one, with which the first may be said at once.
     *
     * @param nanoTime as {@link System#nanoTime}
     */
    public Seldom(LongSupplier nanoTime) {
        this.nanoTime = Objects.requireNonNull(nanoTime);
    }

    /** Returns how many weren't said since the last that was; nothing if this one isn't to be said either. */
    public synchronized OptionalLong take() {
        long now = nanoTime.getAsLong();
        if (wasSaid && now - saidAt < PAUSE) {
            unsaid++;
            return OptionalLong.empty();
        }
        wasSaid = true;
        saidAt = now;
        long before = unsaid;
        unsaid = 0;
        return OptionalLong.of(before);
    }
}
