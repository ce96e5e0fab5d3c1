package io.natterjack.store.redis.cluster;

import io.natterjack.store.redis.connection.RedisClusterProcess;
import io.natterjack.testkit.BusContract;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class RedisBusOnClusterIT extends BusContract {
    private static RedisClusterProcess redis;

    private final List<RedisCluster> nodes = new ArrayList<>();

    @BeforeAll
    static void start() {
        redis = RedisClusterProcess.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Override
    protected Node openBus() {
        RedisCluster node = RedisCluster.connect(redis.uri());
        nodes.add(node);
        return new Node(node.node(), node.bus());
    }

    @Override
    protected void closeAll() {
        nodes.forEach(RedisCluster::close);
    }
}
