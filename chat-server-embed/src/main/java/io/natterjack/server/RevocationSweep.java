package io.natterjack.server;

import io.natterjack.core.UserId;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.server.engine.StoreReads;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks into the store for tokens that another process has revoked, and has whoever came by one disconnected: also while nothing carries
 * texts between nodes.
 *
 * <p><b>Bounded.</b> The latest {@value #AT_ONCE} since the last look; nobody comes in with a revoked token, whatever is missed here.
 *
 * <p><b>Threads.</b> Any thread starts and closes. Looks are one after another, on threads that read the store.
 */
final class RevocationSweep implements AutoCloseable {
    /** Clocks of nodes may differ by so much. */
    private static final Duration OVERLAP = Duration.ofMinutes(2);

    private static final int AT_ONCE = 1_000;

    private final StoreReads store;
    private final Scheduler scheduler;
    private final Duration interval;
    private final ObjLongConsumer<UserId> revoked;

    // One look after another.
    private Map<UserId, Long> known = new HashMap<>();
    private long lookedAt;

    private volatile boolean closed;

    /**
     * Makes one that doesn't look yet.
     *
     * @param revoked takes whose tokens are revoked, and those made before which time
     */
    RevocationSweep(StoreReads store, Scheduler scheduler, Duration interval, ObjLongConsumer<UserId> revoked) {
        this.store = store;
        this.scheduler = scheduler;
        this.interval = interval;
        this.revoked = revoked;
    }

    void start() {
        lookedAt = scheduler.wallMillis();
        look();
    }

    private void look() {
        if (!closed) {
            long now = scheduler.wallMillis();
            // What happened while the store couldn't be read is looked for too.
            long since = Math.min(now, lookedAt) - OVERLAP.toMillis();
            store.read(s -> s.people().tokensRevokedSince(since, AT_ONCE))
                    .whenComplete((found, failure) -> looked(now, found));
        }
    }

    private void looked(long now, @Nullable Map<UserId, Long> found) {
        if (found != null) {
            lookedAt = now;
            found.forEach((user, before) -> {
                if (known.getOrDefault(user, 0L) < before) {
                    revoked.accept(user, before);
                }
            });
            known = found;
        }
        scheduler.after(interval, this::look);
    }

    @Override
    public void close() {
        closed = true;
    }
}
