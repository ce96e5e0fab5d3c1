package io.natterjack.server.session;

import io.natterjack.core.DeviceId;
import io.natterjack.core.Notify;
import io.natterjack.core.Permission;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.lane.Lane;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.Signal;
import io.natterjack.core.spi.Signals;
import io.natterjack.core.wire.ClientSignal;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerSignal;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * What one session says of now and hears of now: receipts, typing, presence, calls, news of rooms that it hasn't joined. Each of these has a
 * class of its own; here is what reaches the client.
 *
 * <p><b>Threads.</b> {@link #signal}: any. All else: the session's lane.
 */
final class SessionSignals implements Signals.Sink {
    private final Signals signals;
    private final Connection connection;
    private final Lane lane;
    private final SessionId id;
    private final Accesses accesses;
    private final Function<RoomId, Optional<Access>> known;
    private final Watermarks watermarks;
    private final SessionTyping typing;
    private final SessionPresence presence;
    private final SessionCalls calls;
    private final HeardRooms heardRooms;
    private Signals.Listening asUser = () -> {};
    private final Map<RoomId, Signals.Listening> inRooms = new HashMap<>();

    /**
     * Makes one that hears nothing yet.
     *
     * @param known what the user may do in rooms that are joined, as far as it needn't be asked
     */
    SessionSignals(
            SessionContext context,
            Connection connection,
            Lane lane,
            SessionId id,
            Accesses accesses,
            DeviceId device,
            OpenSession session,
            Function<RoomId, Optional<Access>> known) {
        this.signals = context.services().signals();
        this.connection = connection;
        this.lane = lane;
        this.id = id;
        this.accesses = accesses;
        this.known = known;
        this.watermarks = new Watermarks(context, connection, lane, id, accesses);
        this.typing = new SessionTyping(context, lane, id, accesses, known, inRooms::containsKey);
        this.presence = new SessionPresence(context, connection, lane, id, accesses);
        this.calls = new SessionCalls(context, lane, id, accesses, device, session, known);
        // There may be people with whom no room is shared any more.
        this.heardRooms = new HeardRooms(context, connection, lane, accesses, presence::watchAnew);
    }

    /** Begins to hear and to be there. Nothing may reach the client before it is welcomed, so this comes behind that. */
    void opened() {
        asUser = signals.listen(accesses.user(), id, this);
        presence.opened();
    }

    void close() {
        watermarks.close();
        typing.close();
        asUser.close();
        inRooms.values().forEach(Signals.Listening::close);
        inRooms.clear();
        heardRooms.close();
        calls.close();
        presence.close();
    }

    @Override
    public void signal(Signal signal) {
        if (signal.frame() instanceof ServerSignal.Marked marked && !isTold(marked)) {
            return;
        }
        connection.signal(signal.kind(), signal.encoded());
        if (signal.frame() instanceof ServerSignal.Standing standing) {
            lane.execute(() -> heardRooms.standingChanged(standing));
        }
    }

    /** Who only looks into a room isn't told how far its members are. */
    private boolean isTold(ServerSignal.Marked marked) {
        return marked.user().equals(accesses.user())
                || !known.apply(marked.room())
                        .filter(access -> !access.may(Permission.RECEIPTS))
                        .isPresent();
    }

    void joined(RoomId room) {
        inRooms.computeIfAbsent(room, first -> signals.listen(room, accesses.user(), id, this));
    }

    void left(RoomId room) {
        Signals.Listening listening = inRooms.remove(room);
        if (listening != null) {
            listening.close();
        }
        typing.left(room);
    }

    /** Returns the rooms of which the client hears in its inbox. */
    HeardRooms heardRooms() {
        return heardRooms;
    }

    /** Returns about how many people have the room joined now. */
    CompletionStage<Integer> present(RoomId room) {
        return signals.present(room);
    }

    void notified(RoomId room, Notify notifications) {
        signals.toUser(
                accesses.user(),
                new Signal(new ServerSignal.Notified(room, notifications), Signal.kind("notify", room)),
                Optional.of(id));
    }

    /** Who may be watched may have changed. */
    void watchAnew() {
        presence.watchAnew();
    }

    void saidBye() {
        presence.saidBye();
    }

    // What the client says.

    Optional<ServerFrame> mark(ClientSignal.Mark frame) {
        watermarks.take(frame);
        return Optional.empty();
    }

    Optional<ServerFrame> typing(ClientSignal.Typing frame) {
        typing.take(frame);
        return Optional.empty();
    }

    Optional<ServerFrame> setPresence(ClientSignal.SetPresence frame) {
        return presence.take(frame);
    }

    Optional<ServerFrame> call(ClientSignal.Call frame) {
        return calls.take(frame);
    }

    Optional<ServerFrame> askIce(ClientSignal.AskIce frame) {
        calls.askIce(frame);
        return Optional.empty();
    }
}
