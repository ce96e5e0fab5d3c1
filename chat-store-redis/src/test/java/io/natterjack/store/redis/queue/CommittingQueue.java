package io.natterjack.store.redis.queue;

import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.StoreException;
import io.natterjack.core.spi.Fence;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.core.spi.QueueStats;
import io.natterjack.core.spi.RoomRouter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;

/** Appends what gathered, at most a few at once, under a fence, on a thread of its own. */
final class CommittingQueue implements PersistenceQueue {
    private static final int BATCH = 10;
    private static final Outcome.Refused UNAVAILABLE =
            Outcome.Refused.retryAfter(ErrorCode.UNAVAILABLE, Duration.ofMillis(50));

    private record Entry(Draft draft, Flow flow, CompletableFuture<Outcome> outcome) {}

    private final MessageStore store;
    private final RoomRouter router;
    private final Fence fence;
    private final LinkedBlockingQueue<Entry> waiting = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean closed;

    CommittingQueue(MessageStore store, RoomRouter router, Fence fence) {
        this.store = store;
        this.router = router;
        this.fence = fence;
        thread = new Thread(this::run, "committing-" + fence.name() + "-" + fence.generation());
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public CompletionStage<Outcome> append(Draft draft, Flow flow) {
        Entry entry = new Entry(draft, flow, new CompletableFuture<>());
        if (closed) {
            return CompletableFuture.completedFuture(flow.breakWith(UNAVAILABLE));
        }
        waiting.add(entry);
        if (closed) {
            refuseAll(); // it may have come after the others were
        }
        return entry.outcome;
    }

    private void run() {
        while (!closed) {
            try {
                List<Entry> batch = new ArrayList<>(List.of(waiting.take()));
                waiting.drainTo(batch, BATCH - 1);
                commit(batch);
            } catch (InterruptedException over) {
                return;
            }
        }
    }

    private void commit(List<Entry> batch) {
        List<Entry> whole = new ArrayList<>();
        for (Entry entry : batch) {
            if (entry.flow.broken().isPresent()) {
                entry.outcome.complete(entry.flow.broken().get());
            } else {
                whole.add(entry);
            }
        }
        if (!whole.isEmpty()) {
            settle(whole, outcomes(whole));
        }
    }

    private List<Outcome> outcomes(List<Entry> batch) {
        try {
            return store.append(batch.stream().map(Entry::draft).toList(), fence);
        } catch (StoreException failure) {
            if (failure.kind() != StoreException.Kind.REJECTED) {
                return batch.stream().<Outcome>map(entry -> UNAVAILABLE).toList();
            }
            if (batch.size() == 1) {
                return List.of(Outcome.Refused.forGood(ErrorCode.INTERNAL));
            }
            List<Outcome> outcomes = new ArrayList<>();
            batch.forEach(entry -> outcomes.addAll(outcomes(List.of(entry))));
            return outcomes;
        }
    }

    private void settle(List<Entry> batch, List<Outcome> outcomes) {
        List<RoomEvent> events = new ArrayList<>();
        for (int i = 0; i < outcomes.size(); i++) {
            Entry entry = batch.get(i);
            if (outcomes.get(i) instanceof Outcome.Refused refused && !refused.isFinal()) {
                entry.flow.breakWith(refused);
            } else if (outcomes.get(i) instanceof Outcome.Accepted accepted && accepted.isEvent()) {
                events.add(entry.draft.accepted(accepted));
            } else {
                router.changed(entry.draft.room());
            }
        }
        if (!events.isEmpty()) {
            router.committed(events);
        }
        for (int i = 0; i < outcomes.size(); i++) {
            batch.get(i).outcome.complete(outcomes.get(i));
        }
    }

    @Override
    public QueueStats stats() {
        return new QueueStats(waiting.size(), 0, !closed);
    }

    @Override
    public boolean drain(Duration timeout) {
        close();
        return true;
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        refuseAll();
    }

    private void refuseAll() {
        List<Entry> left = new ArrayList<>();
        waiting.drainTo(left);
        left.forEach(entry -> entry.outcome.complete(entry.flow.breakWith(UNAVAILABLE)));
    }
}
