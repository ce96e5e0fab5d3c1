package io.natterjack.client;

import io.natterjack.core.ChatException;
import io.natterjack.core.CloseReason;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.LogText;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerSignal;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client at work: decides when to connect, which connection serves, and when it is over.
 *
 * <p>There are two places for an attempt: {@code current} is the session that serves, {@code next} is being built. Usually
 * only one of them is taken. When a server drains, the next is built while the current one serves, and takes over with its
 * welcome; all that wasn't answered then goes out on it again.
 *
 * <p><b>Threads.</b> What stands first here is for any thread; all else for the lane,
 * which owns the state.
 */
final class Engine implements Attempt.Owner, RoomFeed.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final Duration BACKOFF_BASE = Duration.ofMillis(500);
    private static final Duration BACKOFF_CAP = Duration.ofSeconds(30);

    /** A session that lasted this long was a good one: the next pause is short again. */
    private static final Duration STEADY = Duration.ofSeconds(10);

    private static final int SIGNAL_BYTES = 512;

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final Settings settings;
    private final Attempt.Target target;
    private final Loop loop;
    private final Ending ending;
    private final Deliveries deliveries;
    private final Promises promises = new Promises();
    private final Tokens tokens;
    private final Backoff backoff;
    private final Requests requests;
    private final Rooms rooms;
    private final OwnPresence ownPresence = new OwnPresence();
    private final List<Consumer<ServerSignal>> signalListeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> onlineTasks = new CopyOnWriteArrayList<>();
    private final UnsolicitedFrames frames = new SessionFrames();
    private final CompletableFuture<UserId> ready = promises.open();
    private final CompletableFuture<CloseReason> closed = new CompletableFuture<>();

    // Written on the lane, read by any thread.
    private volatile ClientState state = ClientState.CONNECTING;
    private volatile @Nullable SessionId session;
    private volatile @Nullable UserId user;

    // Lane only.
    private @Nullable Attempt current;
    private @Nullable Attempt next;
    private @Nullable TokenRefresh refresh;
    private Scheduler.Cancellable reconnect = () -> {};
    private Scheduler.Cancellable change = () -> {};
    private boolean changing;

    /** The moment within the window of the last drain. */
    private long comeBackAt;

    /** Whether a hello has named the current session, so that its end is no other client's doing. */
    private boolean handsOver;

    private boolean triedNewerToken;

    /** Why there is no session, as the listener was told last; empty if there is one. */
    private String told = "";

    private boolean waitsForListeners;
    private boolean holdsReading;
    private int window = 1;
    private long onlineSince;

    /** Hears of the end. */
    interface Ending {
        /** The application is called no more. Listener executor. */
        void lastCallMade();

        /** All is over, connections included. Lane. */
        void allOver();
    }

    /** Makes one that does nothing yet. */
    Engine(Settings settings, Attempt.Target target, Loop loop, ClientIds ids, Ending ending) {
        this.settings = settings;
        this.target = target;
        this.loop = loop;
        this.ending = ending;
        this.deliveries = new Deliveries(settings.listenerExecutor, loop, this::onListenersChanged);
        this.tokens = new Tokens(settings.tokens, loop, deliveries);
        this.backoff = new Backoff(loop, BACKOFF_BASE, BACKOFF_CAP);
        this.comeBackAt = loop.nanoTime();
        this.rooms = new Rooms(loop);
        listen(new ListenerSignals(settings.listener));
        this.requests = new Requests(settings, loop, deliveries, promises, ids, rooms, this::pump);
    }

    // The public face: any thread.

    void start() {
        loop.execute(() -> {
            deliveries.deliver(0, () -> settings.listener.onState(ClientState.CONNECTING));
            connect();
        });
    }

    ClientState state() {
        return state;
    }

    Optional<SessionId> session() {
        return Optional.ofNullable(session);
    }

    Optional<UserId> user() {
        return Optional.ofNullable(user);
    }

    CompletableFuture<UserId> ready() {
        return ready;
    }

    CompletableFuture<CloseReason> closed() {
        return closed;
    }

    Requests requests() {
        return requests;
    }

    void join(Room room, int tail, RoomListener listener) {
        loop.execute(() -> {
            if (state != ClientState.CLOSED) {
                rooms.add(new RoomFeed(room, listener, tail, settings.maxGapFill, loop, deliveries, this));
            }
        });
    }

    /** Has {@code listener} hear of all that may get lost, on the listener executor. */
    void listen(Consumer<ServerSignal> listener) {
        signalListeners.add(listener);
    }

    /** Has {@code task} run whenever there is a new session, on the listener executor. */
    void whenOnline(Runnable task) {
        onlineTasks.add(task);
    }

    void stopRunning(Runnable task) {
        onlineTasks.remove(task);
    }

    void stopListening(Consumer<ServerSignal> listener) {
        signalListeners.remove(listener);
    }

    /** Does something with the feed of a room, if it is joined. */
    void inRoom(Room room, Consumer<RoomFeed> task) {
        loop.execute(() -> rooms.with(room.id(), feed -> {
            if (feed.room() == room) {
                task.accept(feed);
            }
        }));
    }

    /** Has {@code call} made on the listener executor, after all calls that are due; not at all once the client has ended. */
    void tell(Runnable call) {
        if (state != ClientState.CLOSED) {
            deliveries.deliver(0, call);
        }
    }

    /** Has the application called like that in a while. */
    void tellAfter(Duration delay, Runnable call) {
        loop.execute(() -> loop.after(delay, () -> tell(call)));
    }

    void presence(Consumer<OwnPresence> change) {
        loop.execute(() -> change.accept(ownPresence));
    }

    void close() {
        loop.execute(() -> end(CloseReason.NORMAL));
    }

    // Connecting.

    private void connect() {
        if (deliveries.isBehind()) {
            waitsForListeners = true; // what a connection brings would only pile up
        } else {
            enter(ClientState.CONNECTING);
            buildNext();
        }
    }

    private void buildNext() {
        Attempt attempt = new Attempt(target, loop, this::hail, this);
        next = attempt;
        attempt.start(tokens);
    }

    private Attempt.Hail hail() {
        handsOver = current != null;
        return new Attempt.Hail(session(), rooms.all());
    }

    @Override
    public void welcomed(Attempt attempt, ServerFrame.Welcome welcome) {
        if (current != null) {
            retire(current);
        }
        current = attempt;
        next = null;
        handsOver = false;
        triedNewerToken = false;
        told = "";
        window = welcome.limits().inFlight();
        session = welcome.session();
        user = welcome.user();
        onlineSince = loop.nanoTime();
        refresh = new TokenRefresh(tokens, loop, attempt.link(), this::alarm);
        holdsReading = false;
        regulateReading();
        requests.restart();
        ownPresence.online(attempt.link());
        enter(ClientState.ONLINE);
        deliveries.deliver(0, () -> onlineTasks.forEach(Runnable::run));
        deliveries.deliver(0, () -> ready.complete(welcome.user()));
        rooms.online(attempt);
        pump();
    }

    private void retire(Attempt old) {
        detach();
        old.close(CloseReason.NORMAL);
    }

    /** The current session serves no more. */
    private void detach() {
        current = null;
        ownPresence.offline();
        change.cancel();
        changing = false;
        if (refresh != null) {
            refresh.cancel();
        }
        rooms.offline();
    }

    @Override
    public void ended(Attempt attempt, CloseReason reason) {
        if (!attempt.failure(reason).isPresent()) {
            LOG.info("Connection ended: {} ({})", reason.text(), reason.code());
        }
        if (attempt == next) {
            next = null;
            if (current == null) {
                goOn(attempt, reason);
            } else { // which serves until it ends too
                attempt.failure(reason).ifPresent(this::tellWhy);
            }
        } else if (attempt == current) {
            detach();
            requests.restart();
            if (next == null) {
                boolean byOwnHello = handsOver && reason.equals(CloseReason.REPLACED);
                goOn(attempt, byOwnHello ? CloseReason.ABNORMAL : reason);
            } else {
                attempt.failure(reason).ifPresent(this::tellWhy);
                enter(ClientState.CONNECTING); // replaced or drained by now; the next is on its way
            }
        }
    }

    /** Decides what follows the end of the only connection. */
    private void goOn(Attempt ended, CloseReason reason) {
        if (ended.isWelcomed() && loop.nanoTime() - onlineSince >= STEADY.toNanos()) {
            backoff.reset();
        }
        // A token that was good once may have run out: a newer one deserves one attempt.
        boolean tokenRanOut = reason.equals(CloseReason.AUTH) && ended.tokenRanOut() && !triedNewerToken;
        triedNewerToken |= tokenRanOut;
        if (reason.shouldReconnect() || tokenRanOut) {
            ended.failure(reason).ifPresent(this::tellWhy);
            enter(ClientState.WAITING);
            reconnect = loop.after(longest(backoff.next(), ended.retry(), untilDrained(reason)), this::connect);
        } else {
            end(reason);
        }
    }

    /** Tells why there is no session: once, until there is one again or it is for another reason. */
    private void tellWhy(ChatException why) {
        String reason = String.valueOf(why.getMessage());
        if (!reason.equals(told)) {
            told = reason;
            alarm(why);
        } else {
            LOG.debug("Still no session: {}", LogText.escape(reason));
        }
    }

    /** A server that closes what it has drained before the client's moment has come wants the clients spread all the same. */
    private Duration untilDrained(CloseReason reason) {
        return reason.equals(CloseReason.DRAIN) ? Duration.ofNanos(comeBackAt - loop.nanoTime()) : Duration.ZERO;
    }

    private static Duration longest(Duration... durations) {
        return Collections.max(Arrays.asList(durations));
    }

    // A session's frames.

    @Override
    public void received(Attempt attempt, ServerFrame frame) {
        if (attempt == current && !frame.handle(frames)) {
            LOG.debug("An answer that nobody waits for: {}", frame.getClass().getSimpleName());
        }
    }

    @Override
    public void writable(Attempt attempt) {
        if (attempt == current) {
            pump();
        }
    }

    private void changeSoon(ServerFrame.Drain drain) {
        if (!changing) {
            changing = true;
            Duration pause = drain.after().plus(loop.randomUpTo(drain.spread()));
            comeBackAt = loop.nanoTime() + pause.toNanos();
            change = loop.after(pause, () -> {
                if (next == null) {
                    buildNext();
                }
            });
        }
    }

    private void pump() {
        if (current != null) {
            requests.pump(current.link(), window);
            rooms.sayMarks();
        }
        rooms.leaveIfDone(requests::isBusy);
    }

    @Override
    public void joined(RoomFeed feed) {
        pump();
    }

    @Override
    public void markDue(RoomSignals signals) {
        rooms.markDue(signals);
    }

    /** {@inheritDoc} The server tells it to other devices alone. */
    @Override
    public void hasRead(Room room, long seq) {
        user().ifPresent(own -> {
            ServerSignal signal = new ServerSignal.Marked(room.id(), own, 0, seq);
            deliveries.deliver(SIGNAL_BYTES, () -> signalListeners.forEach(listener -> listener.accept(signal)));
        });
    }

    @Override
    public boolean isUser(UserId other) {
        return user().filter(other::equals).isPresent();
    }

    @Override
    public void refused(RoomFeed feed, ErrorCode code) {
        rooms.remove(feed);
        settings.rooms.remove(feed.id(), feed.room());
        requests.giveUpOn(feed.id(), code);
    }

    @Override
    public void alarm(ChatException alarm) {
        LOG.warn("{}", LogText.escape(String.valueOf(alarm.getMessage())));
        deliveries.deliver(0, () -> settings.listener.onAlarm(alarm));
    }

    // Listeners that are slow.

    private void regulateReading() {
        boolean hold = deliveries.isBehind();
        if (current != null && hold != holdsReading) {
            holdsReading = hold;
            current.link().holdReading(hold);
        }
    }

    private void onListenersChanged() {
        regulateReading();
        if (waitsForListeners && !deliveries.isBehind() && state != ClientState.CLOSED) {
            waitsForListeners = false;
            connect();
        }
    }

    // States and the end.

    private void enter(ClientState entered) {
        if (state != entered) {
            state = entered;
            deliveries.deliver(0, () -> settings.listener.onState(entered));
        }
    }

    private void end(CloseReason reason) {
        if (state == ClientState.CLOSED) {
            return;
        }
        reconnect.cancel();
        @Nullable Attempt last = current;
        if (last != null) {
            rooms.sayLastMarks();
            detach();
            last.link().tell(new ClientFrame.Bye());
            last.close(CloseReason.NORMAL);
        }
        if (next != null) {
            next.close(CloseReason.NORMAL);
            next = null;
        }
        enter(ClientState.CLOSED);
        ClientClosedException why = new ClientClosedException(reason);
        if (!reason.equals(CloseReason.NORMAL)) {
            LOG.warn("{}", why.getMessage());
        }
        promises.close(why, failing -> deliveries.deliver(0, failing));
        deliveries.deliver(0, () -> settings.listener.onClosed(reason));
        deliveries.deliver(0, () -> closed.complete(reason));
        deliveries.deliver(0, ending::lastCallMade);
        deliveries.end(() -> {
            promises.close(why, Runnable::run);
            closed.complete(reason);
        });
        terminate(last);
    }

    private void terminate(@Nullable Attempt last) {
        if (last == null) {
            ending.allOver();
            return;
        }
        AtomicBoolean done = new AtomicBoolean();
        Runnable once = () -> {
            if (done.compareAndSet(false, true)) {
                ending.allOver();
            }
        };
        last.link().whenGone(once);
        loop.after(CLOSE_TIMEOUT, once);
    }

    /** What comes on the current session and answers no request. */
    private final class SessionFrames extends UnsolicitedFrames {
        @Override
        void onJoined(ServerFrame.Joined frame) {
            rooms.onJoined(frame);
        }

        @Override
        void onEvents(ServerFrame.Ev frame) {
            rooms.onEvents(frame);
        }

        @Override
        void onRefused(ServerFrame.Refused frame) {
            rooms.onRefused(frame);
        }

        @Override
        void onExpiring(Duration in) {
            if (refresh != null) {
                refresh.start(in);
            }
        }

        @Override
        void onDrain(ServerFrame.Drain frame) {
            changeSoon(frame);
        }

        /** {@inheritDoc} What this side has left is gone already. */
        @Override
        void onLeft(ServerFrame.Left frame) {
            if (frame.reason() != ServerFrame.Left.Reason.QUIT) {
                rooms.with(frame.room(), RoomFeed::onRemoved);
            }
        }

        @Override
        void onSignal(ServerSignal frame) {
            if (frame instanceof ServerSignal.Marked marked) {
                rooms.with(marked.room(), feed -> feed.signals().onMarked(marked));
            } else if (frame instanceof ServerSignal.Typed typed) {
                rooms.with(typed.room(), feed -> feed.signals().onTyped(typed));
            } else if (frame instanceof ServerSignal.Queued queued) {
                requests.queued(queued.room(), queued.clientId());
                rooms.with(queued.room(), feed -> feed.signals().onQueued(queued.clientId()));
            }
            deliveries.deliver(SIGNAL_BYTES, () -> signalListeners.forEach(listener -> listener.accept(frame)));
        }
    }
}
