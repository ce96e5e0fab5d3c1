package io.natterjack.server.session;

import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What a user may do in one room, as it was last asked: forgotten as soon as that may have changed.
 *
 * <p><b>Threads.</b> Any. Whoever asks takes the {@link #generation} first, so that an answer from before a change doesn't count.
 */
final class KnownAccess {
    private static final Duration TRUSTED = Duration.ofSeconds(2);

    private final Scheduler scheduler;
    private final AtomicInteger generation = new AtomicInteger();
    private volatile @Nullable Access access;
    private volatile long askedAt;

    KnownAccess(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /**
     * Returns what the user may do; nothing if that must be asked anew. Between two people it is asked anew every few seconds: that one has
     * blocked the other is no event of the room, and news of it from another node may get lost.
     */
    Optional<Access> now() {
        Access known = access;
        boolean isOld = known != null
                && !known.view().settings().people().isEmpty()
                && scheduler.nanoTime() - askedAt > TRUSTED.toNanos();
        return isOld ? Optional.empty() : Optional.ofNullable(known);
    }

    /** Returns a number that is another one after everything that may have changed what the user may do. */
    int generation() {
        return generation.get();
    }

    /** Takes what the user may do, unless that may have changed since {@code askedIn}, the generation in which it began to be asked. */
    void take(Access fresh, int askedIn) {
        askedAt = scheduler.nanoTime();
        access = fresh;
        if (generation.get() != askedIn) {
            access = null;
        }
    }

    void forget() {
        generation.incrementAndGet(); // first: whoever takes an older answer in between sees it, and forgets too
        access = null;
    }
}
