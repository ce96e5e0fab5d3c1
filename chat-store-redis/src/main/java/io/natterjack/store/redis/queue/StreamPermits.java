package io.natterjack.store.redis.queue;

import io.natterjack.core.spi.QueueFactory;
import io.natterjack.core.spi.QueueFactory.Permit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks whether entries of a stream are still permitted: something may have changed while they waited.
 *
 * <p><b>Threads.</b> The worker of the stream, one step at a time; it is asked for permits on any.
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
     * Refuses for now what nobody can judge for long, and what the same nodes have behind the first of it: some of it from the same
     * connections, so that it would overtake. {@link QueueScripts#settle} takes out just that, also what isn't read yet. What a node answers as
     * queued isn't refused: it waits until somebody can judge it.
     */
    void giveUp(List<StreamEntry> entries) {
        long now = context.scheduler().nanoTime();
        Set<String> nodes = new HashSet<>();
        for (StreamEntry entry : entries) {
            if (entry.mayBeGivenUp() && entry.isLongUndecided(now, settings.permitPatience())) {
                LOG.warn(
                        "Nobody can tell whether entry {} of stream {} is permitted; it is refused for now",
                        entry.id,
                        stream);
                nodes.add(entry.node);
                entry.giveUp();
            }
        }
        boolean isBehind = false;
        for (StreamEntry entry : entries) {
            isBehind |= entry.isGivenUp();
            if (isBehind && entry.mayBeGivenUp() && nodes.contains(entry.node)) {
                entry.giveUp();
            }
        }
    }
}
