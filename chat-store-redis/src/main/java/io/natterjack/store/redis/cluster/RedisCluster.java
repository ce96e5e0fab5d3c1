package io.natterjack.store.redis.cluster;

import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.core.lane.Lane;
import io.natterjack.core.lane.LaneThreads;
import io.natterjack.core.lane.SystemScheduler;
import io.natterjack.core.spi.Bus;
import io.natterjack.core.spi.Cluster;
import io.natterjack.core.spi.Presence;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.store.redis.connection.RedisConnections;
import io.natterjack.store.redis.connection.RedisWhy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Several processes over one store as one chat, by way of a Redis of version 7.0 or newer.
 *
 * <p>Redis only carries: what it loses the nodes find in the store, a second or two later. While it is away clients stay connected and
 * messages go on; people on other nodes seem to be away, and are there again when it is back.
 *
 * <p>With {@code rediss://} the certificate must be one that the JVM trusts and name the host; {@code ?verifyPeer=CA} leaves out the name,
 * {@code NONE} all of it. A Redis user of its own needs these rights, here for the prefix {@code natterjack}: {@code resetkeys
 * ~natterjack:* resetchannels &natterjack:* -@all}, and {@value #COMMANDS}; of Redis 7.2 and newer {@code +client|setinfo} too; and {@code
 * +select} if the address names a database other than 0.
 *
 * <p><b>Threads.</b> Any thread may call any method. It has threads of its own: {@code chat-redis-*}, {@code chat-redis-timer}, and
 * Lettuce's, {@code lettuce-*}.
 */
public final class RedisCluster implements Cluster {
    /** How many channels the texts between nodes are spread over, if nothing else is said. */
    public static final int DEFAULT_SHARDS = 64;

    /** Under what all keys and channels are, if nothing else is said. */
    public static final String DEFAULT_PREFIX = "natterjack";

    /** What a Redis user has to be allowed; the last line for a Cluster only. */
    static final String COMMANDS = "+ping +info +hello +auth"
            + " +ssubscribe +sunsubscribe +spublish +eval +time +set +del +pexpire +persist"
            + " +zadd +zrem +zrange +zscore +sadd +srem +srandmember +hget +hset +hdel +hlen +hexists +hgetall"
            + " +cluster|myid +cluster|nodes +cluster|slots +cluster|shards +client|setname +readonly +asking";

    private static final Logger LOG = LoggerFactory.getLogger(RedisCluster.class);
    /** Between users in one announcement; no user id has control characters. */
    private static final String SEPARATOR = "\n";

    private static final Duration LEAVING = Duration.ofSeconds(2);
    /** After which nothing is on its way any more that was said under a lost lease: two commands, and some more. */
    private static final Duration SETTLED = RedisConnections.PATIENCE.multipliedBy(3);

    private static final int MAX_SHARDS = 1_024;
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final String node = UUID.randomUUID().toString();
    private final RedisConnections connections;
    private final SystemScheduler scheduler = new SystemScheduler("chat-redis-timer");
    private final LaneThreads threads = new LaneThreads("chat-redis", 2, 2);
    private final Lane upkeep = new Lane(threads);
    private final RedisTexts texts;
    private final RedisBus bus;
    private final NodeLease lease;
    private final RedisPresenceEntries entries;
    private final Janitor janitor;

    private volatile NodeLease.@Nullable View view;
    private volatile @Nullable RedisPresence presence;

    // Guarded by this.
    private boolean closed;

    private RedisCluster(Builder settings, RedisConnections connections) {
        this.connections = connections;
        this.texts = new RedisTexts(
                node,
                connections,
                new Channels(settings.prefix, connections.database(), settings.shards),
                scheduler,
                upkeep);
        this.bus = new RedisBus(texts, new Lane(threads));
        this.lease =
                new NodeLease(connections.commands(), settings.prefix, node, scheduler, upkeep, new LeaseObserver());
        this.entries = new RedisPresenceEntries(connections.commands(), settings.prefix);
        this.janitor = new Janitor(connections.commands(), entries, settings.prefix, this::cleared, lease::forget);
        texts.listen(RedisTexts.Kind.PRESENCE, new Lane(threads), new PresenceListener());
    }

    /** Another node may have cleared up before this one wrote its last under that lease; what was under way is through after a while. */
    private void clearLater(String former) {
        long lost = scheduler.wallMillis();
        scheduler.after(SETTLED, () -> janitor.clear(former, lost));
    }

    /** Tells who is there to those whom it concerns. */
    private final class LeaseObserver implements NodeLease.Observer {
        @Override
        public void looked(NodeLease.View next, boolean renewed) {
            NodeLease.View former = view;
            view = next;
            if (former != null && !former.own().equals(next.own())) {
                clearLater(former.own());
            }
            RedisPresence told = presence;
            if (told != null) {
                told.looked(next);
            }
            next.dead().forEach((dead, at) -> {
                if (next.listed().contains(dead)) {
                    janitor.clear(dead, at);
                }
            });
        }

        @Override
        public void away() {
            RedisPresence told = presence;
            if (told != null) {
                told.away();
            }
        }
    }

    /** Hears of whom other nodes say otherwise than before; of nobody, if one of them has left. */
    private final class PresenceListener implements Bus.Listener {
        @Override
        public void received(String text) {
            RedisPresence told = presence;
            if (text.isEmpty()) {
                upkeep.execute(lease::look);
            } else if (told != null) {
                told.announced(usersOf(Arrays.asList(text.split(SEPARATOR, -1))));
            }
        }

        @Override
        public void regained() {
            // Redis may have forgotten the lease.
            upkeep.execute(lease::look);
            RedisPresence told = presence;
            if (told != null) {
                told.regained();
            }
        }
    }

    private static List<UserId> usersOf(List<String> names) {
        List<UserId> users = new ArrayList<>(names.size());
        for (String name : names) {
            try {
                users.add(new UserId(name));
            } catch (IllegalArgumentException notOurs) {
                LOG.debug("Something other than a user was announced", notOurs);
            }
        }
        return users;
    }

    private void cleared(List<String> users) {
        texts.publish(RedisTexts.Kind.PRESENCE, users.get(0), String.join(SEPARATOR, users));
        RedisPresence told = presence;
        if (told != null) {
            told.announced(usersOf(users));
        }
    }

    /** Joins the nodes that use the Redis at {@code uri}; {@link #builder} says what that may be. Blocks for some seconds at most. */
    public static RedisCluster connect(String uri) {
        return builder(uri).connect();
    }

    /**
     * Begins to join the nodes that use the Redis at {@code uri}.
     *
     * @param uri {@code redis://[USER:PASSWORD@]HOST:PORT[/DB]}; {@code rediss://} with TLS; {@code
     *     redis-sentinel://[PASSWORD@]HOST:PORT,HOST:PORT#MASTER}; of a Redis Cluster the addresses of some of its servers, {@code
     *     redis://HOST:PORT,HOST:PORT}
     */
    public static Builder builder(String uri) {
        return new Builder(uri);
    }

    private void open() {
        try {
            CompletableFuture.allOf(texts.open(), lease.open()).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            throw new StoreException(
                    StoreException.Kind.UNAVAILABLE,
                    "Redis refuses a command: give its user the rights that the documentation of RedisCluster lists "
                            + RedisWhy.inBrackets(failed),
                    failed);
        } catch (TimeoutException late) {
            Throwable why = texts.lastFailure()
                    .completeOnTimeout(late, 1, TimeUnit.SECONDS)
                    .join();
            throw new StoreException(
                    StoreException.Kind.UNAVAILABLE,
                    "The channels of Redis can't be subscribed to: give its user the rights that the documentation of"
                            + " RedisCluster lists "
                            + RedisWhy.inBrackets(why == null ? late : why),
                    why == null ? late : why);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "interrupted while joining", stopped);
        }
    }

    @Override
    public String node() {
        return node;
    }

    @Override
    public CompletionStage<Set<String>> nodes() {
        return lease.nodes().exceptionally(failure -> {
            throw new CompletionException(
                    new StoreException(StoreException.Kind.UNAVAILABLE, "Redis doesn't say who is there", failure));
        });
    }

    @Override
    public Bus bus() {
        return bus;
    }

    @Override
    public synchronized Presence presence(Scheduler timer, Duration grace) {
        NodeLease.View now = view;
        if (presence != null || now == null || closed) {
            throw new IllegalStateException("presence was asked for already, or after the end");
        }
        RedisPresence opened = new RedisPresence(
                entries,
                now,
                timer,
                grace,
                new Lane(threads),
                user -> texts.publish(RedisTexts.Kind.PRESENCE, user.value(), user.value()),
                doubted -> upkeep.execute(() -> lease.doubt(doubted)));
        presence = opened;
        // It may have changed meanwhile.
        upkeep.execute(lease::look);
        return opened;
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        bus.close();
        await(leave());
        await(texts.close());
        scheduler.close();
        threads.close();
        connections.close();
    }

    /** Gives the lease up and tells the others, who begin to clear up after this node as it does itself. */
    private CompletionStage<Void> leave() {
        RedisPresence told = presence;
        CompletionStage<@Nullable Void> quiet = told == null ? CompletableFuture.completedFuture(null) : told.close();
        return quiet.thenComposeAsync(nothing -> lease.end(), upkeep).thenCompose(ended -> {
            texts.publish(RedisTexts.Kind.PRESENCE, node, "");
            return janitor.clear(ended.getKey(), ended.getValue());
        });
    }

    private static void await(CompletionStage<?> stage) {
        try {
            stage.toCompletableFuture().get(LEAVING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException away) {
            LOG.debug("Left without a word: the lease runs out by itself", away);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** What may be said of how to join. */
    public static final class Builder {
        private final String uri;
        private String prefix = DEFAULT_PREFIX;
        private int shards = DEFAULT_SHARDS;

        private Builder(String uri) {
            this.uri = Objects.requireNonNull(uri);
        }

        /**
         * Puts all keys and channels under {@code prefix:}, so that several applications can use one Redis. All nodes of one must say the
         * same. Default {@value RedisCluster#DEFAULT_PREFIX}.
         *
         * @param prefix 1 to 64 of {@code A-Z a-z 0-9 _ -}
         */
        public Builder prefix(String prefix) {
            if (!PREFIX.matcher(prefix).matches()) {
                throw new IllegalArgumentException("prefix must be 1 to 64 of A-Z a-z 0-9 _ -, was " + prefix);
            }
            this.prefix = prefix;
            return this;
        }

        /**
         * Spreads the texts between nodes over so many channels; of a Redis Cluster each server has its part of them. All nodes must say
         * the same. Default {@value RedisCluster#DEFAULT_SHARDS}.
         *
         * @param shards 1 to 1024
         */
        public Builder shards(int shards) {
            if (shards < 1 || shards > MAX_SHARDS) {
                throw new IllegalArgumentException("shards must be 1 to " + MAX_SHARDS + ", was " + shards);
            }
            this.shards = shards;
            return this;
        }

        /**
         * Joins. Blocks for some seconds at most.
         *
         * @throws StoreException if Redis can't be reached, is older than 7.0, or refuses what is needed
         */
        public RedisCluster connect() {
            RedisCluster cluster = new RedisCluster(this, RedisConnections.open(uri));
            boolean done = false;
            try {
                cluster.open();
                done = true;
                return cluster;
            } finally {
                if (!done) {
                    cluster.close();
                }
            }
        }
    }
}
