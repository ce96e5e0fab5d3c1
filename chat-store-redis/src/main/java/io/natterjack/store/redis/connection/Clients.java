package io.natterjack.store.redis.connection;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lettuce's clients as we set them: nothing is repeated, nothing waits without bound, and a server that has fallen silent is left.
 *
 * <p><b>Threads.</b> {@link #cluster} once, before the others know this; any thread may call the rest.
 */
final class Clients implements AutoCloseable {
    private static final Duration TOPOLOGY_REFRESH = Duration.ofSeconds(15);
    private static final Duration REFRESH_AT_MOST_EVERY = Duration.ofSeconds(1);
    private static final Duration FIRST_RECONNECT = Duration.ofMillis(20);
    private static final Duration LAST_RECONNECT = Duration.ofSeconds(1);
    private static final int MAX_UNANSWERED = 20_000;

    private final ClientResources resources;
    private final RedisClient commands;
    private final RedisClient subscriptions;
    private @Nullable RedisClusterClient cluster;

    Clients() {
        resources = ClientResources.builder()
                .reconnectDelay(Delay.exponential(FIRST_RECONNECT, LAST_RECONNECT, 2, TimeUnit.MILLISECONDS))
                .nettyCustomizer(new NettyCustomizer() {
                    @Override
                    public void afterChannelInitialized(Channel channel) {
                        channel.pipeline().addFirst(new SilenceHandler());
                    }
                })
                .build();
        commands = RedisClient.create(resources);
        commands.setOptions(set(ClientOptions.builder()).build());
        subscriptions = RedisClient.create(resources);
        subscriptions.setOptions(
                set(ClientOptions.builder()).autoReconnect(false).build());
    }

    private static ClientOptions.Builder set(ClientOptions.Builder builder) {
        return builder.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(MAX_UNANSWERED)
                .timeoutOptions(TimeoutOptions.enabled(RedisConnections.PATIENCE))
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(RedisConnections.PATIENCE)
                        .keepAlive(true)
                        .build());
    }

    /** Returns what connects to one server to send commands to it; such a connection is opened again when it's lost. */
    RedisClient commands() {
        return commands;
    }

    /** Returns what connects to one server to hear from it; such a connection is lost for good. */
    RedisClient subscriptions() {
        return subscriptions;
    }

    /** Makes what connects to a Cluster of which some servers are at {@code uris}. */
    RedisClusterClient cluster(List<RedisURI> uris) {
        RedisClusterClient made = RedisClusterClient.create(resources, uris);
        ClusterClientOptions.Builder builder = ClusterClientOptions.builder()
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh(TOPOLOGY_REFRESH)
                        .adaptiveRefreshTriggersTimeout(REFRESH_AT_MOST_EVERY)
                        .build());
        set(builder);
        made.setOptions(builder.build());
        cluster = made;
        return made;
    }

    /** Has {@code listener} hear of connections for commands from now on. */
    void onChange(RedisConnectionStateListener listener) {
        commands.addListener(listener);
        if (cluster != null) {
            cluster.addListener(listener);
        }
    }

    /** Finds out which servers the Cluster has by now. */
    CompletionStage<Void> refresh() {
        return cluster == null ? CompletableFuture.completedFuture(null) : cluster.refreshPartitionsAsync();
    }

    /** Closes all connections. Blocks for a moment. */
    @Override
    public void close() {
        if (cluster != null) {
            cluster.shutdown(Duration.ZERO, RedisConnections.PATIENCE);
        }
        subscriptions.shutdown(Duration.ZERO, RedisConnections.PATIENCE);
        commands.shutdown(Duration.ZERO, RedisConnections.PATIENCE);
        resources.shutdown(0, RedisConnections.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }
}
