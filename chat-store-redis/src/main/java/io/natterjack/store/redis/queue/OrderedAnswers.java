package io.natterjack.store.redis.queue;

import io.natterjack.core.Outcome;
import io.natterjack.core.spi.Flow;
import io.natterjack.store.redis.queue.SentDraft.Waiter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for drafts, and what they are answered: within a {@link Flow} in the order of the flow, whatever order the outcomes come in.
 *
 * <p><b>Threads.</b> Any thread may call any method. Stages complete in {@link #tell} only, by one thread at a time.
 */
final class OrderedAnswers {
    private final Object lock = new Object();

    // Guarded by lock.
    private final Map<Flow, Queue<Waiter>> lines = new HashMap<>();
    private final Queue<Waiter> answered = new ArrayDeque<>();
    private boolean answering;
    private int waiting;
    private CompletableFuture<Void> nobodyWaits = CompletableFuture.completedFuture(null);

    /** Has the waiter stand behind those of its flow. */
    void expect(Waiter waiter) {
        synchronized (lock) {
            lines.computeIfAbsent(waiter.flow, unused -> new ArrayDeque<>(2)).add(waiter);
            if (waiting++ == 0) {
                nobodyWaits = new CompletableFuture<>();
            }
        }
    }

    /** Takes what the waiter is to hear when {@link #tell} is called and those before it have been answered; the first answer counts. */
    void answer(Waiter waiter, Outcome outcome) {
        synchronized (lock) {
            if (waiter.outcome != null) {
                return;
            }
            waiter.outcome = outcome;
            Queue<Waiter> line = lines.get(waiter.flow);
            while (line != null && !line.isEmpty() && line.element().outcome != null) {
                answered.add(line.remove());
            }
            if (line != null && line.isEmpty()) {
                lines.remove(waiter.flow);
            }
        }
    }

    /** Completes stages, outside of all locks: to be called without one. */
    void tell() {
        while (true) {
            List<Waiter> turn;
            synchronized (lock) {
                if (answering || answered.isEmpty()) {
                    return;
                }
                answering = true;
                turn = new ArrayList<>(answered);
                answered.clear();
            }
            turn.forEach(OrderedAnswers::complete);
            @Nullable CompletableFuture<Void> last = null;
            synchronized (lock) {
                answering = false;
                waiting -= turn.size();
                if (waiting == 0) {
                    last = nobodyWaits;
                }
            }
            if (last != null) {
                last.complete(null);
            }
        }
    }

    private static void complete(Waiter waiter) {
        Outcome outcome = waiter.outcome;
        if (outcome != null) {
            waiter.answer.complete(outcome);
        }
    }

    /** Completes when nobody waits, as long as nobody comes. */
    CompletableFuture<Void> nobodyWaits() {
        synchronized (lock) {
            return nobodyWaits;
        }
    }
}
