package io.natterjack.server;

import io.natterjack.core.IceServer;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AccessPolicy;
import io.natterjack.core.spi.AuthVerifier;
import io.natterjack.core.spi.Cluster;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.QueueFactory;
import io.natterjack.core.spi.Transport;
import io.natterjack.server.engine.LocalPresence;
import io.natterjack.server.session.Directory;
import io.natterjack.server.session.Rates;
import io.natterjack.server.websocket.JavaWebSocketTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a server was asked to be: the options of {@link ChatServer.Builder}, which says what they mean, and what they are unless they are
 * given.
 *
 * <p><b>Threads.</b> One at a time: written while the builder is used, read when a server is made.
 */
final class ServerOptions {
    final AuthVerifier auth;
    final JavaWebSocketTransport.Builder webSocket =
            JavaWebSocketTransport.builder().port(8080);
    int framesPerSecond = 20;
    int burst = 40;
    Duration drainTimeout = Duration.ofSeconds(5);

    @Nullable
    MessageStore store;

    @Nullable
    Transport transport;

    AccessPolicy policy = new RolePolicy();
    Duration undoWindow = Duration.ZERO;
    Duration presenceGrace = LocalPresence.GRACE;
    Rates.Rate userRate = new Rates.Rate(60, 120);
    Rates.Rate roomRate = new Rates.Rate(500, 1_000);
    Directory directory = Directory.STORED;
    Duration hostTimeLimit = Duration.ofSeconds(2);

    @Nullable
    OfflineNotifier offlineNotifier;

    @Nullable
    Cluster cluster;

    Duration sweepInterval = Duration.ofSeconds(1);

    @Nullable
    QueueFactory queue;

    final List<Interceptor> interceptors = new ArrayList<>();
    final Map<String, EventListener> listeners = new LinkedHashMap<>();
    final List<Function<UserId, IceServer>> iceServers = new ArrayList<>();

    ServerOptions(AuthVerifier auth) {
        this.auth = Objects.requireNonNull(auth);
    }
}
