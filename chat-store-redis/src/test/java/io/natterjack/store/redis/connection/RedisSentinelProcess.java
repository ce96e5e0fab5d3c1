package io.natterjack.store.redis.connection;

import io.natterjack.testkit.Await;
import java.io.UncheckedIOException;
import java.util.stream.Stream;

/** A Redis server of a test's own, its replica, and a Sentinel that makes the replica the master when the master is gone. */
public final class RedisSentinelProcess implements AutoCloseable {
    private static final String NAME = "main";

    // By default a master waits five seconds for more replicas before it sends its data to the first.
    private static final String[] AT_ONCE = {"--repl-diskless-sync-delay", "0"};

    private final RedisProcess master;
    private final RedisProcess replica;
    private final RedisProcess sentinel;

    private RedisSentinelProcess(RedisProcess master, RedisProcess replica, RedisProcess sentinel) {
        this.master = master;
        this.replica = replica;
        this.sentinel = sentinel;
    }

    /** Starts all three, the first two with these arguments; when this returns, a fail-over is possible. */
    public static RedisSentinelProcess start(String... arguments) {
        String[] set = Stream.concat(Stream.of(AT_ONCE), Stream.of(arguments)).toArray(String[]::new);
        RedisProcess master = RedisProcess.start(set);
        RedisProcess replica = RedisProcess.start(set);
        replica.ask("REPLICAOF", "127.0.0.1", String.valueOf(master.port()));
        RedisProcess sentinel = RedisProcess.startSentinel(
                "sentinel monitor " + NAME + " 127.0.0.1 " + master.port() + " 1",
                "sentinel down-after-milliseconds " + NAME + " 1000",
                "sentinel failover-timeout " + NAME + " 4000");
        RedisSentinelProcess all = new RedisSentinelProcess(master, replica, sentinel);
        Await.until(
                "the replica's link", () -> replica.ask("INFO", "replication").contains("master_link_status:up"));
        // An array of as many replicas.
        Await.until(
                "a Sentinel that knows the replica",
                () -> sentinel.ask("SENTINEL", "REPLICAS", NAME).equals("*1"));
        return all;
    }

    /** Returns the server that is the master at first. */
    public RedisProcess master() {
        return master;
    }

    /** Returns the server that is the replica at first. */
    public RedisProcess replica() {
        return replica;
    }

    /** Kills the master, and returns when the replica has taken its place. */
    public void failOver() {
        master.kill();
        awaitFailOver();
    }

    /** Returns when the replica has taken the place of a master that is away. */
    public void awaitFailOver() {
        Await.until("the replica as master", () -> {
            try {
                return replica.ask("INFO", "replication").contains("role:master");
            } catch (UncheckedIOException cut) {
                return false; // The Sentinel cuts all connections when it promotes.
            }
        });
    }

    public String uri() {
        return "redis-sentinel://127.0.0.1:" + sentinel.port() + "#" + NAME;
    }

    @Override
    public void close() {
        sentinel.close();
        replica.close();
        master.close();
    }
}
