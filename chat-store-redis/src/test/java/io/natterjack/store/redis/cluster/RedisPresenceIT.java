package io.natterjack.store.redis.cluster;

import io.natterjack.store.redis.connection.RedisProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class RedisPresenceIT extends RedisPresenceContract {
    private static RedisProcess redis;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Override
    String uri() {
        return redis.uri();
    }

    @Override
    void flush() {
        redis.ask("FLUSHALL");
    }
}
