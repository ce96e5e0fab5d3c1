package io.natterjack.client;

import io.natterjack.core.ChatException;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.LogText;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerSignal;
import java.time.Duration;
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
 * A client at work: what its application wants, on the session that {@link Connecting} brings, and how it all ends.
 *
 * <p><b>Threads.</b> What stands first here is for any thread; all else for the lane,
 * which owns the state.
 */
final class Engine implements Connecting.Owner, RoomFeed.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final int SIGNAL_BYTES = 512;

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final Settings settings;
    private final Loop loop;
    private final Ending ending;
    private final Deliveries deliveries;
    private final Promises promises = new Promises();
    private final Connecting connecting;
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
    private @Nullable Link link;
    private int window = 1;
    private int maxFrameBytes = Attempt.USUAL_FRAME_BYTES;

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
        this.loop = loop;
        this.ending = ending;
        this.deliveries = new Deliveries(settings.listenerExecutor, loop, this::onListenersChanged);
        Tokens tokens = new Tokens(settings.tokens, loop, deliveries);
        this.connecting = new Connecting(target, loop, tokens, deliveries, this);
        this.rooms = new Rooms(loop);
        listen(new ListenerSignals(settings.listener));
        this.requests = new Requests(settings, loop, deliveries, promises, ids, rooms, this::pump);
    }

    // The public face: any thread.

    void start() {
        loop.execute(() -> {
            deliveries.deliver(0, () -> settings.listener.onState(ClientState.CONNECTING));
            connecting.connect();
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
        loop.execute(() -> over(CloseReason.NORMAL));
    }

    // The session that serves.

    @Override
    public Attempt.Hail hail() {
        return new Attempt.Hail(session(), rooms.all(), maxFrameBytes);
    }

    @Override
    public void online(Attempt attempt, ServerFrame.Welcome welcome) {
        link = attempt.link();
        window = welcome.limits().inFlight();
        maxFrameBytes = welcome.limits().frameBytes();
        session = welcome.session();
        user = welcome.user();
        ownPresence.online(attempt.link());
        entered(ClientState.ONLINE);
        deliveries.deliver(0, () -> onlineTasks.forEach(Runnable::run));
        deliveries.deliver(0, () -> ready.complete(welcome.user()));
        rooms.online(attempt);
        pump();
    }

    @Override
    public void offline() {
        detach();
        requests.restart();
    }

    private void detach() {
        link = null;
        ownPresence.offline();
        rooms.offline();
    }

    @Override
    public void received(ServerFrame frame) {
        if (!frame.handle(frames)) {
            LOG.debug("An answer that nobody waits for: {}", frame.getClass().getSimpleName());
        }
    }

    @Override
    public void writable() {
        pump();
    }

    private void pump() {
        if (link != null) {
            requests.pump(link, window);
            rooms.sayMarks();
        }
        rooms.leaveIfDone(requests::isBusy);
    }

    @Override
    public void joined(RoomFeed feed) {
        rooms.settled(feed.id());
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
        rooms.settled(feed.id());
        settings.rooms.remove(feed.id(), feed.room());
        requests.giveUpOn(feed.id(), code);
        pump();
    }

    @Override
    public void shown(RoomEvent own) {
        requests.shown(own);
    }

    @Override
    public void gone(RoomId room, Cursor base) {
        requests.gone(room, base);
    }

    @Override
    public void alarm(ChatException alarm) {
        LOG.warn("{}", LogText.escape(String.valueOf(alarm.getMessage())));
        deliveries.deliver(0, () -> settings.listener.onAlarm(alarm));
    }

    private void onListenersChanged() {
        connecting.listenersChanged();
    }

    // States and the end.

    @Override
    public void entered(ClientState next) {
        if (state != next) {
            state = next;
            deliveries.deliver(0, () -> settings.listener.onState(next));
        }
    }

    @Override
    public void over(CloseReason reason) {
        if (state == ClientState.CLOSED) {
            return;
        }
        if (link != null) {
            rooms.sayLastMarks();
            detach();
        }
        @Nullable Link last = connecting.end();
        entered(ClientState.CLOSED);
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

    private void terminate(@Nullable Link last) {
        if (last == null) {
            allOver();
            return;
        }
        AtomicBoolean done = new AtomicBoolean();
        Runnable once = () -> {
            if (done.compareAndSet(false, true)) {
                allOver();
            }
        };
        last.whenGone(once);
        loop.after(CLOSE_TIMEOUT, once);
    }

    private void allOver() {
        loop.end();
        ending.allOver();
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
            connecting.expiring(in);
        }

        @Override
        void onDrain(ServerFrame.Drain frame) {
            connecting.drained(frame);
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
