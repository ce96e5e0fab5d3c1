package io.natterjack.server;

import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Outcome;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.core.spi.QueueStats;
import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The server's queue for those who want to know what the store said: one that answers that a draft waits is waited for, for a while. After
 * that the draft is refused for now; the same one again finds out what became of it.
 *
 * <p><b>Threads.</b> Any.
 */
final class SettledQueue implements PersistenceQueue {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Outcome UNAVAILABLE = Outcome.Refused.retryAfter(ErrorCode.UNAVAILABLE, Duration.ofSeconds(1));

    private final PersistenceQueue queue;
    private final Scheduler scheduler;

    SettledQueue(PersistenceQueue queue, Scheduler scheduler) {
        this.queue = queue;
        this.scheduler = scheduler;
    }

    @Override
    public CompletionStage<Outcome> append(Draft draft, Flow flow) {
        return queue.append(draft, flow)
                .thenCompose(outcome -> outcome instanceof Outcome.Queued queued
                        ? within(queued.settled())
                        : CompletableFuture.completedFuture(outcome));
    }

    private CompletionStage<Outcome> within(CompletionStage<Outcome> settled) {
        CompletableFuture<Outcome> first = new CompletableFuture<>();
        Scheduler.Cancellable over = scheduler.after(PATIENCE, () -> first.complete(UNAVAILABLE));
        settled.whenComplete((outcome, impossible) -> {
            over.cancel();
            first.complete(outcome == null ? UNAVAILABLE : outcome);
        });
        return first;
    }

    @Override
    public QueueStats stats() {
        return queue.stats();
    }

    @Override
    public boolean drain(Duration timeout) {
        return queue.drain(timeout);
    }

    @Override
    public void close() {
        queue.close();
    }
}
