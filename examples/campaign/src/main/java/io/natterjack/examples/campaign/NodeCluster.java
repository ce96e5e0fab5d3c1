package io.natterjack.examples.campaign;

import io.natterjack.testkit.FaultProxy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Nodes, and what they have in common: a database, Redis, or both. Every way between them leads through a proxy of its own.
 *
 * <p><b>Threads.</b> One at a time starts, kills and closes; {@link #nodes} may be looked at by any.
 */
final class NodeCluster implements AutoCloseable {
    /** How many doors each node has for clients. */
    private static final int DOORS = 8;

    private final Backing backing;
    private final List<Node> nodes = new ArrayList<>();
    private @Nullable DatabaseServer database;
    private @Nullable RedisServer redis;

    private NodeCluster(Backing backing) {
        this.backing = backing;
    }

    static NodeCluster start(Path serverJar, Path folder, ClusterPlan plan) throws Exception {
        NodeCluster cluster = new NodeCluster(plan.backing());
        try {
            cluster.database = plan.backing().hasDatabase() ? PostgresServer.start(folder) : null;
            cluster.redis = plan.backing().hasRedis()
                    ? RedisServer.start(folder, plan.backing().isRedisDurable())
                    : null;
            for (int i = 0; i < plan.nodes(); i++) {
                cluster.startNode(serverJar, folder, "node-" + i);
            }
            return cluster;
        } catch (Exception failure) {
            cluster.close();
            throw failure;
        }
    }

    private void startNode(Path serverJar, Path folder, String name) throws IOException {
        List<String> options = new ArrayList<>(backing.options());
        FaultProxy databaseDoor = null;
        if (database != null) {
            databaseDoor = FaultProxy.to("127.0.0.1", database.port());
            options.add("--jdbc-url=" + database.url(databaseDoor.port()));
        }
        FaultProxy redisDoor = null;
        if (redis != null) {
            redisDoor = FaultProxy.to("127.0.0.1", redis.port());
            options.add("--redis=redis://127.0.0.1:" + redisDoor.port());
        }
        int port = Ports.free();
        List<FaultProxy> doors = new ArrayList<>();
        for (int i = 0; i < DOORS; i++) {
            doors.add(FaultProxy.to("127.0.0.1", port));
        }
        ChatProcess process = new ChatProcess(serverJar, folder, name, port, options);
        nodes.add(new Node(process, List.copyOf(doors), databaseDoor, redisDoor));
    }

    List<Node> nodes() {
        return nodes;
    }

    Optional<DatabaseServer> database() {
        return Optional.ofNullable(database);
    }

    Optional<RedisServer> redis() {
        return Optional.ofNullable(redis);
    }

    /** Returns the addresses of all nodes for the {@code n}th client, the one where it begins first. */
    List<URI> addresses(int n) {
        List<URI> addresses = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            addresses.add(nodes.get((n + i) % nodes.size()).address(n / nodes.size()));
        }
        return addresses;
    }

    /** Starts the database again after a kill, and shows nodes the way: it listens to another port now. */
    void restartDatabase() throws Exception {
        if (database != null) {
            database.restart();
            for (Node node : nodes) {
                if (node.databaseDoor() != null) {
                    node.databaseDoor().retarget("127.0.0.1", database.port());
                }
            }
        }
    }

    @Override
    public void close() throws Exception {
        for (Node node : nodes) {
            node.close();
        }
        if (redis != null) {
            redis.close();
        }
        if (database != null) {
            database.close();
        }
    }
}
