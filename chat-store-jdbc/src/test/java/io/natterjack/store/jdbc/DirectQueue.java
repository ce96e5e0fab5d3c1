package io.natterjack.store.jdbc;

import io.natterjack.core.Draft;
import io.natterjack.core.EventKind;
import io.natterjack.core.Outcome;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.core.spi.QueueStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A queue that asks the store at once, or refuses if a test wants that. */
final class DirectQueue implements PersistenceQueue {
    private final MessageStore store;
    private Outcome.@Nullable Refused refusal;
    private final Map<String, Outcome.Refused> refusedTexts = new HashMap<>();
    private final List<Runnable> held = new ArrayList<>();
    private boolean holds;

    DirectQueue(MessageStore store) {
        this.store = store;
    }

    /** Refuses what comes from now on; null to go on. */
    void refuseWith(Outcome.@Nullable Refused newRefusal) {
        refusal = newRefusal;
    }

    /** Refuses messages with that text. */
    void refuse(String text, Outcome.Refused how) {
        refusedTexts.put(text, how);
    }

    /** Keeps messages from now on, until they are released. */
    void holdMessages() {
        holds = true;
    }

    void release() {
        holds = false;
        held.forEach(Runnable::run);
        held.clear();
    }

    @Override
    public CompletionStage<Outcome> append(Draft draft, Flow flow) {
        if (holds && draft.kind() == EventKind.MESSAGE) {
            CompletableFuture<Outcome> later = new CompletableFuture<>();
            held.add(() -> later.complete(store.append(List.of(draft)).get(0)));
            return later;
        }
        Outcome.Refused present = draft.body().text().map(refusedTexts::get).orElse(refusal);
        return CompletableFuture.completedFuture(
                present != null ? present : store.append(List.of(draft)).get(0));
    }

    @Override
    public QueueStats stats() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean drain(Duration timeout) {
        return true;
    }

    @Override
    public void close() {}
}
