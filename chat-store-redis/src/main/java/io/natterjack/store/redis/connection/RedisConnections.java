package io.natterjack.store.redis.connection;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterURIUtil;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.Partitions;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.natterjack.core.StoreException;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The way to one Redis: a single server, one that Sentinels watch over, or a Cluster.
 *
 * <p>A command that can't be sent now, or has no answer when its connection is lost, fails at once and isn't repeated: by default Lettuce
 * would run it again after a reconnect, and the same message would be there twice.
 *
 * <p><b>Threads.</b> Any thread may call any method. Lettuce's own, named {@code lettuce-*}, run what follows an answer.
 */
public final class RedisConnections implements AutoCloseable {
    /** What hears of a subscription's connection and its channels. Called by Lettuce's threads; must not block. */
    interface Subscriber {
        /** Takes what was published to a channel. */
        void heard(String text);

        /** The server no longer has that channel: its slot has moved. */
        void taken(String channel);

        /** The connection is gone; it doesn't come back by itself. */
        void gone();
    }

    /** How long an answer may take, after which what became of the command isn't known. */
    public static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Duration A_MOMENT = Duration.ofMillis(10);
    private static final int OLDEST_VERSION = 7;
    private static final Pattern VERSION = Pattern.compile("redis_version:((\\d+)\\.\\S+)");

    private final Clients clients;
    private final RedisURI uri;
    private final RedisClusterAsyncCommands<String, String> commands;
    private final @Nullable StatefulRedisClusterConnection<String, String> cluster;

    private RedisConnections(
            Clients clients,
            RedisURI uri,
            RedisClusterAsyncCommands<String, String> commands,
            @Nullable StatefulRedisClusterConnection<String, String> cluster) {
        this.clients = clients;
        this.uri = uri;
        this.commands = commands;
        this.cluster = cluster;
    }

    /**
     * Connects. Blocks for a few seconds at most.
     *
     * @param uri {@code redis://[USER:PASSWORD@]HOST:PORT[/DB]}; {@code rediss://} with TLS; {@code
     *     redis-sentinel://[PASSWORD@]HOST:PORT,HOST:PORT#MASTER}; of a Cluster the addresses of some of its servers, {@code
     *     redis://HOST:PORT,HOST:PORT}
     * @throws StoreException if there is no Redis, or one older than 7.0
     * @throws IllegalArgumentException if it isn't such an address
     */
    public static RedisConnections open(String uri) {
        List<RedisURI> uris = parse(uri);
        uris.forEach(each -> each.setTimeout(PATIENCE));
        RedisException last = new RedisException("no address");
        for (RedisURI each : uris) {
            try {
                return open(each, uris);
            } catch (RedisException away) {
                last = away;
            }
        }
        throw new StoreException(
                StoreException.Kind.UNAVAILABLE,
                "Redis can't be reached: is it running at the address that was given, does a firewall let it through,"
                        + " and are user and password right? "
                        + RedisWhy.inBrackets(last),
                last);
    }

    /** What can't be read is refused without what the parser says of it: that has the password in it. */
    private static List<RedisURI> parse(String uri) {
        try {
            if (uri.startsWith("redis-sentinel:")) {
                return List.of(RedisURI.create(uri));
            }
            List<RedisURI> uris = RedisClusterURIUtil.toRedisURIs(URI.create(uri));
            if (uris.size() == 1) {
                // What makes a list of addresses leaves this out; a Cluster has but one.
                uris.get(0).setDatabase(RedisURI.create(uri).getDatabase());
            }
            return uris;
        } catch (RuntimeException unreadable) {
            throw new IllegalArgumentException(
                    "the Redis address must be redis://[USER:PASSWORD@]HOST:PORT[/DB], rediss://… or redis-sentinel://…;"
                            + " in user and password write @ : / # ? % ^ and spaces as"
                            + " %40 %3A %2F %23 %3F %25 %5E %20");
        }
    }

    private static RedisConnections open(RedisURI uri, List<RedisURI> all) {
        Clients clients = new Clients();
        boolean done = false;
        try {
            StatefulRedisConnection<String, String> connection =
                    clients.commands().connect(StringCodec.UTF8, uri);
            requireVersion(info(connection, "server"));
            boolean isCluster = info(connection, "cluster").contains("cluster_enabled:1");
            RedisConnections connections;
            if (isCluster) {
                connection.close();
                StatefulRedisClusterConnection<String, String> cluster =
                        clients.cluster(all).connect(StringCodec.UTF8);
                connections = new RedisConnections(clients, uri, cluster.async(), cluster);
                connections.reachMasters().toCompletableFuture().join();
            } else {
                connections = new RedisConnections(clients, uri, connection.async(), null);
            }
            done = true;
            return connections;
        } catch (CompletionException unreachable) {
            throw new RedisException(unreachable.getCause());
        } finally {
            if (!done) {
                clients.close();
            }
        }
    }

