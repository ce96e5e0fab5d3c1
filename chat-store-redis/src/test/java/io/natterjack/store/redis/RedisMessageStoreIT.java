package io.natterjack.store.redis;

import io.natterjack.core.spi.MessageStore;
import io.natterjack.store.redis.connection.RedisProcess;
import io.natterjack.testkit.DurableMessageStoreContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class RedisMessageStoreIT extends DurableMessageStoreContract {
    private static RedisProcess redis;
    private static int stores;

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.startDurable();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @Override
    protected MessageStore open() {
        stores++;
        return openAgain();
    }

    @Override
    protected MessageStore openAgain() {
        return RedisMessageStore.builder(redis.uri()).prefix("test" + stores).open();
    }
}
