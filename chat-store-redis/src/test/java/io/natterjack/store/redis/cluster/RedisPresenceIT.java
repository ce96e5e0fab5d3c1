package io.natterjack.store.redis.cluster;

import io.natterjack.core.spi.Presence;
import io.natterjack.store.redis.connection.RedisProcess;
import io.natterjack.testkit.ManualScheduler;
import io.natterjack.testkit.PresenceContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** The contract against a real Redis; only the time of grace is a manual one. */
final class RedisPresenceIT extends PresenceContract {
    private static RedisProcess redis;

    private final ManualScheduler time = new ManualScheduler();
    private RedisCluster node;
    private RedisPresence presence;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Override
    protected Presence open() {
        redis.ask("FLUSHALL");
        node = RedisCluster.connect(redis.uri());
        presence = (RedisPresence) node.presence(time, Duration.ofSeconds(10));
        return presence;
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Override
    protected void pass(Duration duration) {
        settle();
        time.advance(duration);
        settle();
    }

    private void settle() {
        RedisProcess.await("rest", () -> presence.isIdle().toCompletableFuture().join());
    }
}
