package io.natterjack.store.redis.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.RoomId;
import io.natterjack.store.redis.connection.RedisClusterProcess;
import io.natterjack.store.redis.connection.RedisConnections;
import io.natterjack.store.redis.connection.RedisSentinelProcess;
import io.natterjack.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A queue on more than one Redis server. */
final class StreamQueueOnClusterIT {
    private final LogStore log = new LogStore();

    private TestNode node(String uri) {
        return new TestNode(
                log, new DeafRouter(), RedisStreamQueue.builder(uri).streams(8).lease(Duration.ofMillis(900)));
    }

    private static List<Talker> talk(int count, TestNode... nodes) {
        List<Talker> talkers = IntStream.range(0, 12)
                .mapToObj(i -> new Talker(new RoomId("room" + i), () -> nodes[i % nodes.length].queue(), count))
                .toList();
        talkers.forEach(Thread::start);
        return talkers;
    }

    private void assertAllSaidOnceInOrder(List<Talker> talkers) throws Exception {
        Talker.assertAllSaidOnceInOrder(talkers, log);
    }

    @Test
    void aClusterSharesTheStreams() throws Exception {
        try (RedisClusterProcess redis =
                        RedisClusterProcess.start("--appendonly", "yes", "--maxmemory-policy", "noeviction");
                TestNode first = node(redis.uri());
                TestNode second = node(redis.uri())) {
            assertAllSaidOnceInOrder(talk(200, first, second));
            assertThat(redis.servers())
                    .allSatisfy(server -> assertThat(server.ask("DBSIZE")).isNotEqualTo(":0"));
            RedisConnections connections = RedisConnections.open(redis.uri());
            try (connections) {
                QueueChecks.requireDurability(connections.commands());
            }
        }
    }

    @Test
    void nothingIsLostOrTwiceWhenAReplicaTakesOver() throws Exception {
        try (RedisSentinelProcess redis = RedisSentinelProcess.start();
                TestNode first = node(redis.uri());
                TestNode second = node(redis.uri())) {
            List<Talker> talkers = talk(300, first, second);
            Await.until(() -> talkers.stream().mapToInt(Talker::answered).sum() > 300);
            redis.failOver();
            assertAllSaidOnceInOrder(talkers);
        }
    }
}
