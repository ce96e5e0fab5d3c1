package io.natterjack.store.redis.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.api.async.RedisAdvancedClusterAsyncCommands;
import io.natterjack.testkit.Await;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

final class RedisConnectionsIT {
    @Test
    void aSingleServerIsReached() throws Exception {
        try (RedisProcess redis = RedisProcess.start();
                RedisConnections connections = RedisConnections.open(redis.uri())) {
            connections.commands().set("a", "1").get(2, TimeUnit.SECONDS);
            assertThat(connections.commands().get("a").get(2, TimeUnit.SECONDS)).isEqualTo("1");
            assertThat(connections.commands()).isNotInstanceOf(RedisAdvancedClusterAsyncCommands.class);
        }
    }

    @Test
    void aClusterIsFoundByAnyOfItsServers() throws Exception {
        try (RedisClusterProcess redis = RedisClusterProcess.start();
                RedisConnections connections = RedisConnections.open(redis.uri())) {
            for (String key : List.of("a", "b", "c", "d", "e")) {
                connections.commands().set(key, "1").get(2, TimeUnit.SECONDS);
            }
            assertThat(connections.commands()).isInstanceOf(RedisAdvancedClusterAsyncCommands.class);
        }
    }

    @Test
    void aServerOfAClusterThatIsDeadKeepsNobodyFromTheRest() throws Exception {
        try (RedisClusterProcess redis = RedisClusterProcess.start("--cluster-require-full-coverage", "no")) {
            redis.servers().get(2).kill();
            Await.until(
                    "that it's noticed",
                    () -> redis.servers().get(0).ask("CLUSTER", "NODES").contains("master,fail "));
            try (RedisConnections connections = RedisConnections.open(redis.uri())) {
                // Of the slot 5061, which the first server has.
                assertThat(connections.commands().set("bar", "1").get(2, TimeUnit.SECONDS))
                        .isEqualTo("OK");
                assertThat(connections.commands()).isInstanceOf(RedisAdvancedClusterAsyncCommands.class);
            }
        }
    }

    @Test
    void afterAFailOverTheNewMasterIsUsed() throws Exception {
        try (RedisSentinelProcess redis = RedisSentinelProcess.start();
                RedisConnections connections = RedisConnections.open(redis.uri())) {
            connections.commands().set("a", "1").get(2, TimeUnit.SECONDS);
            redis.failOver();
            Await.until("a write to the new master", () -> succeeds(connections));
            assertThat(redis.replica().ask("GET", "a")).isEqualTo("2");
        }
    }

    private static boolean succeeds(RedisConnections connections) {
        try {
            connections.commands().set("a", "2").get(2, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException | TimeoutException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
