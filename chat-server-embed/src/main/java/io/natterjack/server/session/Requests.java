package io.natterjack.server.session;

import io.natterjack.core.CloseReason;
import io.natterjack.core.DeviceId;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.lane.Budget;
import io.natterjack.core.lane.Lane;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ClientSignal;
import io.natterjack.core.wire.PeopleRequest;
import io.natterjack.core.wire.Ping;
import io.natterjack.core.wire.Pong;
import io.natterjack.core.wire.RoomCursor;
import io.natterjack.core.wire.ServerFrame;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a client that is let in may ask for, and who answers it: rooms are in {@link SessionRooms}, changes of them in {@link
 * SessionChanges}, what only reads is in {@link Reads}, what may get lost in {@link SessionSignals}. Each request returns its answer, if that
 * is known at once.
 *
 * <p><b>Threads.</b> The session's lane only, save {@link #rooms}.
 */
final class Requests implements ClientFrame.Handler<Optional<ServerFrame>> {
    private static final int MAX_PENDING_PAGES = 64;

    private final Accesses accesses;
    private final OpenSession session;
    private final PacedWork paced;
    private final SessionChanges changes;
    private final SessionSignals signals;
    private final SessionRooms rooms;
    private final Reads reads;

    /** How long the client should have waited with the frame at hand. */
    private Duration wait = Duration.ZERO;

    Requests(
            SessionContext context,
            Connection connection,
            Lane lane,
            SessionId id,
            Accesses accesses,
            DeviceId device,
            OpenSession session,
            Budget unanswered) {
        this.accesses = accesses;
        this.session = session;
        this.paced = new PacedWork(
                connection, lane, context.lowMark(), context.settings().maxRooms() + MAX_PENDING_PAGES);
        this.changes = new SessionChanges(context, lane, accesses, device, session, unanswered);
        this.signals = new SessionSignals(context, connection, lane, id, accesses, device, session, this::accessOf);
        this.rooms = new SessionRooms(context, connection, lane, accesses, session, paced, signals, changes);
        this.reads = new Reads(context, lane, accesses, session, paced, signals, this::accessOf);
    }

    /** Returns what is known of what the user may do in a room that is joined; nothing if it must be asked. */
    private Optional<Access> accessOf(RoomId room) {
        return rooms.access(room);
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
            answer = Refusals.refused(frame.id(), ErrorCode.RATE_LIMITED, tooFast);
        }
        answer.ifPresent(session::send);
    }

    /** Returns the rooms that are joined. Any thread. */
    Set<RoomId> rooms() {
        return rooms.rooms();
    }

    /** Somebody has blocked {@code other}, or does so no more, and {@code room} is their direct room. No event says so. */
    void blocked(RoomId room, UserId other) {
        rooms.place(room).ifPresent(place -> place.known().forget());
        if (accesses.user().equals(other)) {
            signals.watchAnew();
        }
    }

    void drained() {
        paced.goOn();
    }

    /** Ends what the session has. */
    void close() {
        paced.clear();
        changes.close();
        signals.close();
        rooms.close();
    }

    @Override
    public Optional<ServerFrame> hello(ClientFrame.Hello frame) {
        Refusals.refused(frame.id(), ErrorCode.BAD_FRAME, "hello was said already")
                .ifPresent(session::send);
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

    // Rooms.

    @Override
    public Optional<ServerFrame> join(ClientFrame.Join frame) {
        return rooms.join(frame);
    }

    /** Joins the rooms of the hello. */
    void join(List<RoomCursor> cursors) {
        rooms.join(cursors);
    }

    @Override
    public Optional<ServerFrame> leave(ClientFrame.Leave frame) {
        return rooms.leave(frame);
    }

    @Override
    public Optional<ServerFrame> send(ClientFrame.Send frame) {
        Optional<JoinedRoom> place = rooms.place(frame.room());
        if (place.isPresent()) {
            // The room's own name, not each frame's: events are kept.
            changes.take(Mutation.of(frame, place.get().room()), wait);
        } else {
            changes.takeUnjoined(Mutation.of(frame, frame.room()), wait);
        }
        return Optional.empty();
    }

    @Override
    public Optional<ServerFrame> change(ClientFrame.Change frame) {
        changes.take(Mutation.of(frame, accesses.user()), wait);
        return Optional.empty();
    }

    // Reading.

    @Override
    public Optional<ServerFrame> history(ClientFrame.History frame) {
        return reads.history(frame, rooms.isJoined(frame.query().room()));
    }

    @Override
    public Optional<ServerFrame> changes(ClientFrame.Changes frame) {
        return reads.changes(frame, rooms.isJoined(frame.room()));
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
}
