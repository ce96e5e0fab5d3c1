package io.natterjack.store.redis.queue;

import io.natterjack.core.Draft;
import io.natterjack.core.Outcome;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.core.spi.RoomRouter;
import io.natterjack.store.redis.connection.RedisProcess;
import io.natterjack.testkit.Await;
import io.natterjack.testkit.PersistenceQueueContract;
import java.time.Duration;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** The contract of queues, in real time. */
final class RedisStreamQueueIT extends PersistenceQueueContract {
    private static RedisProcess redis;

    private final Queue<CompletionStage<Outcome>> stages = new ConcurrentLinkedQueue<>();
    private TestNode node;
    private String prefix = "";

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @AfterEach
    void closeNode() {
        node.close();
    }

    @Override
    protected MessageStore openStore() {
        return new LogStore();
    }

    @Override
    protected PersistenceQueue openQueue(MessageStore store, RoomRouter router) {
        prefix = UUID.randomUUID().toString().substring(0, 8);
        node = new TestNode(
                store,
                router,
                RedisStreamQueue.builder(redis.uri())
                        .prefix(prefix)
                        .streams(1)
                        .deadline(Duration.ofSeconds(1))
                        .maxDrafts(MAX_DRAFTS));
        return new Remembering(node.queue());
    }

    /** Waits for as long as the test says, and until all is answered: no machine is as quick as a clock that is set. */
    @Override
    protected void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
        Await.until(() ->
                stages.stream().allMatch(stage -> stage.toCompletableFuture().isDone()));
        if (time.isZero()) {
            Await.until(() -> node.queue().stats().drafts() == 0);
            // The senders hear first, then it is taken out of the stream.
            String stream = prefix + ":{" + prefix + ":q0}:drafts";
            Await.until(() -> redis.ask("XLEN", stream).equals(":0"));
        }
    }

    private final class Remembering extends ForwardingQueue {
        Remembering(PersistenceQueue queue) {
            super(queue);
        }

        @Override
        public CompletionStage<Outcome> append(Draft draft, Flow flow) {
            CompletionStage<Outcome> stage = super.append(draft, flow);
            stages.add(stage);
            return stage;
        }
    }
}
