package io.natterjack.server.session;

import io.natterjack.core.CallSignal;
import io.natterjack.core.DeviceId;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Membership;
import io.natterjack.core.Notify;
import io.natterjack.core.Permission;
import io.natterjack.core.PresenceState;
import io.natterjack.core.PresenceState.Availability;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomView;
import io.natterjack.core.SessionId;
import io.natterjack.core.Standing;
import io.natterjack.core.UserId;
import io.natterjack.core.lane.Lane;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.Presence;
import io.natterjack.core.spi.Signal;
import io.natterjack.core.spi.Signals;
import io.natterjack.core.wire.ClientSignal;
import io.natterjack.core.wire.PeopleAnswer;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerSignal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one session says of now and hears of now: receipts, typing, presence, calls, news of rooms that it hasn't joined.
 *
 * <p><b>Threads.</b> {@link #signal}: any. All else: the session's lane.
 */
final class SessionSignals implements Signals.Sink {
    private static final Logger LOG = LoggerFactory.getLogger(SessionSignals.class);
    private static final Duration MARK_PAUSE = Duration.ofSeconds(1);
    private static final Duration TYPING_PAUSE = Duration.ofSeconds(1);

    /** The most members of a room of whom each hears how far each other has read. */
    static final int MAX_RECEIPTS = 100;

    private static final int MAX_HEARD_OF = 1_000;
    private static final int MAX_WAITING_CALLS = 64;

    /** A watermark that is on its way to the store, and one that waits for its turn. */
    private static final class Marks {
        long epoch;
        long delivered;
        long read;
        boolean pausing;

        boolean isNews() {
            return delivered > 0 || read > 0;
        }
    }

    private final SessionContext context;
    private final Connection connection;
    private final Lane lane;
    private final Accesses accesses;
    private final DeviceId device;
    private final Requests.Session session;
    private final Function<RoomId, Optional<Access>> known;
    private final SessionId id;
    private Signals.Listening asUser = () -> {};
    private final Map<RoomId, Signals.Listening> inRooms = new HashMap<>();
    /** Changed on the lane alone; looked into by the store's threads. */
    private final Map<RoomId, Bumps.Interest> heardOf = new ConcurrentHashMap<>();

    private int departures;
    private int waitingCalls;
    private CompletableFuture<Optional<ErrorCode>> lastCall = CompletableFuture.completedFuture(Optional.empty());
    private int watches;
    private final Map<RoomId, Marks> marks = new HashMap<>();
    private final Map<RoomId, Long> typed = new LinkedHashMap<>();
    private final Set<RoomId> typing = new HashSet<>();
    private PresenceState state = new PresenceState(Availability.ONLINE, "", 0);
    private Presence.Watching watching = () -> {};
    private List<UserId> watched = List.of();
    private boolean closed;
    private boolean isGoingForGood;

    SessionSignals(
            SessionContext context,
            Connection connection,
            Lane lane,
            SessionId id,
            Accesses accesses,
            DeviceId device,
            Requests.Session session,
            Function<RoomId, Optional<Access>> known) {
        this.context = context;
        this.connection = connection;
        this.lane = lane;
        this.accesses = accesses;
        this.device = device;
        this.session = session;
        this.known = known;
        this.id = id;
    }

    private Signals signals() {
        return context.services().signals();
    }

    /** Begins to hear and to be there. Nothing may reach the client before it is welcomed, so this comes behind that. */
    void opened() {
        asUser = signals().listen(accesses.user(), id, this);
        context.services().presence().connected(accesses.user(), id, state);
    }

    void saidBye() {
        isGoingForGood = true;
    }

    void close(boolean forGood) {
        closed = true;
        marks.forEach(this::write);
        marks.clear();
        typing.forEach(room -> tellTyping(room, false));
        typing.clear();
        asUser.close();
        inRooms.values().forEach(Signals.Listening::close);
        inRooms.clear();
        heardOf.values().forEach(Bumps.Interest::close);
        heardOf.clear();
        watching.close();
        context.services().calls().gone(id);
        context.services().presence().disconnected(accesses.user(), id, forGood || isGoingForGood);
    }

    @Override
    public void signal(Signal signal) {
        if (signal.frame() instanceof ServerSignal.Marked marked && !isTold(marked)) {
            return;
        }
        connection.signal(signal.kind(), signal.encoded());
        if (signal.frame() instanceof ServerSignal.Standing standing) {
            lane.execute(() -> standingChanged(standing));
        }
    }

    /** Who only looks into a room isn't told how far its members are. */
    private boolean isTold(ServerSignal.Marked marked) {
        return marked.user().equals(accesses.user())
                || !known.apply(marked.room())
                        .filter(access -> !access.may(Permission.RECEIPTS))
                        .isPresent();
    }

    private void standingChanged(ServerSignal.Standing standing) {
        if (closed) {
            return;
        }
        if (!standing.change().isIn()) {
            departures++;
            watchAnew(); // there may be people with whom no room is shared any more
        }
        if (heardOf.isEmpty()) {
            return;
        }
        switch (standing.change().standing()) {
            case IN -> hearOf(List.of(standing.room()));
            case OUT, INVITED, BANNED -> stopHearingOf(standing.room());
        }
    }

    // Rooms.

    void joined(RoomId room) {
        inRooms.computeIfAbsent(room, first -> signals().listen(room, accesses.user(), id, this));
    }

    void left(RoomId room) {
        Signals.Listening listening = inRooms.remove(room);
        if (listening != null) {
            listening.close();
        }
        typing.remove(room);
    }

    /** Returns how often the user has left a room, or was removed from one. */
    int departures() {
        return departures;
    }

    /** Returns those of the rooms, of which the client doesn't hear yet, that the user belongs to and may read. Blocks on the store. */
    List<RoomId> readable(MessageStore store, List<RoomId> rooms) {
        return rooms.stream()
                .filter(room -> !heardOf.containsKey(room))
                .filter(room -> isReadable(store, room))
                .toList();
    }

    /** Has the client hear in its inbox of those of the rooms that it may read. */
    private void hearOf(List<RoomId> rooms) {
        int before = departures;
        context.store()
                .read(store -> readable(store, rooms))
                .whenCompleteAsync(
                        (readable, failure) -> {
                            if (readable != null) {
                                hearOf(readable, before);
                            }
                        },
                        lane);
    }

    /**
     * Has the client hear of rooms that it could read when it had departed that often; if it has departed since, that is asked once
     * more.
     */
    void hearOf(List<RoomId> readable, int departuresBefore) {
        if (closed) {
            return;
        }
        if (departuresBefore == departures) {
            readable.forEach(this::hearOf);
        } else {
            hearOf(readable);
        }
    }

    private void hearOf(RoomId room) {
        if (!closed && heardOf.size() < MAX_HEARD_OF) {
            heardOf.computeIfAbsent(room, first -> context.services().bumps().listen(room, new HeardRoom(room)));
        }
    }

    private final class HeardRoom implements Bumps.Ear {
        private final RoomId room;

        HeardRoom(RoomId room) {
            this.room = room;
        }

        @Override
        public UserId user() {
            return accesses.user();
        }

        @Override
        public void bump(Signal signal) {
            connection.signal(signal.kind(), signal.encoded());
        }

        @Override
        public CompletionStage<Boolean> mayStill() {
            return context.store().read(store -> isReadable(store, room)).thenApply(may -> {
                if (!may) {
                    lane.execute(() -> noLongerIn(room));
                }
                return may;
            });
        }
    }

    private boolean isReadable(MessageStore store, RoomId room) {
        Access access = accesses.now(store, room);
        return access.view().standing() == Standing.IN && access.may(Permission.READ);
    }

    /** The user was removed from a room, and nobody told this session. */
    private void noLongerIn(RoomId room) {
        if (closed) {
            return;
        }
        departures++;
        watchAnew();
        stopHearingOf(room);
    }

    private void stopHearingOf(RoomId room) {
        Bumps.Interest interest = heardOf.remove(room);
        if (interest != null) {
            interest.close();
        }
    }

    /** Returns about how many people have the room joined now. */
    CompletionStage<Integer> present(RoomId room) {
        return signals().present(room);
    }

    void notified(RoomId room, Notify notifications) {
        signals()
                .toUser(
                        accesses.user(),
                        new Signal(new ServerSignal.Notified(room, notifications), Signal.kind("notify", room)),
                        Optional.of(id));
    }

    // Receipts.

    /** Takes a watermark. What comes within a second of the last one waits, and the newest counts. */
    Optional<ServerFrame> mark(ClientSignal.Mark frame) {
        if (marks.size() >= MAX_HEARD_OF && !marks.containsKey(frame.room())) {
            return Optional.empty();
        }
        Marks mark = marks.computeIfAbsent(frame.room(), first -> new Marks());
        if (mark.epoch != frame.epoch()) {
            mark.epoch = frame.epoch();
            mark.delivered = 0;
            mark.read = 0;
        }
        mark.delivered = Math.max(mark.delivered, frame.delivered());
        mark.read = Math.max(mark.read, frame.read());
        if (!mark.pausing) {
            mark.pausing = true;
            write(frame.room(), mark);
            context.scheduler().after(MARK_PAUSE, () -> lane.execute(() -> markAgain(frame.room())));
        }
        return Optional.empty();
    }

    private void markAgain(RoomId room) {
        Marks mark = marks.get(room);
        if (mark == null || closed) {
            return;
        }
        if (mark.isNews()) {
            write(room, mark);
            context.scheduler().after(MARK_PAUSE, () -> lane.execute(() -> markAgain(room)));
        } else {
            marks.remove(room);
        }
    }

    private void write(RoomId room, Marks mark) {
        long delivered = mark.delivered;
        long read = mark.read;
        mark.delivered = 0;
        mark.read = 0;
        if (delivered == 0 && read == 0) {
            return;
        }
        long epoch = mark.epoch;
        context.store()
                .read(store -> {
                    RoomView view = store.view(room, accesses.user());
                    Optional<Membership> before = view.membership().filter(Membership::isIn);
                    if (before.isPresent() && view.head().epoch() == epoch) {
                        store.mark(room, accesses.user(), delivered, read);
                        Membership after =
                                before.get().marked(delivered, read, view.head().seq());
                        if (!after.equals(before.get())) {
                            tellMarks(after, isToldToAll(store, view));
                        }
                    }
                    return true;
                })
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        LOG.debug("{}: a watermark wasn't kept; a later one says more", connection.id());
                    }
                });
    }

    private boolean isToldToAll(MessageStore store, RoomView view) {
        return context.services().policy().permissions(accesses.who(), view).has(Permission.RECEIPTS)
                // One more than may be told shows whether there are too many.
                && store.members(view.room(), Standing.IN, Optional.empty(), MAX_RECEIPTS + 1)
                                .size()
                        <= MAX_RECEIPTS;
    }

    private void tellMarks(Membership member, boolean toRoom) {
        Signal signal = new Signal(
                new ServerSignal.Marked(member.room(), member.user(), member.delivered(), member.read()),
                Signal.kind("mark", member.room(), member.user()));
        signals().toUser(member.user(), signal, Optional.of(id));
        if (toRoom) {
            signals().toRoom(member.room(), signal, Optional.of(id));
        }
    }

    // Typing.

    Optional<ServerFrame> typing(ClientSignal.Typing frame) {
        Optional<Access> access = known.apply(frame.room());
        if (access.isPresent()) {
            type(frame, access.get());
        } else if (inRooms.containsKey(frame.room())) {
            withAccess(frame.room())
                    .whenCompleteAsync(
                            (asked, failure) -> {
                                if (asked != null && inRooms.containsKey(frame.room())) {
                                    type(frame, asked);
                                }
                            },
                            lane);
        }
        return Optional.empty();
    }

    private void type(ClientSignal.Typing frame, Access access) {
        RoomId room = frame.room();
        if (!access.may(Permission.TYPING)) {
            return;
        }
        long now = context.scheduler().nanoTime();
        Long last = typed.get(room);
        if (frame.isOn() && last != null && now - last < TYPING_PAUSE.toNanos()) {
            return;
        }
        if (frame.isOn()) {
            typed.keySet().removeIf(other -> typed.size() > MAX_RECEIPTS);
            typed.put(room, now);
            typing.add(room);
            tellTyping(room, true);
        } else if (typing.remove(room)) {
            typed.remove(room);
            tellTyping(room, false);
        }
    }

    private void tellTyping(RoomId room, boolean on) {
        signals()
                .toRoom(
                        room,
                        new Signal(
                                new ServerSignal.Typed(room, accesses.user(), on),
                                Signal.kind("typing", room, accesses.user())),
                        Optional.of(id));
    }

    // Presence.

    Optional<ServerFrame> setPresence(ClientSignal.SetPresence frame) {
        Availability availability = frame.state().orElse(state.availability());
        try {
            state = new PresenceState(
                    availability == Availability.OFFLINE ? Availability.HIDDEN : availability,
                    frame.status().orElse(state.status()),
                    0);
        } catch (IllegalArgumentException invalid) {
            return Requests.refused(0, ErrorCode.TOO_LARGE, String.valueOf(invalid.getMessage()));
        }
        context.services().presence().connected(accesses.user(), id, state);
        frame.watch().ifPresent(this::watch);
        return Optional.empty();
    }

    /** Who may be watched may have changed. */
    void watchAnew() {
        if (!closed && !watched.isEmpty()) {
            watch(watched);
        }
    }

    /** People see those with whom they share a room, and who haven't blocked them. */
    private void watch(List<UserId> users) {
        watched = users;
        int asked = ++watches;
        watching.close();
        watching = () -> {};
        context.store()
                .read(store -> store.people().acquaintances(accesses.user(), users))
                .whenCompleteAsync(
                        (acquainted, failure) -> {
                            if (acquainted != null && !closed && asked == watches) {
                                watch(acquainted);
                            }
                        },
                        lane);
    }

    private void watch(Set<UserId> acquainted) {
        watching.close();
        Watch watch = new Watch();
        watching = watch;
        watch.begin(acquainted);
    }

    /** One watching of people. All but {@link #seen} is called on the lane. */
    private final class Watch implements Presence.Watching, Presence.Sink {
        private final Set<UserId> changed = new HashSet<>();
        private Presence.Watching changes = () -> {};
        private boolean over;

        void begin(Set<UserId> users) {
            Presence presence = context.services().presence();
            changes = presence.watch(users, this);
            presence.query(users).thenAcceptAsync(states -> states.forEach(this::answered), lane);
        }

        @Override
        public void seen(UserId user, PresenceState state) {
            lane.execute(() -> {
                changed.add(user);
                tell(user, state);
            });
        }

        /** What was seen since is newer than the answer. */
        private void answered(UserId user, PresenceState state) {
            if (!changed.contains(user)) {
                tell(user, state);
            }
        }

        private void tell(UserId user, PresenceState state) {
            if (!over) {
                signal(new Signal(new ServerSignal.Presence(user, state), Signal.kind("presence", user)));
            }
        }

        @Override
        public void close() {
            over = true;
            changes.close();
        }
    }

    // Calls.

    /** Takes a call's signals one after the other, that none overtakes its offer. */
    Optional<ServerFrame> call(ClientSignal.Call frame) {
        if (waitingCalls >= MAX_WAITING_CALLS) {
            return Requests.refused(frame.id(), ErrorCode.BUSY, Requests.LATER);
        }
        waitingCalls++;
        lastCall = lastCall.handle((done, failure) -> done)
                .thenComposeAsync(before -> refusalOf(frame), lane)
                .handleAsync(
                        (refusal, failure) -> {
                            waitingCalls--;
                            if (failure == null) {
                                answer(frame.id(), refusal);
                            } else {
                                Requests.refused(frame.id(), ErrorCode.UNAVAILABLE, Requests.LATER)
                                        .ifPresent(session::send);
                            }
                            return Optional.empty();
                        },
                        lane);
        return Optional.empty();
    }

    private CompletableFuture<Optional<ErrorCode>> refusalOf(ClientSignal.Call frame) {
        if (closed) {
            return CompletableFuture.completedFuture(Optional.of(ErrorCode.TARGET_UNKNOWN));
        }
        Calls calls = context.services().calls();
        Calls.Party self = new Calls.Party(accesses.user(), device, id);
        CallSignal signal = frame.signal();
        // Who is in a call can end it, whatever else they may not any more.
        return signal.op() == CallSignal.Op.HANGUP
                ? calls.signal(frame.room(), self, signal)
                        .toCompletableFuture()
                        .thenCompose(refusal -> refusal.isEmpty()
                                ? CompletableFuture.completedFuture(refusal)
                                : refusalOf(frame.room(), self, signal))
                : refusalOf(frame.room(), self, signal);
    }

    private CompletableFuture<Optional<ErrorCode>> refusalOf(RoomId room, Calls.Party self, CallSignal signal) {
        return ifMayCall(
                        room,
                        access -> signal.op() == CallSignal.Op.OFFER
                                ? accesses.membership(room, signal.user().orElse(accesses.user()))
                                        .thenApply(SessionSignals::refusalToCall)
                                : CompletableFuture.completedFuture(Optional.empty()))
                .thenComposeAsync(
                        refusal -> refusal.isEmpty()
                                ? signalUnlessClosed(room, self, signal)
                                : CompletableFuture.completedFuture(refusal),
                        lane);
    }

    private static Optional<ErrorCode> refusalToCall(Optional<Membership> callee) {
        return callee.filter(Membership::isIn).isPresent() ? Optional.empty() : Optional.of(ErrorCode.FORBIDDEN);
    }

    /** A session that went while it was asked what it may do has hung up already: it must not be in a call after that. */
    private CompletableFuture<Optional<ErrorCode>> signalUnlessClosed(
            RoomId room, Calls.Party self, CallSignal signal) {
        return closed
                ? CompletableFuture.completedFuture(Optional.of(ErrorCode.TARGET_UNKNOWN))
                : context.services().calls().signal(room, self, signal).toCompletableFuture();
    }

    private CompletableFuture<Optional<ErrorCode>> ifMayCall(
            RoomId room, Function<Access, CompletableFuture<Optional<ErrorCode>>> then) {
        return withAccess(room)
                .thenCompose(access ->
                        access.may(Permission.CALL) && access.view().role().isPresent()
                                ? then.apply(access)
                                : CompletableFuture.completedFuture(Optional.of(access.refusal())));
    }

    private void answer(int requestId, Optional<ErrorCode> refusal) {
        if (refusal.isPresent()) {
            session.send(ServerFrame.Refused.of(requestId, refusal.get(), "the call can't be made"));
        } else if (requestId > 0) {
            session.send(new ServerFrame.Ok(requestId, OptionalLong.empty()));
        }
    }

    private CompletableFuture<Access> withAccess(RoomId room) {
        return known.apply(room).map(CompletableFuture::completedFuture).orElseGet(() -> accesses.load(room));
    }

    Optional<ServerFrame> askIce(ClientSignal.AskIce frame) {
        withAccess(frame.room())
                .whenCompleteAsync(
                        (access, failure) -> {
                            if (access == null) {
                                Requests.refused(frame.id(), ErrorCode.UNAVAILABLE, Requests.LATER)
                                        .ifPresent(session::send);
                            } else if (access.may(Permission.CALL)
                                    && access.view().role().isPresent()) {
                                session.send(new PeopleAnswer.Ice(
                                        frame.id(),
                                        new ArrayList<>(context.services().ice().apply(accesses.user()))));
                            } else {
                                session.send(ServerFrame.Refused.of(
                                        frame.id(), access.refusal(), "calls aren't allowed here"));
                            }
                        },
                        lane);
        return Optional.empty();
    }
}
