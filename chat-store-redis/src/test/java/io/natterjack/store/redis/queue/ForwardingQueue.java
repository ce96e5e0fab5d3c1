package io.natterjack.store.redis.queue;

import io.natterjack.core.Draft;
import io.natterjack.core.Outcome;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.core.spi.QueueStats;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Hands every call to another queue. */
class ForwardingQueue implements PersistenceQueue {
    private final PersistenceQueue queue;

    ForwardingQueue(PersistenceQueue queue) {
        this.queue = queue;
    }

    @Override
    public CompletionStage<Outcome> append(Draft draft, Flow flow) {
        return queue.append(draft, flow);
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
