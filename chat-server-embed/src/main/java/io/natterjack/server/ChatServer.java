package io.natterjack.server;

import io.natterjack.core.IceServer;
import io.natterjack.core.Profile;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.TransportException;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AccessPolicy;
import io.natterjack.core.spi.AuthVerifier;
import io.natterjack.core.spi.Cluster;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.QueueFactory;
import io.natterjack.core.spi.QueueStats;
import io.natterjack.core.spi.Transport;
import io.natterjack.server.session.DirectRooms;
import io.natterjack.server.session.Directory;
import io.natterjack.server.session.Rates;
import io.natterjack.server.websocket.JavaWebSocketTransport;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A chat server that runs inside your process.
 *
 * <pre>{@code
 * ChatServer server = ChatServer.builder(request -> users.byToken(request.token()))
 *     .store(JdbcMessageStore.sqlite(Path.of("chat.db")))
 *     .port(8080)
 *     .start();
 * }</pre>
 *
 * <p><b>Threads.</b> Any thread may call any method. docs/threads.md names the threads that a server starts. One isn't a daemon: the
 * process lives until the server is closed.
 */
public final class ChatServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChatServer.class);

    /** In whose name the application acts unless it says otherwise. */
    public static final UserId SYSTEM = new UserId("system");

    private final ServerParts parts;
    private final ServerLifeCycle lifeCycle;

    private ChatServer(ServerParts parts, ServerLifeCycle lifeCycle) {
        this.parts = parts;
        this.lifeCycle = lifeCycle;
    }

    /** Begins a server that lets in whom {@code auth} vouches for; all else has a default. */
    public static Builder builder(AuthVerifier auth) {
        return new Builder(auth);
    }

    /** Returns the port that clients connect to, also where any free one was asked for. */
    public int port() {
        return parts.transport.port();
    }

    /** Returns how many clients are let in now, on this node. */
    public int sessions() {
        return parts.sessions.count();
    }

    /** Returns how this server is doing. Doesn't block. */
    public ServerStatus status() {
        QueueStats waiting = parts.queue.stats();
        boolean ready = !lifeCycle.isClosed() && waiting.isAccepting() && parts.reads.isAnswering();
        return new ServerStatus(ready, parts.sessions.count(), waiting, parts.reads.isAnswering(), parts.node.status());
    }

    /** Returns the clients that are let in now, on all nodes, in no order: those of nodes that answer within two seconds. Never fails. */
    public CompletionStage<List<Session>> sessionList() {
        return parts.hostThreads.handOver(parts.node.directory().list());
    }

    /** Disconnects one client, on whatever node, which may come back at once; completes with false if it isn't there. Never fails. */
    public CompletionStage<Boolean> disconnect(SessionId session) {
        return parts.hostThreads.handOver(parts.node.directory().end(session));
    }

    /**
     * Disconnects all clients of the user, on all nodes. Whoever has a token that lets in may come back with it: see {@link
     * #revokeTokens}.
     *
     * @return completes when those of this node are told to go and word is sent to the others, which aren't waited for
     */
    public CompletionStage<Void> disconnect(UserId user) {
        return CompletableFuture.runAsync(() -> parts.node.directory().end(user), Runnable::run);
    }

    /**
     * Revokes the tokens of the user that were made until now, and those that don't say when, and disconnects whoever came by one. Kept in
     * the store. Those of a verifier that doesn't tell when tokens were made are refused until {@link #acceptTokens}.
     *
     * <p>Other nodes disconnect theirs at once; while nothing carries texts between them, within two seconds.
     *
     * @return completes when no token of before lets in any more; fails with {@link io.natterjack.core.StoreException} if the store can't
     *     keep it, and then nobody was disconnected
     */
    public CompletionStage<Void> revokeTokens(UserId user) {
        long now = parts.scheduler.wallMillis();
        return parts.hostThreads.handOver(parts.reads
                .read(store -> {
                    store.people().revokeTokens(user, now);
                    return true;
                })
                .thenAccept(kept -> parts.node.directory().revoked(user, now)));
    }

    /** Takes a revocation back: tokens of before let in again. Fails as {@link #revokeTokens} does. */
    public CompletionStage<Void> acceptTokens(UserId user) {
        return parts.hostThreads.handOver(parts.reads
                .read(store -> {
                    store.people().revokeTokens(user, 0);
                    return true;
                })
                .thenAccept(kept -> {}));
    }

    /**
     * Returns the application's hand in a room, there or not yet, as the user {@code system}. Asks nothing and can be kept; once the server
     * is closed what is done with it fails.
     */
    public HostRoom room(RoomId room) {
        return new HostRoom(room, SYSTEM, parts.settledQueue, parts.reads, parts.scheduler::wallMillis);
    }

    /**
     * Returns the application's hand in the room of two people. It takes nothing before it is there, and then it is theirs alone: one of
     * them has asked for it, or the application has {@linkplain HostRoom#create created} it with {@link
     * io.natterjack.core.RoomSettings#direct} and both as owners.
     */
    public HostRoom directRoom(UserId one, UserId other) {
        return room(DirectRooms.between(one, other));
    }

    /**
     * Ends the server: refuses new connections, tells clients to come back, finishes what was accepted, closes. Takes at most
     * the drain timeout and a few seconds. A store that was passed in stays open. Closing twice does nothing.
     */
    @Override
    public void close() {
        lifeCycle.close();
    }

    /** Options of a server. Not thread-safe. */
    public static final class Builder {
        private final ServerOptions options;

        private Builder(AuthVerifier auth) {
            this.options = new ServerOptions(auth);
        }

        /** Where messages are kept. Default: in memory, gone when the server is closed. The caller closes it, after the server. */
        public Builder store(MessageStore store) {
            options.store = Objects.requireNonNull(store);
            return this;
        }

        /**
         * The address to listen on, a name or a number. Default {@code 127.0.0.1}: only this machine. Any other needs {@link
         * #tls} or {@link #behindTlsProxy}, since tokens and messages would travel in clear text.
         */
        public Builder host(String host) {
            options.webSocket.host(host);
            return this;
        }

        /** The port to listen on, 0 for any free one. Default 8080. */
        public Builder port(int port) {
            options.webSocket.port(port);
            return this;
        }

        /** Has clients come through TLS ({@code wss}), with the key and certificates of {@code context}: see {@link TlsContexts}. */
        public Builder tls(SSLContext context) {
            options.webSocket.tls(context);
            return this;
        }

        /**
         * Says that a proxy in front ends TLS, so that listening to other machines without it is all right.
         *
         * @param proxies addresses, or networks as {@code 10.0.0.0/8}, whose {@code X-Forwarded-For} is believed
         */
        public Builder behindTlsProxy(String... proxies) {
            options.webSocket.behindTlsProxy(proxies);
            return this;
        }

        /**
         * The web pages that may connect, as {@code https://example.org}; one at least. Default: those of the host that they connect to.
         *
         * @throws IllegalArgumentException if there is none, or one that no browser would send: it has a path, or no scheme
         */
        public Builder allowedOrigins(String... origins) {
            options.webSocket.allowedOrigins(origins);
            return this;
        }

        /**
         * What carries frames, in place of a WebSocket with the options above. {@link JavaWebSocketTransport} has more of them. The
         * server starts and closes it.
         */
        public Builder transport(Transport transport) {
            options.transport = Objects.requireNonNull(transport);
            return this;
        }

        /**
         * How many frames a connection may send. Default 20 a second and a burst of 40.
         *
         * @param framesPerSecond in the long run, at least 1
         * @param burst at once, at least 1
         */
        public Builder rateLimit(int framesPerSecond, int burst) {
            if (framesPerSecond < 1 || burst < 1) {
                throw new IllegalArgumentException(
                        "framesPerSecond and burst must be at least 1, were " + framesPerSecond + " and " + burst);
            }
            options.framesPerSecond = framesPerSecond;
            options.burst = burst;
            return this;
        }

        /** Who may do what in rooms. Default: {@link RolePolicy}. */
        public Builder accessPolicy(AccessPolicy policy) {
            options.policy = Objects.requireNonNull(policy);
            return this;
        }

        /**
         * For how long authors can edit and revoke their messages; moderators can revoke always. Default: for ever.
         *
         * @param window above zero
         */
        public Builder undoWindow(Duration window) {
            if (window.toMillis() < 1) {
                throw new IllegalArgumentException("undoWindow must be above zero, was " + window);
            }
            options.undoWindow = window;
            return this;
        }

        /** How long somebody who lost their connection is still seen as present. Default 15 seconds. */
        public Builder presenceGrace(Duration grace) {
            if (grace.isNegative()) {
                throw new IllegalArgumentException("presenceGrace must not be negative, was " + grace);
            }
            options.presenceGrace = grace;
            return this;
        }

        /**
         * How many changes a user may send over all connections. Default 60 a second and a burst of 120.
         *
         * @param perSecond in the long run, at least 1
         * @param burst at once, at least 1
         */
        public Builder userRate(int perSecond, int burst) {
            options.userRate = rate(perSecond, burst);
            return this;
        }

        /**
         * How many changes a room may be sent by all of its users. Default 500 a second and a burst of 1,000.
         *
         * @param perSecond in the long run, at least 1
         * @param burst at once, at least 1
         */
        public Builder roomRate(int perSecond, int burst) {
            options.roomRate = rate(perSecond, burst);
            return this;
        }

        private static Rates.Rate rate(int perSecond, int burst) {
            if (perSecond < 1 || burst < 1) {
                throw new IllegalArgumentException(
                        "perSecond and burst must be at least 1, were " + perSecond + " and " + burst);
            }
            return new Rates.Rate(perSecond, burst);
        }

        /** Looks at what clients change before it is accepted. Several are asked in the order in which they were added. */
        public Builder interceptor(Interceptor interceptor) {
            options.interceptors.add(Objects.requireNonNull(interceptor));
            return this;
        }

        /** How long all interceptors together may take over one change. Default 2 seconds. */
        public Builder interceptorTimeLimit(Duration limit) {
            if (limit.toMillis() < 1) {
                throw new IllegalArgumentException("interceptorTimeLimit must be above zero, was " + limit);
            }
            options.hostTimeLimit = limit;
            return this;
        }

        /**
         * Hears of every event after it was committed.
         *
         * @param name under which the store keeps how far it has got: 1 to 64 characters of {@code A-Z a-z 0-9 _ . : -}. A new one hears
         *     what comes from now on
         */
        public Builder listener(String name, EventListener listener) {
            if (!name.matches("[A-Za-z0-9_.:-]{1,64}")) {
                throw new IllegalArgumentException("a listener's name has 1 to 64 letters, digits and _ . : -");
            }
            if (options.listeners.putIfAbsent(name, Objects.requireNonNull(listener)) != null) {
                throw new IllegalArgumentException("there is a listener " + name + " already");
            }
            return this;
        }

        /**
         * What makes several processes over one store one chat. The server closes it, also if it can't be started. Default: processes over one store find what others
         * did by looking into it, see {@link #sweepInterval}.
         */
        public Builder cluster(Cluster cluster) {
            options.cluster = Objects.requireNonNull(cluster);
            return this;
        }

        /**
         * How often to look into a store that other processes may use, for what they did and nothing told of. Default every second; what
         * it finds is delivered so much later.
         *
         * @param interval 10 milliseconds or more
         */
        public Builder sweepInterval(Duration interval) {
            if (interval.toMillis() < 10) {
                throw new IllegalArgumentException("sweepInterval must be 10 ms or more, was " + interval);
            }
            options.sweepInterval = interval;
            return this;
        }

        /** What stands between clients and the store. Default: a queue in this process, which writes in groups. */
        public Builder queue(QueueFactory queue) {
            options.queue = Objects.requireNonNull(queue);
            return this;
        }

        /** Reaches members who aren't connected. Default: nobody does. */
        public Builder offlineNotifier(OfflineNotifier notifier) {
            options.offlineNotifier = Objects.requireNonNull(notifier);
            return this;
        }

        /**
         * Who people are, if the application knows. Default: people say so themselves, and the store keeps it.
         *
         * @param directory returns the profiles of those of the users that have one, at most 100; called on threads that read the store, so it may
         *     block. If it throws, the request is refused as {@code internal}, and the log says why
         */
        public Builder userDirectory(Function<Collection<UserId>, Map<UserId, Profile>> directory) {
            options.directory = Directory.of(directory);
            return this;
        }

        /**
         * A STUN server, or a TURN server that needs no password, that helps clients to set up calls.
         *
         * @param urls as {@code stun:HOST:PORT} or {@code turn:HOST:PORT}, one or more; handed on as they are
         */
        public Builder iceServer(String... urls) {
            IceServer server = new IceServer(List.of(urls), "", "");
            options.iceServers.add(user -> server);
            return this;
        }

        /**
         * A TURN server with coturn's {@code use-auth-secret}, for which members get passwords that serve for a while.
         *
         * @param secret the one that the TURN server has as {@code static-auth-secret}
         * @param validity for how long a password serves, and nobody can take it back: 1 second to a day; an hour does for most
         * @param urls as {@code turn:HOST:PORT} or {@code turns:HOST:PORT}, one or more; handed on as they are
         */
        public Builder turnServer(String secret, Duration validity, String... urls) {
            TurnCredentials credentials =
                    new TurnCredentials(List.of(urls), secret, validity, System::currentTimeMillis);
            options.iceServers.add(credentials::of);
            return this;
        }

        /** Lets connections send as fast as they can: for clients that are trusted. Neither users nor rooms have a limit then, whatever they were given. */
        public Builder noRateLimit() {
            options.framesPerSecond = 0;
            options.burst = 0;
            return this;
        }

        /**
         * How long {@link ChatServer#close} waits for what was accepted to be stored. Default 5 seconds; with zero what isn't stored by
         * then is refused at once.
         */
        public Builder drainTimeout(Duration drainTimeout) {
            if (drainTimeout.isNegative()) {
                throw new IllegalArgumentException("drainTimeout must not be negative, was " + drainTimeout);
            }
            options.drainTimeout = drainTimeout;
            return this;
        }

        /**
         * Starts listening; when this returns, clients can connect. Blocks while the store is looked at. For one server: another one needs
         * another builder, since a transport and a cluster are the server's own.
         *
         * @throws TransportException if the port can't be had
         * @throws IllegalStateException if it would listen to other machines without TLS, or is given a cluster with a store that its
         *     processes don't share
         * @throws io.natterjack.core.StoreException if the store can't be used
         */
        public ChatServer start() {
            ServerParts parts = ServerParts.of(options);
            ServerLifeCycle lifeCycle = new ServerLifeCycle(parts, options.drainTimeout);
            lifeCycle.start();
            LOG.info(
                    "Chat listens on {}, keeps messages in {}, {}",
                    parts.transport,
                    options.store == null ? "memory" : options.store,
                    options.cluster == null ? "alone" : "as node " + options.cluster.node() + " of several");
            if (options.store == null) {
                LOG.warn("No store was given: messages are kept in memory and are gone when the server ends");
            }
            return new ChatServer(parts, lifeCycle);
        }
    }
}
