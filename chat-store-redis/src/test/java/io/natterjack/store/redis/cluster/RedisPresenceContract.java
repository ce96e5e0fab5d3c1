package io.natterjack.store.redis.cluster;

import io.natterjack.core.spi.Presence;
import io.natterjack.testkit.Await;
import io.natterjack.testkit.ManualScheduler;
import io.natterjack.testkit.PresenceContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** The contract of presence on whatever Redis is there; only the time of grace is a manual one. */
abstract class RedisPresenceContract extends PresenceContract {
    private final ManualScheduler time = new ManualScheduler();
    private RedisCluster node;
    private RedisPresence presence;

    abstract String uri();

    /** Has Redis forget everything. */
    abstract void flush();

    @Override
    protected Presence open() {
        flush();
        node = RedisCluster.connect(uri());
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
        Await.until("rest", () -> presence.isIdle().toCompletableFuture().join());
    }
}
