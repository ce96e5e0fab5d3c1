package io.natterjack.store.redis.connection;

import io.natterjack.testkit.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A Redis Cluster of three masters of a test's own, without replicas, each with a third of the slots. */
public final class RedisClusterProcess implements AutoCloseable {
    private static final int SLOTS = 16_384;
    private static final int SERVERS = 3;

    private final List<RedisProcess> servers;

    private RedisClusterProcess(List<RedisProcess> servers) {
        this.servers = servers;
    }

    /** Starts one, with these arguments for each server; when this returns, every server takes commands. */
    public static RedisClusterProcess start(String... arguments) {
        RedisClusterProcess cluster = new RedisClusterProcess(new ArrayList<>());
        boolean done = false;
        try {
            cluster.startServers(arguments);
            cluster.join();
            done = true;
            return cluster;
        } finally {
            if (!done) {
                cluster.close();
            }
        }
    }

    private void startServers(String... arguments) {
        for (int i = 0; i < SERVERS; i++) {
            List<String> all = new ArrayList<>(List.of("--cluster-enabled", "yes", "--cluster-node-timeout", "2000"));
            // By default it would be the port plus 10,000, which may be above the last one.
            all.addAll(List.of("--cluster-port", String.valueOf(RedisProcess.freePort())));
            all.addAll(List.of(arguments));
            servers.add(RedisProcess.start(all.toArray(String[]::new)));
        }
    }

    private void join() {
        for (int i = 0; i < SERVERS; i++) {
            String first = String.valueOf(i * SLOTS / SERVERS);
            String last = String.valueOf((i + 1) * SLOTS / SERVERS - 1);
            requireOk(servers.get(i).ask("CLUSTER", "ADDSLOTSRANGE", first, last));
            requireOk(servers.get(i).ask("CLUSTER", "SET-CONFIG-EPOCH", String.valueOf(i + 1)));
        }
        for (RedisProcess other : servers.subList(1, SERVERS)) {
            String bus = other.ask("CLUSTER", "NODES").replaceFirst("(?s).*?@(\\d+).*", "$1");
            requireOk(servers.get(0).ask("CLUSTER", "MEET", "127.0.0.1", String.valueOf(other.port()), bus));
        }
        for (RedisProcess server : servers) {
            Await.until("a whole cluster", () -> {
                String info = server.ask("CLUSTER", "INFO");
                return info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:" + SERVERS);
            });
        }
    }

    /** Moves an empty slot from one server to another, as a resharding does with each. */
    public void moveSlot(int slot, RedisProcess from, RedisProcess to) {
        String number = String.valueOf(slot);
        String source = from.ask("CLUSTER", "MYID");
        String target = to.ask("CLUSTER", "MYID");
        requireOk(to.ask("CLUSTER", "SETSLOT", number, "IMPORTING", source));
        requireOk(from.ask("CLUSTER", "SETSLOT", number, "MIGRATING", target));
        requireOk(to.ask("CLUSTER", "SETSLOT", number, "NODE", target));
        requireOk(from.ask("CLUSTER", "SETSLOT", number, "NODE", target));
    }

    private static void requireOk(String answer) {
        if (!answer.equals("+OK")) {
            throw new IllegalStateException(answer);
        }
    }

    /** Returns the servers; the slots are spread over them in this order. */
    public List<RedisProcess> servers() {
        return servers;
    }

    public String uri() {
        return "redis://"
                + servers.stream().map(server -> "127.0.0.1:" + server.port()).collect(Collectors.joining(","));
    }

    @Override
    public void close() {
        servers.forEach(RedisProcess::close);
    }
}
