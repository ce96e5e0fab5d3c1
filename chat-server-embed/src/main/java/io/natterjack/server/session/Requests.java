package io.natterjack.server.session;

import io.natterjack.core.ClientId;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.DeviceId;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.Standing;
import io.natterjack.core.UserId;
import io.natterjack.core.lane.Lane;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ClientSignal;
import io.natterjack.core.wire.PeopleRequest;
import io.natterjack.core.wire.Ping;
import io.natterjack.core.wire.Pong;
import io.natterjack.core.wire.RoomCursor;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerSignal;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a client that is let in may ask for. Each request returns its answer, if that is known at once. Rooms are here: joining, leaving
 * and changing them; what only reads is in {@link Reads}, what may get lost in {@link SessionSignals}.
 *
 * <p><b>Threads.</b> The session's lane only.
 */
final class Requests implements ClientFrame.Handler<Optional<ServerFrame>>, JoinedRoom.Owner, RoomWriter.Owner {
    static final Duration LATER = Duration.ofSeconds(1);
    private static final Duration SOON = Duration.ofMillis(100);
    private static final int MAX_PENDING_PAGES = 64;
    private static final int MAX_UNSETTLED = 64;

    /** The session as a whole. Called on its lane. */
    interface Session {
        void send(ServerFrame frame);

        void renew(ClientFrame.Auth frame);

        void end(CloseReason reason);
    }

    private final SessionContext context;
    private final Connection connection;
    private final Lane lane;
    private final QueuedChanges queuedChanges;
    private final Accesses accesses;
    private final DeviceId device;
    private final Session session;
    private final PacedWork paced;
    private final Reads reads;
    private final SessionSignals signals;
    /** Written on the lane, read by any thread. */
    private final Map<RoomId, JoinedRoom> joined = new ConcurrentHashMap<>();

    /** Of rooms that are joined, and of others in which something isn't settled, which later changes mustn't overtake. */
    private final Map<RoomId, RoomWriter> writers = new LinkedHashMap<>();

    private int changesUnderWay;
    private Duration wait = Duration.ZERO;

    Requests(
            SessionContext context,
            Connection connection,
            Lane lane,
            SessionId id,
            Accesses accesses,
            DeviceId device,
            Session session) {
        this.context = context;
        this.connection = connection;
        this.lane = lane;
        this.queuedChanges = new QueuedChanges(lane);
        this.accesses = accesses;
        this.device = device;
        this.session = session;
        this.paced = new PacedWork(
                connection, lane, context.lowMark(), context.settings().maxRooms() + MAX_PENDING_PAGES);
        this.signals = new SessionSignals(context, connection, lane, id, accesses, device, session, this::accessOf);
        this.reads = new Reads(context, lane, accesses, session, paced, signals, this::accessOf);
    }

    /** Returns what is known of what the user may do in a room that is joined; nothing if it must be asked. */
    private Optional<Access> accessOf(RoomId room) {
        JoinedRoom place = joined.get(room);
        return place == null ? Optional.empty() : place.access();
    }

    /** The session is open: others may see it. */
    void opened() {
        signals.opened();
    }

    /**
     * Answers a frame.
     *
     * @param tooFast how long the client should have waited with it; zero if it was in time
     */
    void handle(ClientFrame frame, Duration tooFast) {
        wait = tooFast;
        // A change must be refused by its room, so that nothing overtakes it; a signal is left out in silence.
        boolean refusesItself = frame instanceof ClientFrame.Send || frame instanceof ClientFrame.Change;
        // Who goes is let go, and who answers our ping does as told.
        boolean asksForNothing = frame instanceof ClientFrame.Bye || frame instanceof Pong;
        Optional<ServerFrame> answer;
        if (tooFast.isZero() || refusesItself || asksForNothing) {
            answer = frame.handle(this);
        } else if (frame instanceof ClientSignal && frame.id() == 0) {
            answer = Optional.empty();
        } else {
            answer = refused(frame.id(), ErrorCode.RATE_LIMITED, tooFast);
        }
        answer.ifPresent(session::send);
    }

    /** Returns the rooms that are joined. Any thread. */
    Set<RoomId> rooms() {
        return Set.copyOf(joined.keySet());
    }

    /** Somebody has blocked {@code other}, or does so no more, and {@code room} is their direct room. No event says so. */
    void blocked(RoomId room, UserId other) {
        JoinedRoom place = joined.get(room);
        if (place != null) {
            place.forgetAccess();
        }
        if (accesses.user().equals(other)) {
            signals.watchAnew();
        }
    }

    void drained() {
        paced.goOn();
    }

    /**
     * Ends what the session has.
     *
     * @param forGood whether the client said that it won't be back
     */
    void close(boolean forGood) {
        paced.clear();
        queuedChanges.close();
        signals.close(forGood);
        joined.values().forEach(JoinedRoom::leave);
        joined.clear();
    }

    @Override
    public Optional<ServerFrame> hello(ClientFrame.Hello frame) {
        refused(frame.id(), ErrorCode.BAD_FRAME, "hello was said already").ifPresent(session::send);
        session.end(CloseReason.PROTOCOL);
        return Optional.empty();
    }