    /** A connection that has just been made may not take commands yet, or have to be made again. */
    private static String info(StatefulRedisConnection<String, String> connection, String section) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return connection.sync().info(section);
            } catch (RedisCommandExecutionException refused) {
                throw refused;
            } catch (RedisException notYet) {
                if (System.nanoTime() > deadline) {
                    throw notYet;
                }
                LockSupport.parkNanos(A_MOMENT.toNanos());
            }
        }
    }

    private static void requireVersion(String info) {
        Matcher version = VERSION.matcher(info);
        if (!version.find() || Integer.parseInt(version.group(2)) < OLDEST_VERSION) {
            throw new StoreException(
                    StoreException.Kind.REJECTED,
                    "Redis must be of version 7.0 or newer, is "
                            + (version.hitEnd() ? "of an unknown one" : version.group(1)));
        }
    }

    /** Returns the number of the database that commands go to; channels are the same in all of them. */
    public int database() {
        return uri.getDatabase();
    }

    /** Returns what the names of channels begin with: unlike keys, they are the same in all databases of a Redis. */
    public static String channelSpace(String prefix, int database) {
        return database == 0 ? prefix + ":" : prefix + ":" + database + ":";
    }

    /** Returns what sends commands, pipelined; keys decide to which server of a Cluster. */
    public RedisClusterAsyncCommands<String, String> commands() {
        return commands;
    }

    /**
     * Opens a connection to {@code server} for {@code SSUBSCRIBE}. It doesn't reconnect by itself: Lettuce would subscribe to channels of
     * several slots in one command, which a Cluster refuses.
     */
    CompletionStage<StatefulRedisPubSubConnection<String, String>> subscribing(RedisURI server, Subscriber subscriber) {
        return clients.subscriptions()
                .connectPubSubAsync(StringCodec.UTF8, server)
                .thenApply(connection -> {
                    connection.addListener(new RedisPubSubAdapter<>() {
                        @Override
                        public void smessage(String channel, String text) {
                            subscriber.heard(text);
                        }

                        @Override
                        public void sunsubscribed(String channel, long count) {
                            subscriber.taken(channel);
                        }
                    });
                    connection.addListener(new RedisConnectionStateListener() {
                        @Override
                        public void onRedisDisconnected(RedisChannelHandler<?, ?> gone) {
                            subscriber.gone();
                        }
                    });
                    return connection;
                });
    }

    /** Tells on which server each channel is, as far as is known now; those that are on none are left out. */
    Map<RedisURI, Set<String>> placesOf(Collection<String> channels) {
        if (cluster == null) {
            return Map.of(uri, Set.copyOf(channels));
        }
        Map<RedisURI, Set<String>> places = new HashMap<>();
        Partitions partitions = cluster.getPartitions();
        for (String channel : channels) {
            RedisClusterNode master = partitions.getMasterBySlot(SlotHash.getSlot(channel));
            if (master != null) {
                places.computeIfAbsent(master.getUri(), first -> new HashSet<>())
                        .add(channel);
            }
        }
        return places;
    }

    /** Finds out anew which servers a Cluster has, and connects to them. What isn't a Cluster has nothing to find out. */
    public CompletionStage<Void> refresh() {
        return cluster == null
                ? CompletableFuture.completedFuture(null)
                : attempt(clients::refresh).thenCompose(done -> reachMasters());
    }

    /**
     * Connects to the masters to which there is no connection yet: a command that would have to wait for one is refused. A single server
     * reconnects by itself. What is returned fails only if no master is reached; after a fail-over the former one is a master without slots,
     * and isn't needed.
     */
    CompletionStage<Void> reachMasters() {
        if (cluster == null) {
            return CompletableFuture.completedFuture(null);
        }
        List<CompletableFuture<?>> reached = new ArrayList<>();
        for (RedisClusterNode node : cluster.getPartitions()) {
            if (node.is(RedisClusterNode.NodeFlag.UPSTREAM) && !node.hasNoSlots()) {
                reached.add(attempt(() -> cluster.getConnectionAsync(
                                node.getUri().getHost(), node.getUri().getPort()))
                        .toCompletableFuture());
            }
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(reached.toArray(CompletableFuture[]::new));
        return all.exceptionallyCompose(
                failure -> reached.stream().allMatch(CompletableFuture::isCompletedExceptionally)
                        ? all
                        : CompletableFuture.completedFuture(null));
    }

    private static <T> CompletionStage<T> attempt(Supplier<? extends CompletionStage<T>> command) {
        try {
            return command.get();
        } catch (RuntimeException away) {
            return CompletableFuture.failedFuture(away);
        }
    }

    /** Returns what sends commands that name no key to the server that has {@code key}. Blocks if there is no connection to it yet. */
    public RedisClusterAsyncCommands<String, String> server(String key) {
        if (cluster == null) {
            return commands;
        }
        RedisClusterNode master = cluster.getPartitions().getMasterBySlot(SlotHash.getSlot(key));
        if (master == null) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "No server of the Cluster has " + key);
        }
        try {
            return cluster.getConnection(
                            master.getUri().getHost(), master.getUri().getPort())
                    .async();
        } catch (RedisException away) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "The server that has " + key + " is away", away);
        }
    }

    /**
     * Has {@code listener} called when a connection for commands is lost, before another takes its place, and when one is made. Called by
     * Lettuce's threads; must not block.
     */
    public void onChange(Runnable listener) {
        clients.onChange(new RedisConnectionStateListener() {
            @Override
            public void onRedisConnected(RedisChannelHandler<?, ?> connection, SocketAddress address) {
                listener.run();
            }

            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
                listener.run();
            }
        });
    }

    /** Closes all connections. Blocks for a moment. */
    @Override
    public void close() {
        clients.close();
    }
}
