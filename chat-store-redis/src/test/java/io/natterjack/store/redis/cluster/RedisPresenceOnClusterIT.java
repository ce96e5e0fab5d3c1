package io.natterjack.store.redis.cluster;

import io.natterjack.store.redis.connection.RedisClusterProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class RedisPresenceOnClusterIT extends RedisPresenceContract {
    private static RedisClusterProcess redis;

    @BeforeAll
    static void start() {
        redis = RedisClusterProcess.start();
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
        redis.servers().forEach(server -> server.ask("FLUSHALL"));
    }
}
