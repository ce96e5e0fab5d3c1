package io.natterjack.store.redis.queue;

import io.natterjack.core.Outcome;
import io.natterjack.core.RoomId;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.PersistenceQueue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings entries of a stream to the store.
 *
 * <p><b>Threads.</b> Any; it keeps nothing.
 */
final class StreamAppends {
    private static final Logger LOG = LoggerFactory.getLogger(StreamAppends.class);

    private final int stream;
    private final QueueSettings settings;

    StreamAppends(int stream, QueueSettings settings) {
        this.stream = stream;
        this.settings = settings;
    }

    /** Appends what isn't decided, in order. Completes when all is answered, or fails when that takes too long. */
    CompletableFuture<Void> append(PersistenceQueue queue, List<StreamEntry> entries) {
        Map<RoomId, Flow> flows = new HashMap<>();
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (StreamEntry entry : entries) {
            if (!entry.isDecided()) {
                // One flow a room: behind what is refused for now nothing of its room goes on.
                Flow flow = flows.computeIfAbsent(entry.draft().room(), unused -> new Flow());
                answers.add(append(queue, entry, flow));
            }
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                .orTimeout(settings.patience().toMillis(), TimeUnit.MILLISECONDS);
    }

    private CompletableFuture<?> append(PersistenceQueue queue, StreamEntry entry, Flow flow) {
        CompletionStage<Outcome> stage;
        try {
            stage = queue.append(entry.draft(), flow);
        } catch (RuntimeException failure) {
            stage = CompletableFuture.failedFuture(failure);
        }
        return stage.handle((outcome, failure) -> {
                    if (outcome != null) {
                        entry.answered(outcome);
                    } else {
                        LOG.warn("Entry {} of stream {} failed", entry.id, stream, failure);
                        flow.breakWith(SentDrafts.UNAVAILABLE);
                        entry.failed(failure, settings.tries());
                    }
                    return outcome;
                })
                .toCompletableFuture();
    }
}