    @Override
    public Optional<ServerFrame> auth(ClientFrame.Auth frame) {
        session.renew(frame);
        return Optional.empty();
    }

    @Override
    public Optional<ServerFrame> ping(Ping frame) {
        return Optional.of(new Pong());
    }

    @Override
    public Optional<ServerFrame> pong(Pong frame) {
        return Optional.empty();
    }

    @Override
    public Optional<ServerFrame> bye(ClientFrame.Bye frame) {
        signals.saidBye();
        session.end(CloseReason.NORMAL);
        return Optional.empty();
    }

    // Joining and leaving.

    @Override
    public Optional<ServerFrame> join(ClientFrame.Join frame) {
        return join(frame.id(), frame.room(), frame.cursor(), frame.tail());
    }

    /** Joins the rooms of the hello. */
    void join(List<RoomCursor> rooms) {
        rooms.forEach(each -> join(0, each.room(), each.cursor(), 0).ifPresent(session::send));
    }

    /** Joins a room, or joins it anew from another cursor. */
    private Optional<ServerFrame> join(int requestId, RoomId room, Optional<Cursor> cursor, int tail) {
        JoinedRoom former = joined.get(room);
        if (former == null && joined.size() >= context.settings().maxRooms()) {
            return Optional.of(new ServerFrame.Refused(
                    requestId,
                    ErrorCode.TOO_LARGE,
                    Optional.of("a session may join " + joined.size() + " rooms"),
                    Optional.empty(),
                    Optional.of(room),
                    Optional.empty()));
        }
        JoinedRoom place = new JoinedRoom(context, connection, lane, room, accesses, requestId, cursor, tail, this);
        joined.put(room, place);
        writer(room).joined(place);
        if (former == null) {
            begin(place);
        } else {
            former.leave().thenRunAsync(() -> begin(place), lane);
        }
        return Optional.empty();
    }

    private void begin(JoinedRoom place) {
        if (!paced.add(place)) {
            place.refuse(ErrorCode.BUSY);
        }
    }

    /** The room is attached, or can't be for now: either way what was sent behind the join needn't wait any longer. */
    @Override
    public void decided(JoinedRoom place) {
        if (joined.get(place.room()) == place) {
            if (place.isAttached() && !place.isOfFormerMember()) {
                signals.joined(place.room());
            }
            writer(place.room()).advance();
        }
    }

    @Override
    public void removed(JoinedRoom place) {
        if (joined.remove(place.room(), place)) {
            signals.left(place.room());
            writer(place.room()).joined(null);
            forgetClearWriters();
        }
    }

    @Override
    public Optional<ServerFrame> leave(ClientFrame.Leave frame) {
        JoinedRoom place = joined.remove(frame.room());
        if (place == null && !frame.isQuit()) {
            return refused(frame.id(), ErrorCode.NOT_MEMBER, "the room isn't joined");
        }
        // What was sent before goes first, joined or not yet.
        writer(frame.room()).joined(null);
        signals.left(frame.room());
        if (frame.isQuit()) {
            quit(frame);
        }
        if (place != null) {
            place.leave().thenRunAsync(() -> left(frame), lane);
        }
        forgetClearWriters();
        return Optional.empty();
    }

    private void left(ClientFrame.Leave frame) {
        session.send(new ServerFrame.Left(frame.room(), ServerFrame.Left.Reason.QUIT));
        if (frame.id() > 0 && !frame.isQuit()) {
            session.send(new ServerFrame.Ok(frame.id(), OptionalLong.empty()));
        }
    }

    /** Leaving for good is an event like any other change; it answers with {@code ok}. */
    private void quit(ClientFrame.Leave frame) {
        RoomChange change = new RoomChange.Member(accesses.user(), Standing.OUT, Optional.empty(), 0);
        changesUnderWay++;
        writer(frame.room())
                .submit(new Mutation(
                        frame.id(),
                        frame.room(),
                        context.ownClientId(),
                        false,
                        change.body(),
                        Optional.empty(),
                        change));
    }

    private RoomWriter writer(RoomId room) {
        return writers.computeIfAbsent(room, first -> new RoomWriter(context, lane, room, accesses, device, this));
    }

