import org.jspecify.annotations.NullMarked;

/** Carries chat between processes over Redis, and keeps it there for applications without SQL. */
@NullMarked
module io.natterjack.store.redis {
    requires transitive io.natterjack.core;
    // What Lettuce, which isn't a module of its own, needs on the module path.
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.resolver.dns;
    requires io.netty.transport;
    requires lettuce.core;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.natterjack.store.redis;
    exports io.natterjack.store.redis.cluster;
    exports io.natterjack.store.redis.queue;
}
