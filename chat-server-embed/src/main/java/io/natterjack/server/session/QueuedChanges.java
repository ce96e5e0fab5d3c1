package io.natterjack.server.session;

import io.natterjack.core.ClientId;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * What one session has sent that waits in a queue which outlives this process, until it is known what the store says. One that comes again
 * meanwhile waits as before.
 *
 * <p><b>Bounded.</b> {@value #MAX} changes; of those beyond them the client learns by their events.
 *
 * <p><b>Threads.</b> The session's lane only.
 */
final class QueuedChanges {
    private static final int MAX = 1_000;

    private record Key(RoomId room, ClientId clientId) {}

    /** What a queue holds on to is emptied when the session is over, however long the queue keeps it. */
    private record Waiting(AtomicReference<Consumer<Outcome>> answer) implements Consumer<Outcome> {
        @Override
        public void accept(Outcome outcome) {
            Consumer<Outcome> told = answer.getAndSet(null);
            if (told != null) {
                told.accept(outcome);
            }
        }
    }

    private final Executor lane;
    private final Map<Key, Waiting> waiting = new HashMap<>();

    QueuedChanges(Executor lane) {
        this.lane = lane;
    }

    /** Has {@code answer} hear what became of the change, on the lane. */
    void await(Mutation mutation, CompletionStage<Outcome> settled, Consumer<Outcome> answer) {
        Key key = new Key(mutation.room(), mutation.clientId());
        if (waiting.size() >= MAX || waiting.containsKey(key)) {
            return;
        }
        Waiting one = new Waiting(new AtomicReference<>());
        one.answer()
                .set(outcome -> lane.execute(() -> {
                    if (waiting.remove(key, one)) {
                        answer.accept(outcome);
                    }
                }));
        waiting.put(key, one);
        settled.thenAccept(one);
    }

    /** The session is over. */
    void close() {
        waiting.values().forEach(one -> one.answer().set(null));
        waiting.clear();
    }
}
