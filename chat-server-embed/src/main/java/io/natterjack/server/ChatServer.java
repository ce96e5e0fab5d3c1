package io.natterjack.server;

import io.natterjack.core.CloseReason;
import io.natterjack.core.MessageBody;
import io.natterjack.core.SessionId;
import io.natterjack.core.TransportException;
import io.natterjack.core.lane.SystemScheduler;
import io.natterjack.core.spi.AuthVerifier;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.Transport;
import io.natterjack.core.wire.Limits;
import io.natterjack.server.engine.GroupCommitQueue;
import io.natterjack.server.engine.LocalRouter;
import io.natterjack.server.engine.StoreReads;
import io.natterjack.server.session.SessionContext;
import io.natterjack.server.session.SessionSettings;
import io.natterjack.server.session.Sessions;
import io.natterjack.server.websocket.JavaWebSocketTransport;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
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

    private static final Duration DRAIN_AFTER = Duration.ofMillis(200);

    /** The least time over which clients come back; each of them adds a millisecond, so that about a thousand a second do. */
    private static final Duration DRAIN_SPREAD = Duration.ofMillis(300);

    /** How many sends of one session may wait for their answer. */
    private static final int MAX_UNANSWERED = 64;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Transport transport;
    private final Sessions sessions;
    private final GroupCommitQueue queue;
    private final LocalRouter router;
    private final ServerThreads threads;
    private final SystemScheduler scheduler;
    private final MessageStore.Upkeep upkeep;
    private final @Nullable MessageStore ownStore;
    private final Duration drainTimeout;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ChatServer(Builder builder) {
        MessageStore given = builder.store;
        MessageStore store = given != null ? given : new InMemoryStore();
        ownStore = given != null ? null : store;
        drainTimeout = builder.drainTimeout;
        transport = builder.transport != null ? builder.transport : builder.webSocket.build();
        scheduler = new SystemScheduler("chat-timer");
        threads = new ServerThreads(store);
        StoreReads reads = new StoreReads(store, threads.readers());
        LocalRouter.Bounds bounds = LocalRouter.Bounds.DEFAULT;
        // What one part of a replay brings must fit in behind what waits already, however little may wait.
        int partBytes = (int) Math.min(bounds.partBytes(), transport.lowMark());
        router = new LocalRouter(reads, threads.lanes(), scheduler, bounds.withPartBytes(partBytes));
        queue = new GroupCommitQueue(store, router, threads.committers(), scheduler, GroupCommitQueue.Bounds.DEFAULT);
        upkeep = store.begin(queue, scheduler, threads.readers());
        Limits limits = new Limits(
                transport.maxFrameBytes(),
                Math.min(MessageBody.MAX_BYTES, transport.maxFrameBytes()),
                MAX_UNANSWERED,
                builder.framesPerSecond,
                builder.burst);
        sessions = new Sessions(new SessionContext(
                builder.auth,
                queue,
                router,
                reads,
                threads.lanes(),
                scheduler,
                ChatServer::newSessionId,
                transport.lowMark(),
                SessionSettings.defaults(limits, partBytes)));
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

    /** Returns how many clients are let in now. */
    public int sessions() {
        return sessions.count();
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
        transport.stopAccepting();
        sessions.drain(DRAIN_AFTER, DRAIN_SPREAD.plusMillis(sessions.count()));
        upkeep.close();
        if (!queue.drain(drainTimeout)) {
            LOG.warn("Not all that was accepted could be stored within {}; the rest was refused", drainTimeout);
        }
        sessions.close(CloseReason.DRAIN);
        sessions.awaitNone(FAREWELL);
        transport.close();
        router.close();
        scheduler.close();
        threads.close();
        if (ownStore != null) {
            ownStore.close();
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
         * The web pages that may connect, as {@code https://example.org}. Default: those of the host that they connect to.
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

        /** Lets connections send as fast as they can: for clients that are trusted. */
        public Builder noRateLimit() {
            this.framesPerSecond = 0;
            this.burst = 0;
            return this;
        }

        /** How long {@link ChatServer#close} waits for what was accepted to be stored. Default 5 seconds. */
        public Builder drainTimeout(Duration drainTimeout) {
            if (drainTimeout.isNegative()) {
                throw new IllegalArgumentException("drainTimeout must not be negative, was " + drainTimeout);
            }
            this.drainTimeout = drainTimeout;
            return this;
        }

        /**
         * Starts listening; when this returns, clients can connect.
         *
         * @throws TransportException if the port can't be had
         * @throws IllegalStateException if it would listen to other machines without TLS
         * @throws io.natterjack.core.StoreException if the store can't be used
         */
        public ChatServer start() {
            ChatServer server = new ChatServer(this);
            try {
                server.transport.start(server.sessions);
                return server;
            } catch (RuntimeException failure) {
                server.close();
                throw failure;
            }
        }
    }
}
