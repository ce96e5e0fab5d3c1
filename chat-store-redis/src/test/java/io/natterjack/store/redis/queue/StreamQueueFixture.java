package io.natterjack.store.redis.queue;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.natterjack.core.Draft;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.store.redis.connection.RedisConnections;
import io.natterjack.store.redis.connection.RedisProcess;
import io.natterjack.testkit.FaultyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A store, a Redis and nodes with a queue there, each of which a test may break. */
abstract class StreamQueueFixture {
    static final RoomId LOBBY = new RoomId("lobby");
    static final UserId ADA = new UserId("ada");
    static final String PREFIX = "faults";
    static final Duration LEASE = Duration.ofMillis(600);
    static final Duration DEADLINE = Duration.ofSeconds(1);
    /** Far from what a sender waits if nobody tells it anything; how long exactly it waits is for {@link OverdueDraftsTest}. */
    static final Duration IN_TIME = DEADLINE.multipliedBy(3);

    final LogStore log = new LogStore();
    final FaultyStore store = new FaultyStore(log);
    final List<TestNode> nodes = new ArrayList<>();
    RedisProcess redis;
    RedisConnections connections;

    @BeforeEach
    void start() {
        redis = RedisProcess.startDurable();
        connections = RedisConnections.open(redis.uri());
    }

    @AfterEach
    void stop() {
        nodes.forEach(TestNode::close);
        connections.close();
        redis.close();
    }

    RedisStreamQueue.Builder builder() {
        return RedisStreamQueue.builder(redis.uri())
                .prefix(PREFIX)
                .streams(4)
                .lease(LEASE)
                .deadline(DEADLINE);
    }

    TestNode node(MessageStore itsStore, RedisStreamQueue.Builder builder) {
        TestNode node = new TestNode(itsStore, new DeafRouter(), builder);
        nodes.add(node);
        return node;
    }

    static Draft draft(String clientId) {
        return Talker.draft(LOBBY, clientId);
    }

    static Outcome outcome(CompletionStage<Outcome> stage) throws Exception {
        return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    static Outcome.Refused refused(CompletionStage<Outcome> stage) throws Exception {
        return (Outcome.Refused) outcome(stage);
    }

    RedisClusterAsyncCommands<String, String> commands() {
        return connections.commands();
    }

    static QueueSettings settings(int streams) {
        Duration second = Duration.ofSeconds(1);
        return new QueueSettings(
                PREFIX, 0, "test", AckAt.STORE, streams, 1, 1, second, second, 1, second, second, second);
    }

    long waiting(int streams) {
        long waiting = 0;
        for (int stream = 0; stream < streams; stream++) {
            waiting += commands()
                    .xlen(settings(streams).draftsKey(stream))
                    .toCompletableFuture()
                    .join();
        }
        return waiting;
    }

    List<Talker> talk(int rooms, int count, TestNode... through) {
        return IntStream.range(0, rooms)
                .mapToObj(i -> {
                    Talker talker =
                            new Talker(new RoomId("room" + i), () -> through[i % through.length].queue(), count);
                    talker.start();
                    return talker;
                })
                .toList();
    }

    void assertAllSaidOnceInOrder(List<Talker> talkers) throws Exception {
        Talker.assertAllSaidOnceInOrder(talkers, log);
    }

    static int answered(List<Talker> talkers) {
        return talkers.stream().mapToInt(Talker::answered).sum();
    }

    static Outcome outcomeNow(CompletionStage<Outcome> stage) {
        return stage.toCompletableFuture().join();
    }
}
