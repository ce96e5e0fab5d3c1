package io.natterjack.store.redis.cluster;

import io.natterjack.testkit.BusContract;
import java.util.ArrayList;
import java.util.List;

/** The contract of buses on whatever Redis is there. */
abstract class RedisBusContract extends BusContract {
    private final List<RedisCluster> nodes = new ArrayList<>();

    abstract String uri();

    @Override
    protected Node openBus() {
        RedisCluster node = RedisCluster.connect(uri());
        nodes.add(node);
        return new Node(node.node(), node.bus());
    }

    @Override
    protected void closeAll() {
        nodes.forEach(RedisCluster::close);
    }
}
