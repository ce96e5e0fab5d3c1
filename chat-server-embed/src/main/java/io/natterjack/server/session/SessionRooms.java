package io.natterjack.server.session;

import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.RoomId;
import io.natterjack.core.lane.Lane;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.RoomCursor;
import io.natterjack.core.wire.ServerFrame;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The rooms that a client has joined: how it comes in and how it goes.
 *
 * <p><b>Threads.</b> {@link #rooms}, {@link #access}: any. All else: the session's lane.
 */
final class SessionRooms implements JoinedRoom.Owner {
    private static final Duration SOON = Duration.ofMillis(100);

    private final SessionContext context;
    private final Connection connection;
    private final Lane lane;
    private final Accesses accesses;
    private final OpenSession session;
    private final PacedWork paced;
    private final SessionSignals signals;
    private final SessionChanges changes;
    /** Written on the lane, read by any thread. */
    private final Map<RoomId, JoinedRoom> joined = new ConcurrentHashMap<>();

    SessionRooms(
            SessionContext context,
            Connection connection,
            Lane lane,
            Accesses accesses,
            OpenSession session,
            PacedWork paced,
            SessionSignals signals,
            SessionChanges changes) {
        this.context = context;
        this.connection = connection;
        this.lane = lane;
        this.accesses = accesses;
        this.session = session;
        this.paced = paced;
        this.signals = signals;
        this.changes = changes;
    }

    Set<RoomId> rooms() {
        return Set.copyOf(joined.keySet());
    }

    /** Returns the client's place in a room, taken or about to be; nothing if the room isn't joined. */
    Optional<JoinedRoom> place(RoomId room) {
        return Optional.ofNullable(joined.get(room));
    }

    boolean isJoined(RoomId room) {
        return joined.containsKey(room);
    }

    /** Returns what is known of what the user may do in a room that is joined; nothing if it must be asked. */
    Optional<Access> access(RoomId room) {
        return place(room).flatMap(place -> place.known().now());
    }

    void close() {
        joined.values().forEach(JoinedRoom::leave);
        joined.clear();
    }

    Optional<ServerFrame> join(ClientFrame.Join frame) {
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
        changes.joined(place);
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

    @Override
    public void decided(JoinedRoom place) {
        if (joined.get(place.room()) == place) {
            if (place.isAttached() && !place.isOfFormerMember()) {
                signals.joined(place.room());
            }
            changes.decided(place.room());
        }
    }

    @Override
    public void held(JoinedRoom place) {
        if (joined.get(place.room()) == place && !paced.add(place)) {
            context.scheduler().after(SOON, () -> lane.execute(() -> held(place)));
        }
    }

    @Override
    public void removed(JoinedRoom place) {
        if (joined.remove(place.room(), place)) {
            signals.left(place.room());
            changes.left(place.room());
            changes.forgetClearWriters();
        }
    }

    Optional<ServerFrame> leave(ClientFrame.Leave frame) {
        JoinedRoom place = joined.remove(frame.room());
        if (place == null && !frame.isQuit()) {
            return Refusals.refused(frame.id(), ErrorCode.NOT_MEMBER, "the room isn't joined");
        }
        changes.left(frame.room());
        signals.left(frame.room());
        if (frame.isQuit()) {
            changes.quit(frame);
        }
        if (place != null) {
            place.leave().thenRunAsync(() -> left(frame), lane);
        }
        changes.forgetClearWriters();
        return Optional.empty();
    }

    private void left(ClientFrame.Leave frame) {
        session.send(new ServerFrame.Left(frame.room(), ServerFrame.Left.Reason.QUIT));
        if (frame.id() > 0 && !frame.isQuit()) {
            session.send(new ServerFrame.Ok(frame.id(), OptionalLong.empty()));
        }
    }
}
