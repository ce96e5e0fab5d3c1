package io.natterjack.server;

import io.natterjack.core.CloseReason;
import io.natterjack.core.IceServer;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Profile;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.TransportException;
import io.natterjack.core.UserId;
import io.natterjack.core.lane.SystemScheduler;
import io.natterjack.core.spi.AccessPolicy;
import io.natterjack.core.spi.AuthVerifier;
import io.natterjack.core.spi.Cluster;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.core.spi.Presence;
import io.natterjack.core.spi.QueueFactory;
import io.natterjack.core.spi.QueueStats;
import io.natterjack.core.spi.RoomRouter;
import io.natterjack.core.spi.Transport;
import io.natterjack.core.wire.Limits;
import io.natterjack.server.engine.LocalPresence;
import io.natterjack.server.engine.LocalRouter;
import io.natterjack.server.engine.StoreReads;
import io.natterjack.server.node.SingleNode;
import io.natterjack.server.session.Calls;
import io.natterjack.server.session.DirectRooms;
import io.natterjack.server.session.Directory;
import io.natterjack.server.session.Permits;
import io.natterjack.server.session.Rates;
import io.natterjack.server.session.Services;
import io.natterjack.server.session.SessionContext;
import io.natterjack.server.session.SessionSettings;
import io.natterjack.server.session.Sessions;
import io.natterjack.server.websocket.JavaWebSocketTransport;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
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

    /** How long closing connections may take to say goodbye, beyond which they are cut. */
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    private static final Duration LISTENERS_END = Duration.ofMillis(1_500);

    private static final Duration DRAIN_AFTER = Duration.ofMillis(200);

    /** The least time over which clients come back; each of them adds a millisecond, so that about a thousand a second do. */
    private static final Duration DRAIN_SPREAD = Duration.ofMillis(300);

    /** How many sends of one session may wait for their answer. */
    private static final int MAX_UNANSWERED = 64;

    /** In whose name the application acts unless it says otherwise. */
    public static final UserId SYSTEM = new UserId("system");

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Transport transport;
    private final Sessions sessions;
    private final PersistenceQueue queue;
    private final PersistenceQueue settledQueue;
    private final ServerNode node;
    private final RoomRouter router;
    private final ServerThreads threads;
    private final HostThreads hostThreads;
    private final StoreReads reads;
    private final List<EventListeners> listeners;
    private final SystemScheduler scheduler;
    private final MessageStore.Upkeep upkeep;
    private final @Nullable MessageStore ownStore;
    private final Duration drainTimeout;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Makes a server that hears nobody yet.
     *
     * @param undo takes what is to be done, the last first, if it can't be made
     */
    private ChatServer(Builder builder, Deque<Runnable> undo) {
        MessageStore given = builder.store;
        MessageStore store = given != null ? given : new InMemoryStore();
        ownStore = given != null ? null : store;
        drainTimeout = builder.drainTimeout;
        transport = builder.transport != null ? builder.transport : builder.webSocket.build();
        scheduler = new SystemScheduler("chat-timer");
        undo.push(scheduler::close);
        threads = new ServerThreads(store);
        undo.push(threads::close);
        reads = new StoreReads(store, threads.readers(), ServerThreads.ASKS_AT_ONCE);
        LocalRouter.Bounds bounds = LocalRouter.Bounds.DEFAULT;
        // What one part of a replay brings must fit in behind what waits already, however little may wait.
        int partBytes = (int) Math.min(bounds.partBytes(), transport.lowMark());
        LocalRouter local = new LocalRouter(reads, threads.lanes(), scheduler, bounds.withPartBytes(partBytes));
        Cluster cluster = builder.cluster != null ? builder.cluster : new SingleNode(LocalPresence::new);
        node = new ServerNode(cluster, store, reads, local, threads.lanes(), scheduler, builder.sweepInterval);
        undo.push(node::close);
        router = node.router();
        ServerQueueContext context = new ServerQueueContext(
                store,
                router,
                threads.committers(),
                scheduler,
                new Permits(builder.policy, reads, scheduler, builder.undoWindow));
        queue = builder.queue == null ? context.inProcess() : builder.queue.open(context);
        undo.push(queue::close);
        settledQueue = new SettledQueue(queue, scheduler);
        upkeep = store.begin(settledQueue, scheduler, threads.readers());
        undo.push(upkeep::close);
        Limits limits = new Limits(
                transport.maxFrameBytes(),
                Math.min(MessageBody.MAX_BYTES, transport.maxFrameBytes()),
                MAX_UNANSWERED,
                builder.framesPerSecond,
                builder.burst);
        hostThreads = new HostThreads(scheduler);
        undo.push(hostThreads::close);
        Services services = services(builder);
        listeners = listeners(builder, services.presence());
        sessions = new Sessions(new SessionContext(
                new RevocableTokens(builder.auth, reads),
                queue,
                router,
                reads,
                threads.lanes(),
                scheduler,
                ChatServer::newSessionId,
                transport.lowMark(),
                SessionSettings.defaults(limits, partBytes),
                services,
                node::blocked));
    }

    private Services services(Builder builder) {
        boolean limited = builder.framesPerSecond > 0;
        return new Services(
                builder.policy,
                node.signals(),
                node.presence(builder.presenceGrace),
                new Interceptors(builder.interceptors, hostThreads, builder.hostTimeLimit),
                builder.undoWindow,
                new Rates(
                        scheduler,
                        limited ? builder.userRate : Rates.Rate.NONE,
                        limited ? builder.roomRate : Rates.Rate.NONE,
                        node.nodes()),
                builder.directory,
                new Calls(scheduler, node.signals(), node.nodes()),
                node.bumps(),
                user -> builder.iceServers.stream()
                        .map(each -> each.apply(user))
                        .toList());
    }

    private List<EventListeners> listeners(Builder builder, Presence presence) {
        Map<String, EventListener> wanted = new LinkedHashMap<>(builder.listeners);
        if (builder.offlineNotifier != null) {
            wanted.put("~offline", new OfflineNotices(builder.offlineNotifier, reads, presence));
        }
        List<EventListeners> made = new ArrayList<>();
        wanted.forEach((name, listener) -> {
            EventListeners one = new EventListeners(name, listener, reads, hostThreads, scheduler);
            router.observe(one::committed);
            node.alsoOf(room -> one.isTurn());
            made.add(one);
        });
        return made;
    }

    /** Begins a server that lets in whom {@code auth} vouches for; all else has a default. */
    public static Builder builder(AuthVerifier auth) {
        return new Builder(auth);
    }

    private static SessionId newSessionId() {
        byte[] random = new byte[18];
        RANDOM.nextBytes(random);
        return new SessionId(Base64.getUrlEncoder().withoutPadding().encodeToString(random));
    }

    /** Returns the port that clients connect to, also where any free one was asked for. */
    public int port() {
        return transport.port();
    }

    /** Returns how many clients are let in now, on this node. */
    public int sessions() {
        return sessions.count();
    }

    /** Returns how this server is doing. Doesn't block. */
    public ServerStatus status() {
        QueueStats waiting = queue.stats();
        boolean ready = !closed.get() && waiting.isAccepting() && reads.isAnswering();
        return new ServerStatus(ready, sessions.count(), waiting, reads.isAnswering(), node.status());
    }

    /** Returns the clients that are let in now, on all nodes, in no order: those of nodes that answer within two seconds. Never fails. */
    public CompletionStage<List<Session>> sessionList() {
        return hostThreads.handOver(node.directory().list());
    }

    /** Disconnects one client, on whatever node, which may come back at once; completes with false if it isn't there. Never fails. */
    public CompletionStage<Boolean> disconnect(SessionId session) {
        return hostThreads.handOver(node.directory().end(session));
    }

    /**
     * Disconnects all clients of the user, on all nodes. Whoever has a token that lets in may come back with it: see {@link
     * #revokeTokens}.
     *
     * @return completes when those of this node are told to go and word is sent to the others, which aren't waited for
     */
    public CompletionStage<Void> disconnect(UserId user) {
        return CompletableFuture.runAsync(() -> node.directory().end(user), Runnable::run);
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
        long now = scheduler.wallMillis();
        return hostThreads.handOver(reads.read(store -> {
                    store.people().revokeTokens(user, now);
                    return true;
                })
                .thenAccept(kept -> node.directory().revoked(user, now)));
    }

    /** Takes a revocation back: tokens of before let in again. Fails as {@link #revokeTokens} does. */
    public CompletionStage<Void> acceptTokens(UserId user) {
        return hostThreads.handOver(reads.read(store -> {
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
        return new HostRoom(room, SYSTEM, settledQueue, reads, scheduler::wallMillis);
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
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        takeAll(List.of(
                transport::stopAccepting,
                () -> sessions.drain(DRAIN_AFTER, DRAIN_SPREAD.plusMillis(sessions.count())),
                upkeep::close,
                () -> listeners.forEach(EventListeners::close),
                this::drain,
                () -> sessions.close(CloseReason.DRAIN),
                () -> sessions.awaitNone(FAREWELL),
                transport::close,
                queue::close,
                router::close,
                node::close,
                this::awaitListeners,
                scheduler::close,
                hostThreads::close,
                threads::close,
                this::closeOwnStore));
    }

    /** Ends are taken all, whatever one of them throws: much of what they end is the application's. */
    private static void takeAll(Collection<Runnable> steps) {
        for (Runnable step : steps) {
            try {
                step.run();
            } catch (Throwable failure) {
                LOG.error("A part of the server could not be closed", failure);
            }
        }
    }

    private void drain() {
        if (!queue.drain(drainTimeout)) {
            LOG.warn("Not all that was accepted could be stored within {}; the rest was refused", drainTimeout);
        }
    }

    private void closeOwnStore() {
        if (ownStore != null) {
            ownStore.close();
        }
    }

    /** Needs the timer and the store's threads: without them turns would stand until they run out, and nobody would hear. */
    private void awaitListeners() {
        try {
            CompletableFuture.allOf(
                            listeners.stream().map(EventListeners::ended).toArray(CompletableFuture<?>[]::new))
                    .get(LISTENERS_END.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException away) {
            LOG.debug("The turns of listeners run out by themselves: {}", away.toString());
        }
    }

    /** Options of a server. Not thread-safe. */
    public static final class Builder {
        private final AuthVerifier auth;
        private final JavaWebSocketTransport.Builder webSocket =
                JavaWebSocketTransport.builder().port(8080);
        private int framesPerSecond = 20;
        private int burst = 40;
        private Duration drainTimeout = Duration.ofSeconds(5);
        private @Nullable MessageStore store;
        private @Nullable Transport transport;
        private AccessPolicy policy = new RolePolicy();
        private Duration undoWindow = Duration.ZERO;
        private Duration presenceGrace = LocalPresence.GRACE;
        private Rates.Rate userRate = new Rates.Rate(60, 120);
        private Rates.Rate roomRate = new Rates.Rate(500, 1_000);
        private Directory directory = Directory.STORED;
        private Duration hostTimeLimit = Duration.ofSeconds(2);
        private @Nullable OfflineNotifier offlineNotifier;
        private @Nullable Cluster cluster;
        private Duration sweepInterval = Duration.ofSeconds(1);
        private @Nullable QueueFactory queue;
        private final List<Interceptor> interceptors = new ArrayList<>();
        private final Map<String, EventListener> listeners = new LinkedHashMap<>();
        private final List<Function<UserId, IceServer>> iceServers = new ArrayList<>();

        private Builder(AuthVerifier auth) {
            this.auth = Objects.requireNonNull(auth);
        }

        /** Where messages are kept. Default: in memory, gone when the server is closed. The caller closes it, after the server. */
        public Builder store(MessageStore store) {
            this.store = Objects.requireNonNull(store);
            return this;
        }

        /**
         * The address to listen on, a name or a number. Default {@code 127.0.0.1}: only this machine. Any other needs {@link
         * #tls} or {@link #behindTlsProxy}, since tokens and messages would travel in clear text.
         */
        public Builder host(String host) {
            webSocket.host(host);
            return this;
        }

        /** The port to listen on, 0 for any free one. Default 8080. */
        public Builder port(int port) {
            webSocket.port(port);
            return this;
        }

        /** Has clients come through TLS ({@code wss}), with the key and certificates of {@code context}: see {@link TlsContexts}. */
        public Builder tls(SSLContext context) {
            webSocket.tls(context);
            return this;
        }

        /**
         * Says that a proxy in front ends TLS, so that listening to other machines without it is all right.
         *
         * @param proxies addresses, or networks as {@code 10.0.0.0/8}, whose {@code X-Forwarded-For} is believed
         */
        public Builder behindTlsProxy(String... proxies) {
            webSocket.behindTlsProxy(proxies);
            return this;
        }

        /**
         * The web pages that may connect, as {@code https://example.org}; one at least. Default: those of the host that they connect to.
         *
         * @throws IllegalArgumentException if there is none, or one that no browser would send: it has a path, or no scheme
         */
        public Builder allowedOrigins(String... origins) {
            webSocket.allowedOrigins(origins);
            return this;
        }

        /**
         * What carries frames, in place of a WebSocket with the options above. {@link JavaWebSocketTransport} has more of them. The
         * server starts and closes it.
         */
        public Builder transport(Transport transport) {
            this.transport = Objects.requireNonNull(transport);
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
            this.framesPerSecond = framesPerSecond;
            this.burst = burst;
            return this;
        }

        /** Who may do what in rooms. Default: {@link RolePolicy}. */
        public Builder accessPolicy(AccessPolicy policy) {
            this.policy = Objects.requireNonNull(policy);
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
            this.undoWindow = window;
            return this;
        }

        /** How long somebody who lost their connection is still seen as present. Default 15 seconds. */
        public Builder presenceGrace(Duration grace) {
            if (grace.isNegative()) {
                throw new IllegalArgumentException("presenceGrace must not be negative, was " + grace);
            }
            this.presenceGrace = grace;
            return this;
        }

        /**
         * How many changes a user may send over all connections. Default 60 a second and a burst of 120.
         *
         * @param perSecond in the long run, at least 1
         * @param burst at once, at least 1
         */
        public Builder userRate(int perSecond, int burst) {
            this.userRate = rate(perSecond, burst);
            return this;
        }

        /**
         * How many changes a room may be sent by all of its users. Default 500 a second and a burst of 1,000.
         *
         * @param perSecond in the long run, at least 1
         * @param burst at once, at least 1
         */
        public Builder roomRate(int perSecond, int burst) {
            this.roomRate = rate(perSecond, burst);
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
            interceptors.add(Objects.requireNonNull(interceptor));
            return this;
        }

        /** How long all interceptors together may take over one change. Default 2 seconds. */
        public Builder interceptorTimeLimit(Duration limit) {
            if (limit.toMillis() < 1) {
                throw new IllegalArgumentException("interceptorTimeLimit must be above zero, was " + limit);
            }
            this.hostTimeLimit = limit;
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
            if (listeners.putIfAbsent(name, Objects.requireNonNull(listener)) != null) {
                throw new IllegalArgumentException("there is a listener " + name + " already");
            }
            return this;
        }

        /**
         * What makes several processes over one store one chat. The server closes it, also if it can't be started. Default: processes over one store find what others
         * did by looking into it, see {@link #sweepInterval}.
         */
        public Builder cluster(Cluster cluster) {
            this.cluster = Objects.requireNonNull(cluster);
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
            this.sweepInterval = interval;
            return this;
        }

        /** What stands between clients and the store. Default: a queue in this process, which writes in groups. */
        public Builder queue(QueueFactory queue) {
            this.queue = Objects.requireNonNull(queue);
            return this;
        }

        /** Reaches members who aren't connected. Default: nobody does. */
        public Builder offlineNotifier(OfflineNotifier notifier) {
            this.offlineNotifier = Objects.requireNonNull(notifier);
            return this;
        }

        /**
         * Who people are, if the application knows. Default: people say so themselves, and the store keeps it.
         *
         * @param directory returns the profiles of those of the users that have one, at most 100; called on threads that read the store, so it may
         *     block. If it throws, the request is refused as {@code internal}, and the log says why
         */
        public Builder userDirectory(Function<Collection<UserId>, Map<UserId, Profile>> directory) {
            this.directory = Directory.of(directory);
            return this;
        }

        /**
         * A STUN server, or a TURN server that needs no password, that helps clients to set up calls.
         *
         * @param urls as {@code stun:HOST:PORT} or {@code turn:HOST:PORT}, one or more; handed on as they are
         */
        public Builder iceServer(String... urls) {
            IceServer server = new IceServer(List.of(urls), "", "");
            iceServers.add(user -> server);
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
            iceServers.add(credentials::of);
            return this;
        }

        /** Lets connections send as fast as they can: for clients that are trusted. Neither users nor rooms have a limit then. */
        public Builder noRateLimit() {
            this.framesPerSecond = 0;
            this.burst = 0;
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
            this.drainTimeout = drainTimeout;
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
            ChatServer server = make();
            try {
                server.node.start(server.sessions);
                server.listeners.forEach(EventListeners::start);
                server.transport.start(server.sessions);
                LOG.info(
                        "Chat listens on {}, keeps messages in {}, {}",
                        server.transport,
                        store == null ? "memory" : store,
                        cluster == null ? "alone" : "as node " + cluster.node() + " of several");
                if (store == null) {
                    LOG.warn("No store was given: messages are kept in memory and are gone when the server ends");
                }
                return server;
            } catch (RuntimeException failure) {
                server.close();
                throw failure;
            }
        }

        private ChatServer make() {
            Deque<Runnable> undo = new ArrayDeque<>();
            try {
                if (cluster != null) {
                    undo.push(cluster::close);
                    if (store == null || !store.isShared()) {
                        throw new IllegalStateException("cluster(…) needs a store that several processes can use,"
                                + " JdbcMessageStore or RedisMessageStore: give it with store(…)");
                    }
                }
                return new ChatServer(this, undo);
            } catch (RuntimeException failure) {
                takeAll(undo);
                throw failure;
            }
        }
    }
}
