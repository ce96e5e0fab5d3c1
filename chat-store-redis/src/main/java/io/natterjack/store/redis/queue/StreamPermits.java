package io.natterjack.store.redis.queue;

import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.QueueFactory;
import io.natterjack.core.spi.QueueFactory.Permit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks whether entries of a stream are still permitted: something may have changed while they waited.
 *
 * <p><b>Threads.</b> Any; it keeps nothing.
 */
final class StreamPermits {
    private static final Logger LOG = LoggerFactory.getLogger(StreamPermits.class);

    private final int stream;
    private final QueueSettings settings;
    private final QueueFactory.Context context;

    StreamPermits(int stream, QueueSettings settings, QueueFactory.Context context) {
        this.stream = stream;
        this.settings = settings;
        this.context = context;
    }

    /** Asks anew for that entry, which hears of the answer. What is returned completes then, and never fails. */
    CompletableFuture<?> ask(StreamEntry entry) {
        return permit(entry).handle((permit, failure) -> answered(entry, permit, failure));
    }

    private CompletableFuture<Permit> permit(StreamEntry entry) {
        try {
            return context.permitAgain(entry.draft())
                    .toCompletableFuture()
                    .copy()
                    .orTimeout(settings.patience().toMillis(), TimeUnit.MILLISECONDS);
        } catch (RuntimeException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    private boolean answered(StreamEntry entry, @Nullable Permit permit, @Nullable Throwable failure) {
        if (permit != null && permit.isGranted()) {
            entry.permitted(permit.draft());
        } else if (permit != null && permit.refusal().isFinal()) {
            entry.answered(permit.refusal());
        } else {
            LOG.debug("Whether entry {} of stream {} is permitted can't be told now", entry.id, stream, failure);
            entry.notPermitted(context.scheduler().nanoTime());
        }
        return permit != null;
    }

    /**
     * Refuses for now what nobody can judge for long, and what is behind it of the same sender. What was acknowledged isn't refused: it
     * waits until somebody can.
     */
    void giveUp(List<StreamEntry> entries) {
        if (settings.ackAt() == AckAt.QUEUE) {
            return;
        }
        long now = context.scheduler().nanoTime();
        Map<RoomId, Set<UserId>> givenUp = new HashMap<>();
        for (StreamEntry entry : entries) {
            if (entry.isDecided()) {
                continue;
            }
            Set<UserId> senders = givenUp.computeIfAbsent(entry.draft().room(), unused -> new HashSet<>());
            if (entry.isLongUndecided(now) || senders.contains(entry.draft().sender())) {
                LOG.warn(
                        "Nobody can tell whether entry {} of stream {} is permitted; it is refused for now",
                        entry.id,
                        stream);
                senders.add(entry.draft().sender());
                entry.giveUp();
            }
        }
    }
}
