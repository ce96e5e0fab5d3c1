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
 * <p><b>Threads.</b> The worker of the stream, one step at a time; it is asked for permits on any.
 */
final class StreamPermits {
    private static final Logger LOG = LoggerFactory.getLogger(StreamPermits.class);

    private record Sender(RoomId room, UserId user) {
        static Sender of(StreamEntry entry) {
            return new Sender(entry.draft().room(), entry.draft().sender());
        }
    }

    private final int stream;
    private final QueueSettings settings;
    private final QueueFactory.Context context;
    private final Set<Sender> givenUp = new HashSet<>();
    // Until when, by Redis's clock, came what would overtake a draft that was given up.
    private final Map<Sender, Long> refusedUntil = new HashMap<>();

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
     * waits until somebody can. What came into the stream meanwhile is refused as it is {@linkplain #refuseBehind read}.
     */
    void giveUp(List<StreamEntry> entries) {
        if (settings.ackAt() == AckAt.QUEUE) {
            return;
        }
        long now = context.scheduler().nanoTime();
        for (StreamEntry entry : entries) {
            if (entry.isDecided()) {
                continue;
            }
            Sender sender = Sender.of(entry);
            if (entry.isLongUndecided(now, settings.permitPatience()) || givenUp.contains(sender)) {
                LOG.warn(
                        "Nobody can tell whether entry {} of stream {} is permitted; it is refused for now",
                        entry.id,
                        stream);
                givenUp.add(sender);
                entry.giveUp();
            }
        }
    }

    /** Tells whether something was given up of which the sender's node has been told only now. */
    boolean hasGivenUp() {
        return !givenUp.isEmpty();
    }

    /** The nodes have been told of what was given up, so that nothing comes any more that was sent behind it; by Redis's clock it is {@code now}. */
    void toldAt(long now) {
        givenUp.forEach(sender -> refusedUntil.put(sender, now));
        givenUp.clear();
    }

    /** Refuses for now what came behind a draft that was given up, while that was in the stream: it would overtake it. */
    void refuseBehind(List<StreamEntry> entries) {
        if (refusedUntil.isEmpty()) {
            return;
        }
        // An entry that is read first is the oldest.
        refusedUntil.values().removeIf(until -> until < entries.get(0).millis());
        for (StreamEntry entry : entries) {
            if (entry.isDecided()) {
                continue;
            }
            Sender sender = Sender.of(entry);
            if (entry.millis() <= refusedUntil.getOrDefault(sender, -1L) || givenUp.contains(sender)) {
                givenUp.add(sender); // and so is what is behind this one
                entry.giveUp();
            }
        }
    }
}
