package io.natterjack.client;

import io.natterjack.core.ClientId;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.DeviceId;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Connector;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.core.wire.ClientFrame;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A user's way to a chat server.
 *
 * <pre>{@code
 * ChatClient client = ChatClient.builder(URI.create("wss://chat.example.org/chat"), () -> tokens.fetch())
 *     .listenerExecutor(SwingUtilities::invokeLater)
 *     .connect();
 * Room lobby = client.join(new RoomId("lobby"), message -> show(message));
 * lobby.send(MessageBody.text("hello"));
 * }</pre>
 *
 * <p>It is usable at once and stays so: rooms can be joined and messages sent while there is no connection, and it connects
 * again by itself for as long as it isn't closed and the server doesn't say stop. What it promises: the listener of a room
 * sees each message once and in order, and a message that was sent is kept once by the server, or its stage fails. It
 * remembers nothing beyond its own life; an application keeps {@link Room#cursor} to go on from there.
 *
 * <p><b>Threads.</b> Any thread may call any method; none blocks but {@link #close}. Everything of the application's
 * (listeners, token source, stages) runs on the listener executor, one call at a time. The client's own work runs on a thread
 * {@code chat-client-N} or on {@link Builder#executor}.
 *
 * <p><b>Bounded.</b> The outbox by {@link Builder#maxOutbox}; what waits for the listeners by 1,000 calls and 4 MiB, beyond
 * which the client stops reading from the server until they have caught up.
 */
public final class ChatClient implements AutoCloseable {
    private final Settings settings;
    private final Engine engine;
    private final OwnThreads threads;
    private final DeviceId device;

    private ChatClient(Builder builder) {
        Random random = builder.random != null ? builder.random : new SecureRandom();
        this.threads = new OwnThreads(builder.executor, builder.scheduler, builder.listenerExecutor);
        Scheduler scheduler = threads.scheduler();
        ClientIds ids = new ClientIds(random, scheduler::wallMillis);
        this.device = builder.device != null ? builder.device : ids.device();
        this.settings = new Settings(builder, threads.listenerExecutor());
        Attempt.Target target = new Attempt.Target(
                builder.server,
                builder.connector != null ? builder.connector : new JavaWebSocketConnector(),
                device,
                builder.connectTimeout);
        Loop loop = new Loop(threads.executor(), scheduler, random);
        this.engine = new Engine(settings, target, loop, ids, threads);
    }

    /**
     * Begins a client.
     *
     * @param server where the server listens: {@code ws://} or {@code wss://}
     * @param tokens says who the user is
     */
    public static Builder builder(URI server, TokenSource tokens) {
        return new Builder(server, tokens);
    }

    /** Returns what the client is doing. */
    public ClientState state() {
        return engine.state();
    }

    /** Returns who the server says the user is; nothing before the client was online for the first time. */
    public Optional<UserId> user() {
        return engine.user();
    }

    /** Returns the present session, or the last; nothing before the client was online for the first time. A secret. */
    public Optional<SessionId> session() {
        return engine.session();
    }

    /** Returns the name of this installation that the server is told. */
    public DeviceId device() {
        return device;
    }

    /** Returns a stage that completes when the client is online for the first time. Fails with {@link ClientClosedException} if it ends before. */
    public CompletionStage<UserId> ready() {
        return Promises.copyOf(engine.ready());
    }

    /** Returns a stage that completes when the client has ended, with the reason; {@link CloseReason#NORMAL} after {@link #close}. */
    public CompletionStage<CloseReason> closed() {
        return Promises.copyOf(engine.closed());
    }

    /** Returns a new client id, a UUID of version 7. */
    public ClientId newClientId() {
        return engine.requests().newClientId();
    }

    /**
     * Joins a room and listens from now on.
     *
     * @throws IllegalStateException if this client has joined the room and not left it, or has ended
     */
    public Room join(RoomId room, RoomListener listener) {
        return join(room, null, 0, listener);
    }

    /**
     * Joins a room and listens from where an earlier listener has got to; what was missed comes first.
     *
     * @param from what {@link Room#cursor} returned, or the {@code at} of a message
     * @throws IllegalStateException if this client has joined the room and not left it, or has ended
     */
    public Room join(RoomId room, Cursor from, RoomListener listener) {
        return join(room, Objects.requireNonNull(from), 0, listener);
    }

    /**
     * Joins a room and listens; its last events come first.
     *
     * @param tail how many, 0 to {@value ClientFrame#MAX_TAIL}
     * @throws IllegalStateException if this client has joined the room and not left it, or has ended
     */
    public Room join(RoomId room, int tail, RoomListener listener) {
        if (tail < 0 || tail > ClientFrame.MAX_TAIL) {
            throw new IllegalArgumentException("tail must be 0 to " + ClientFrame.MAX_TAIL + ", was " + tail);
        }
        return join(room, null, tail, listener);
    }

    private Room join(RoomId id, @Nullable Cursor from, int tail, RoomListener listener) {
        Objects.requireNonNull(listener);
        if (state() == ClientState.CLOSED) {
            throw new IllegalStateException("the client is closed");
        }
        Room room = new Room(id, engine.requests(), from);
        if (settings.rooms.putIfAbsent(id, room) != null) {
            throw new IllegalStateException("room " + id + " is joined already");
        }
        engine.join(room, tail, listener);
        return room;
    }

    /**
     * Ends the client: says goodbye to the server, lets go of the connection, fails what isn't answered with {@link
     * ClientClosedException}. Closing twice does nothing.
     *
     * <p>If the client runs on a thread of its own this waits until that is done, two seconds at most; with {@link
     * Builder#executor} it returns at once. The executors that were passed in stay open.
     */
    @Override
    public void close() {
        engine.close();
        threads.awaitEnd();
    }

    /** Says what a client shall be like. Bad values are refused where they are given. */
    public static final class Builder {
        final URI server;
        final TokenSource tokens;
        ClientListener listener = new ClientListener() {};
        int maxOutboxMessages = 1_000;
        long maxOutboxBytes = 4L << 20;
        long maxGapFill = 10_000;
        private Duration connectTimeout = Duration.ofSeconds(10);
        private @Nullable DeviceId device;
        private @Nullable Executor listenerExecutor;
        private @Nullable Executor executor;
        private @Nullable Connector connector;
        private @Nullable Scheduler scheduler;
        private @Nullable Random random;

        private Builder(URI server, TokenSource tokens) {
            if (!"ws".equals(server.getScheme()) && !"wss".equals(server.getScheme()) || server.getHost() == null) {
                throw new IllegalArgumentException("server must be ws://host or wss://host, was " + server);
            }
            if (server.getPort() == 0 || server.getPort() > 65_535) {
                throw new IllegalArgumentException("the server's port must be 1 to 65535, was " + server);
            }
            this.server = server;
            this.tokens = Objects.requireNonNull(tokens);
        }

        /** Names this installation. Default: another random name for each client. */
        public Builder device(DeviceId device) {
            this.device = Objects.requireNonNull(device);
            return this;
        }

        /**
         * Where listeners, token source and stages run: Android's main executor, {@code SwingUtilities::invokeLater}, a pool.
         * The client makes one call at a time and in order, also on a pool. It must not drop tasks silently as long as the
         * client lives; one that throws (a pool that is full) is asked again after a moment. Default: a daemon thread
         * {@code chat-client-N-listener}.
         */
        public Builder listenerExecutor(Executor listenerExecutor) {
            this.listenerExecutor = Objects.requireNonNull(listenerExecutor);
            return this;
        }

        /** Who hears how the client is doing. Default: nobody. */
        public Builder listener(ClientListener listener) {
            this.listener = Objects.requireNonNull(listener);
            return this;
        }

        /**
         * Where the client's own work runs, one task at a time, none of which blocks; several clients may share a pool.
         * Default: a daemon thread {@code chat-client-N}.
         */
        public Builder executor(Executor executor) {
            this.executor = Objects.requireNonNull(executor);
            return this;
        }

        /** What opens connections. Default: {@link JavaWebSocketConnector}. */
        public Builder connector(Connector connector) {
            this.connector = Objects.requireNonNull(connector);
            return this;
        }

        /** The time. Default: the system's, with a daemon thread {@code chat-client-N-timer}. */
        public Builder scheduler(Scheduler scheduler) {
            this.scheduler = Objects.requireNonNull(scheduler);
            return this;
        }

        /** Where client ids and the length of pauses come from. Default: a {@link SecureRandom}. */
        public Builder random(Random random) {
            this.random = Objects.requireNonNull(random);
            return this;
        }

        /** How long opening a connection may take, and after that the server's welcome. Default 10 seconds. */
        public Builder connectTimeout(Duration timeout) {
            if (timeout.isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("connectTimeout must be positive, was " + timeout);
            }
            this.connectTimeout = timeout;
            return this;
        }

        /**
         * How much may wait to be sent or to be acknowledged; a message beyond it fails at once. Default 1,000 messages and
         * 4 MiB.
         *
         * @param messages at least 1
         * @param bytes in memory, where a character takes two; at least 128 KiB, so that one message of any size fits
         */
        public Builder maxOutbox(int messages, long bytes) {
            if (messages < 1 || bytes < 128 * 1024) {
                throw new IllegalArgumentException(
                        "maxOutbox must be at least 1 message and 131072 bytes, was " + messages + " and " + bytes);
            }
            this.maxOutboxMessages = messages;
            this.maxOutboxBytes = bytes;
            return this;
        }

        /**
         * How many missed events of a room the client fetches by itself when the server doesn't replay them; if there are
         * more, {@link RoomListener#onSkipped} is told. Default 10,000; 0 for none.
         */
        public Builder maxGapFill(long events) {
            if (events < 0) {
                throw new IllegalArgumentException("maxGapFill must be at least 0, was " + events);
            }
            this.maxGapFill = events;
            return this;
        }

        /** Returns a client that has begun to connect. Doesn't wait for the connection: see {@link ChatClient#ready}. */
        public ChatClient connect() {
            ChatClient client = new ChatClient(this);
            client.engine.start();
            return client;
        }
    }
}
