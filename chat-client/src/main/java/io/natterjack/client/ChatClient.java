package io.natterjack.client;

import io.natterjack.core.CallSignal;
import io.natterjack.core.ClientId;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.DeviceId;
import io.natterjack.core.IceServer;
import io.natterjack.core.InboxEntry;
import io.natterjack.core.Membership;
import io.natterjack.core.Notify;
import io.natterjack.core.PresenceState;
import io.natterjack.core.Profile;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.SessionId;
import io.natterjack.core.Standing;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Connector;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ClientSignal;
import io.natterjack.core.wire.PeopleAnswer;
import io.natterjack.core.wire.PeopleRequest;
import io.natterjack.core.wire.ServerFrame;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.IntFunction;
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
 * <p><b>Errors.</b> Stages fail with {@link RequestRefusedException} if the server says no, with {@link LimitExceededException} at once
 * beyond 200 questions that aren't answered or if the outbox is full, and with {@link ClientClosedException} when the client ends. While
 * there is no connection they wait. A value out of its range is an {@link IllegalArgumentException} of the call itself.
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

    /**
     * Returns a stage that completes when the client is online for the first time. It doesn't complete while there is no
     * connection, however long that is: {@link ClientListener#onAlarm} says why there is none. Fails with {@link
     * ClientClosedException} if the client ends before, so also if the server doesn't take its token.
     */
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
        Room room = new Room(id, engine, from);
        if (settings.rooms.putIfAbsent(id, room) != null) {
            throw new IllegalStateException("room " + id + " is joined already");
        }
        engine.join(room, tail, listener);
        return room;
    }

    // Rooms and people. Questions are asked again after a lost connection; see the class for how they fail.

    /**
     * Makes a room, which this user owns; it isn't joined by that.
     *
     * @return fails with {@link SendRefusedException}, {@code room_exists} if there is one of that name
     */
    public CompletionStage<Sent> createRoom(RoomId room, RoomSettings settings) {
        return send(room, new RoomChange.Created(settings, Collections.emptyList()));
    }

    /**
     * Becomes a member of a room: an open one, or one that this user is invited to. It isn't joined by that.
     *
     * @return fails with {@link SendRefusedException} if this user may not
     * @throws IllegalStateException from the call itself, if the client was never online: who the user is, the server says
     */
    public CompletionStage<Sent> enter(RoomId room) {
        return send(room, new RoomChange.Member(me(), true));
    }

    /**
     * Ends this user's membership of a room, or turns an invitation down.
     *
     * @throws IllegalStateException from the call itself, if the client was never online
     */
    public CompletionStage<Sent> quit(RoomId room) {
        return send(room, new RoomChange.Member(me(), false));
    }

    private UserId me() {
        return user().orElseThrow(() -> new IllegalStateException("the client hasn't been online yet: see ready()"));
    }

    private CompletionStage<Sent> send(RoomId room, RoomChange change) {
        return engine.requests().send(Outgoing.change(room, newClientId(), change));
    }

    /** Asks for the room of this user and another, which is made if need be. */
    public CompletionStage<RoomId> direct(UserId other) {
        return engine.requests()
                .ask(
                        "a direct room",
                        id -> new PeopleRequest.Direct(id, other),
                        answer -> answer instanceof ServerFrame.Ok ok ? ok.room() : Optional.empty());
    }

    /**
     * Asks for the rooms that this user belongs to or is invited to, those in which something happened last first. From then on {@link
     * ClientListener#onBump} tells of news there. {@link Inbox} keeps such a list up to date.
     *
     * @param cursor what the page before ended with; nothing to begin
     * @param limit the most rooms, 1 to {@value PeopleRequest#MAX_ROOMS}
     */
    public CompletionStage<PeopleAnswer.Inbox> inbox(Optional<String> cursor, int limit) {
        return inbox(Collections.emptyList(), cursor, limit);
    }

    /**
     * Asks for those of the rooms that this user belongs to or is invited to.
     *
     * @param rooms at most {@value PeopleRequest#MAX_ROOMS}; of none the answer is an empty list, and comes at once
     */
    public CompletionStage<List<InboxEntry>> inbox(List<RoomId> rooms) {
        if (rooms.isEmpty()) { // on the wire that would mean all
            return CompletableFuture.completedFuture(Collections.emptyList());
        }
        return inbox(rooms, Optional.empty(), PeopleRequest.MAX_ROOMS).thenApply(PeopleAnswer.Inbox::entries);
    }

    private CompletionStage<PeopleAnswer.Inbox> inbox(List<RoomId> rooms, Optional<String> cursor, int limit) {
        List<RoomId> only = List.copyOf(rooms);
        return ask("the inbox", id -> new PeopleRequest.Inbox(id, only, cursor, limit), PeopleAnswer.Inbox.class);
    }

    /**
     * Asks for members of a room, in the order of their ids' bytes.
     *
     * @param after the last one of the page before; nothing to begin
     * @param limit the most members, 1 to {@value PeopleRequest#MAX_PEOPLE}
     */
    public CompletionStage<List<Membership>> members(RoomId room, Optional<UserId> after, int limit) {
        return members(room, Standing.IN, after, limit);
    }

    /** Asks for those who stand so to a room: who is invited, who is banned. */
    public CompletionStage<List<Membership>> members(
            RoomId room, Standing standing, Optional<UserId> after, int limit) {
        return ask(
                        "members of room " + room,
                        id -> new PeopleRequest.Members(id, room, standing, after, limit),
                        PeopleAnswer.Members.class)
                .thenApply(PeopleAnswer.Members::members);
    }

    /** Asks for the first members of a room, and whether there are more. */
    CompletionStage<PeopleAnswer.Members> membersPage(RoomId room, int limit) {
        return ask(
                "members of room " + room,
                id -> new PeopleRequest.Members(id, room, Standing.IN, Optional.empty(), limit),
                PeopleAnswer.Members.class);
    }

    /** Asks how many people have a room joined now, members or not: for large rooms, whose members can't all be watched. */
    public CompletionStage<Integer> present(RoomId room) {
        return ask(
                        "members of room " + room,
                        id -> new PeopleRequest.Members(id, room, Standing.IN, Optional.empty(), 1),
                        PeopleAnswer.Members.class)
                .thenApply(PeopleAnswer.Members::present);
    }

    /**
     * Searches messages, newest first.
     *
     * @param text words, all of which a message must have, whatever their case and accents; one that ends in {@code *} stands for all
     *     that begin so. At most 200 characters, the server refuses more
     * @param rooms where, at most {@value PeopleRequest#MAX_ROOMS}; empty for all rooms that this user belongs to
     * @param cursor what the page before ended with; nothing to begin
     * @param limit the most messages, 1 to {@value PeopleRequest#MAX_PEOPLE}
     */
    public CompletionStage<PeopleAnswer.Found> search(
            String text, List<RoomId> rooms, Optional<String> cursor, int limit) {
        List<RoomId> where = List.copyOf(rooms);
        return ask(
                "a search", id -> new PeopleRequest.Search(id, text, where, cursor, limit), PeopleAnswer.Found.class);
    }

    /**
     * Asks who these are; those without a profile are left out.
     *
     * @param users at most {@value PeopleRequest#MAX_PEOPLE}
     */
    public CompletionStage<List<Profile>> users(List<UserId> users) {
        List<UserId> who = List.copyOf(users);
        return ask("profiles", id -> new PeopleRequest.Users(id, who, false), PeopleAnswer.Users.class)
                .thenApply(PeopleAnswer.Users::profiles);
    }

    /**
     * Says how this user is to be seen, in place of all that was said before: what is empty is emptied. Refused as {@code forbidden} if
     * the application says who people are.
     *
     * @param name at most {@value Profile#MAX_NAME_BYTES} bytes of UTF-8
     * @param avatar the address of a picture, at most {@value Profile#MAX_AVATAR_BYTES} bytes
     * @param attributes a JSON object, at most {@value Profile#MAX_ATTRIBUTE_BYTES} bytes
     */
    public CompletionStage<Void> profile(String name, String avatar, String attributes) {
        Profile checked = new Profile(new UserId("me"), name, avatar, attributes);
        return done(
                "a profile",
                id -> new PeopleRequest.SetProfile(id, checked.name(), checked.avatar(), checked.attributes()));
    }

    /** Blocks somebody, or does so no more: they can't write to this user alone any more, and don't see whether they are there. */
    public CompletionStage<Void> block(UserId user, boolean on) {
        return done("a block", id -> new PeopleRequest.Block(id, user, on));
    }

    /** Asks whom this user has blocked. */
    public CompletionStage<List<UserId>> blocked() {
        return ask(
                        "who is blocked",
                        id -> new PeopleRequest.Users(id, Collections.emptyList(), true),
                        PeopleAnswer.Users.class)
                .thenApply(answer -> {
                    List<UserId> users = new ArrayList<>();
                    answer.profiles().forEach(profile -> users.add(profile.user()));
                    return users;
                });
    }

    /** Says of which messages of a room this user wants to be notified. */
    public CompletionStage<Void> notifications(RoomId room, Notify wanted) {
        return done("a setting", id -> new PeopleRequest.SetNotify(id, room, wanted));
    }

    /**
     * Says how this user is to be seen by others, from now on and on later connections of this client.
     *
     * @param status in one's own words, at most {@value PresenceState#MAX_STATUS_BYTES} bytes; may be empty
     */
    public void presence(PresenceState.Availability availability, String status) {
        PresenceState checked = new PresenceState(availability, status, 0);
        engine.presence(own -> own.set(checked.availability(), checked.status()));
    }

    /**
     * Watches others, in place of those before: {@link ClientListener#onPresence} tells how they are to be seen now and from then on. Those
     * with whom this user shares no room aren't shown.
     *
     * @param users at most {@value ClientSignal#MAX_WATCHED}
     */
    public void watch(List<UserId> users) {
        if (users.size() > ClientSignal.MAX_WATCHED) {
            throw new IllegalArgumentException("at most " + ClientSignal.MAX_WATCHED + " people can be watched");
        }
        List<UserId> watched = List.copyOf(users);
        engine.presence(own -> own.watch(watched));
    }

    /** Sends a signal of a call to another member of the room, once; fails if it can't be passed on, or nobody knows. */
    public CompletionStage<Void> call(RoomId room, CallSignal signal) {
        return engine.requests()
                .ask(
                        "a call",
                        false,
                        id -> new ClientSignal.Call(id, room, signal),
                        answer -> answer instanceof ServerFrame.Ok ok ? Optional.of(ok) : Optional.empty())
                .thenAccept(ok -> {});
    }

    /** Asks which servers help to set up a call. */
    public CompletionStage<List<IceServer>> iceServers(RoomId room) {
        return ask("servers for calls", id -> new ClientSignal.AskIce(id, room), PeopleAnswer.Ice.class)
                .thenApply(PeopleAnswer.Ice::servers);
    }

    private <T extends ServerFrame> CompletionStage<T> ask(
            String what, IntFunction<ClientFrame> frame, Class<T> answer) {
        return engine.requests()
                .ask(
                        what,
                        frame,
                        given -> answer.isInstance(given) ? Optional.of(answer.cast(given)) : Optional.empty());
    }

    private CompletionStage<Void> done(String what, IntFunction<ClientFrame> frame) {
        return ask(what, frame, ServerFrame.Ok.class).thenAccept(ok -> {});
    }

    Engine engine() {
        return engine;
    }

    /**
     * Ends the client: says goodbye to the server, lets go of the connection, fails what isn't answered with {@link
     * ClientClosedException}. Closing twice does nothing.
     *
     * <p>If the client runs on a thread of its own this waits until that is done, 2.5 seconds at most; with {@link
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
            String address = NoConnection.address(server);
            if (!"ws".equals(server.getScheme()) && !"wss".equals(server.getScheme())
                    || server.getAuthority() == null) {
                throw new IllegalArgumentException("server must be ws://host or wss://host, was " + address);
            }
            if (server.getHost() == null) { // names of containers have underscores, those of hosts haven't
                throw new IllegalArgumentException(
                        "the host of " + address
                                + " can't be read: a host's name has letters, digits, - and . only, and begins its last part with a letter");
            }
            if (server.getPort() == 0 || server.getPort() > 65_535) {
                throw new IllegalArgumentException("the server's port must be 1 to 65535, was " + address);
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
         * Where the client's own work runs, one task at a time, none of which blocks; several clients may share a pool. One
         * that throws (a pool that is full) is asked again after a moment. Default: a daemon thread {@code chat-client-N}.
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
