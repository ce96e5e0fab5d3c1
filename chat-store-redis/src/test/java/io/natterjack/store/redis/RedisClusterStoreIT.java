package io.natterjack.store.redis;

import io.natterjack.core.spi.MessageStore;
import io.natterjack.store.redis.connection.RedisClusterProcess;
import io.natterjack.testkit.MessageStoreContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Rooms on three masters: whatever a script needs is in one slot. */
final class RedisClusterStoreIT extends MessageStoreContract {
    private static RedisClusterProcess cluster;
    private static int stores;

    @BeforeAll
    static void startCluster() {
        cluster = RedisClusterProcess.start("--appendonly", "yes");
    }

    @AfterAll
    static void stopCluster() {
        cluster.close();
    }

    @Override
    protected MessageStore open() {
        return RedisMessageStore.builder(cluster.uri())
                .prefix("test" + ++stores)
                .open();
    }
}