    /** Writers of rooms that aren't joined stay until all is settled; if those are many, the eldest go. */
    private void forgetClearWriters() {
        int others = writers.size() - joined.size();
        Iterator<Map.Entry<RoomId, RoomWriter>> each = writers.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<RoomId, RoomWriter> entry = each.next();
            boolean isOther = !joined.containsKey(entry.getKey());
            if (isOther && (entry.getValue().isClear() || others > MAX_UNSETTLED)) {
                each.remove();
                others--;
            }
        }
    }

    // Changing.

    @Override
    public Optional<ServerFrame> send(ClientFrame.Send frame) {
        JoinedRoom place = joined.get(frame.room());
        if (place == null) {
            answered(Mutation.of(frame, frame.room()), Outcome.Refused.forGood(ErrorCode.NOT_MEMBER), "", false);
            return Optional.empty();
        }
        // The room's own name, not each frame's: events are kept.
        change(Mutation.of(frame, place.room()));
        return Optional.empty();
    }

    @Override
    public Optional<ServerFrame> change(ClientFrame.Change frame) {
        change(Mutation.of(frame, accesses.user()));
        return Optional.empty();
    }

    private void change(Mutation mutation) {
        RoomWriter writer = writer(mutation.room());
        Optional<Outcome.Refused> behind = writer.behind(mutation);
        if (behind.isPresent()) {
            answered(mutation, behind.get(), "", false);
        } else if (!wait.isZero()) {
            changesUnderWay++;
            writer.refuse(mutation, Outcome.Refused.retryAfter(ErrorCode.RATE_LIMITED, wait));
        } else if (changesUnderWay >= context.settings().limits().inFlight()) {
            changesUnderWay++;
            writer.refuse(mutation, Outcome.Refused.retryAfter(ErrorCode.BUSY, SOON));
        } else {
            changesUnderWay++;
            writer.submit(mutation);
        }
    }

    @Override
    public void answered(Mutation mutation, Outcome outcome, String message) {
        answered(mutation, outcome, message, true);
    }

    private void answered(Mutation mutation, Outcome outcome, String message, boolean wasUnderWay) {
        if (wasUnderWay) {
            changesUnderWay--;
        }
        boolean isQuit = mutation.clientId().value().startsWith(ClientId.SERVERS_OWN);
        if (outcome instanceof Outcome.Queued queued) {
            session.send(new ServerSignal.Queued(mutation.room(), mutation.clientId()));
            queuedChanges.await(mutation, queued.settled(), settled -> answered(mutation, settled, "", false));
        } else if (outcome instanceof Outcome.Accepted accepted) {
            session.send(
                    isQuit
                            ? new ServerFrame.Ok(mutation.id(), OptionalLong.empty())
                            : new ServerFrame.Ack(
                                    mutation.id(),
                                    mutation.room(),
                                    mutation.clientId(),
                                    accepted.at(),
                                    accepted.timestamp(),
                                    accepted.isDuplicate()));
        } else if (outcome instanceof Outcome.Refused refused) {
            session.send(new ServerFrame.Refused(
                    mutation.id(),
                    refused.code(),
                    message.isEmpty() ? Optional.empty() : Optional.of(message),
                    refused.retry(),
                    Optional.of(mutation.room()),
                    isQuit ? Optional.empty() : Optional.of(mutation.clientId())));
        }
        if (!joined.containsKey(mutation.room())) {
            forgetClearWriters();
        }
    }

    // Reading.

    @Override
    public Optional<ServerFrame> history(ClientFrame.History frame) {
        return reads.history(frame, joined.containsKey(frame.query().room()));
    }

    @Override
    public Optional<ServerFrame> changes(ClientFrame.Changes frame) {
        return reads.changes(frame, joined.containsKey(frame.room()));
    }

    @Override
    public Optional<ServerFrame> askInbox(PeopleRequest.Inbox frame) {
        return reads.askInbox(frame);
    }

    @Override
    public Optional<ServerFrame> askMembers(PeopleRequest.Members frame) {
        return reads.askMembers(frame);
    }

    @Override
    public Optional<ServerFrame> askReceipts(PeopleRequest.Readers frame) {
        return reads.askReceipts(frame);
    }

    @Override
    public Optional<ServerFrame> search(PeopleRequest.Search frame) {
        return reads.search(frame);
    }

    @Override
    public Optional<ServerFrame> direct(PeopleRequest.Direct frame) {
        return reads.direct(frame);
    }

    @Override
    public Optional<ServerFrame> askUsers(PeopleRequest.Users frame) {
        return reads.askUsers(frame);
    }

    @Override
    public Optional<ServerFrame> setProfile(PeopleRequest.SetProfile frame) {
        return reads.setProfile(frame);
    }

    @Override
    public Optional<ServerFrame> block(PeopleRequest.Block frame) {
        return reads.block(frame);
    }

    @Override
    public Optional<ServerFrame> setNotify(PeopleRequest.SetNotify frame) {
        return reads.setNotify(frame);
    }

    // What may get lost.

    @Override
    public Optional<ServerFrame> mark(ClientSignal.Mark frame) {
        return signals.mark(frame);
    }

    @Override
    public Optional<ServerFrame> typing(ClientSignal.Typing frame) {
        return signals.typing(frame);
    }

    @Override
    public Optional<ServerFrame> setPresence(ClientSignal.SetPresence frame) {
        return signals.setPresence(frame);
    }

    @Override
    public Optional<ServerFrame> call(ClientSignal.Call frame) {
        return signals.call(frame);
    }

    @Override
    public Optional<ServerFrame> askIce(ClientSignal.AskIce frame) {
        return signals.askIce(frame);
    }

    static Optional<ServerFrame> refused(int requestId, ErrorCode code, String message) {
        return Optional.of(ServerFrame.Refused.of(requestId, code, message));
    }

    static Optional<ServerFrame> refused(int requestId, ErrorCode code, Duration retry) {
        return Optional.of(new ServerFrame.Refused(
                requestId, code, Optional.empty(), Optional.of(retry), Optional.empty(), Optional.empty()));
    }
}
