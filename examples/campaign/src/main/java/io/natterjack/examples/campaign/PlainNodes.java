package io.natterjack.examples.campaign;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Nodes over one PostgreSQL and one Redis, with nothing in between that would cost time: to be measured, or to be filled with clients.
 *
 * <p><b>Threads.</b> One at a time.
 */
final class PlainNodes implements AutoCloseable {
    /** As many as a process may have files, and from one address. */
    private static final List<String> MANY_CLIENTS =
            List.of("--max-connections=18000", "--max-connections-per-address=18000");

    private final PostgresServer database;
    private final RedisServer redis;
    private final List<ChatProcess> nodes = new ArrayList<>();

    private PlainNodes(PostgresServer database, RedisServer redis) {
        this.database = database;
        this.redis = redis;
    }

    /** Starts that many nodes, of which each may have that much heap, in MiB. */
    static PlainNodes start(Path serverJar, Path folder, int count, int heap) throws Exception {
        PostgresServer database = PostgresServer.start(folder);
        PlainNodes started;
        try {
            started = new PlainNodes(database, RedisServer.start(folder, false));
        } catch (Exception failure) {
            database.close();
            throw failure;
        }
        List<String> storage = new ArrayList<>(MANY_CLIENTS);
        storage.add("--jdbc-url=" + database.url(database.port()));
        storage.add("--redis=" + started.redis.uri());
        List<String> jvm = List.of("-Xmx" + heap + "m", "-XX:+UseSerialGC");
        try {
            for (int i = 0; i < count; i++) {
                started.nodes.add(new ChatProcess(jvm, serverJar, folder, "node-" + i, Ports.free(), storage));
            }
            return started;
        } catch (Exception failure) {
            started.close();
            throw failure;
        }
    }

    ChatProcess node(int n) {
        return nodes.get(n);
    }

    /** Returns the addresses of all nodes, the {@code n}th first. */
    List<URI> addresses(int n) {
        List<URI> addresses = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            addresses.add(nodes.get((n + i) % nodes.size()).address());
        }
        return addresses;
    }

    /** Returns the JDBC URL of the database. */
    String databaseUrl() {
        return database.url(database.port());
    }

    @Override
    public void close() throws Exception {
        for (ChatProcess node : nodes) {
            node.close();
        }
        redis.close();
        database.close();
    }
}
