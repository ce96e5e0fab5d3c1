package io.natterjack.store.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.natterjack.core.StoreException;
import io.natterjack.store.redis.connection.Answers;
import io.natterjack.store.redis.connection.RedisConnections;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The servers that partitions are on: always the same one, but in a Cluster.
 *
 * <p><b>Threads.</b> Any thread may call.
 */
final class Servers {
    private static final Pattern RUN = Pattern.compile("(?m)^run_id:([0-9a-z]+)");
    private static final Pattern COPY = Pattern.compile("(?m)^master_replid:([0-9a-z]+)");
    private static final Pattern ROLE = Pattern.compile("(?m)^role:master");

    private final RedisConnections connections;
    private final Keys keys;

    Servers(RedisConnections connections, Keys keys) {
        this.connections = connections;
        this.keys = keys;
    }

    /** Returns the way to the server that has the partition, for commands without a key. */
    RedisClusterAsyncCommands<String, String> of(int partition) {
        return connections.server(keys.incarnation(partition));
    }

    /** Returns which process has the partition, and whose copy of the data that has. Blocks. */
    String identity(int partition) {
        RedisClusterAsyncCommands<String, String> server = of(partition);
        var process = server.info("server");
        String replication = Answers.of(server.info("replication"));
        Matcher run = RUN.matcher(Answers.of(process));
        Matcher copy = COPY.matcher(replication);
        if (!run.find() || !copy.find() || !ROLE.matcher(replication).find()) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "Redis isn't a master that says who it is");
        }
        return run.group(1) + " " + copy.group(1);
    }
}
