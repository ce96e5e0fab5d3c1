package io.natterjack.server.session;

import io.natterjack.core.Membership;
import io.natterjack.core.Permission;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomView;
import io.natterjack.core.SessionId;
import io.natterjack.core.Standing;
import io.natterjack.core.lane.Lane;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.Signal;
import io.natterjack.core.spi.Signals;
import io.natterjack.core.wire.ClientSignal;
import io.natterjack.core.wire.ServerSignal;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far a client says that it has received and read: kept in the store once a second for each room, and told to whom it concerns.
 *
 * <p><b>Threads.</b> The session's lane only; keeping and telling run on threads that read the store.
 */
final class Watermarks {
    private static final Logger LOG = LoggerFactory.getLogger(Watermarks.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int MAX_ROOMS = 1_000;

    /** The most members of a room of whom each hears how far each other has read. */
    static final int MAX_RECEIPTS = 100;

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
    private final SessionId id;
    private final Accesses accesses;
    private final Map<RoomId, Marks> marks = new HashMap<>();
    private boolean closed;

    Watermarks(SessionContext context, Connection connection, Lane lane, SessionId id, Accesses accesses) {
        this.context = context;
        this.connection = connection;
        this.lane = lane;
        this.id = id;
        this.accesses = accesses;
    }

    /** Keeps what waits. */
    void close() {
        closed = true;
        marks.forEach(this::write);
        marks.clear();
    }

    /** Takes a watermark. What comes within a second of the last one waits, and the newest counts. */
    void take(ClientSignal.Mark frame) {
        if (marks.size() >= MAX_ROOMS && !marks.containsKey(frame.room())) {
            return;
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
            context.scheduler().after(PAUSE, () -> lane.execute(() -> takeAgain(frame.room())));
        }
    }

    private void takeAgain(RoomId room) {
        Marks mark = marks.get(room);
        if (mark == null || closed) {
            return;
        }
        if (mark.isNews()) {
            write(room, mark);
            context.scheduler().after(PAUSE, () -> lane.execute(() -> takeAgain(room)));
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
                .ask(store -> {
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
        return accesses.of(view).may(Permission.RECEIPTS)
                // One more than may be told shows whether there are too many.
                && store.members(view.room(), Standing.IN, Optional.empty(), MAX_RECEIPTS + 1)
                                .size()
                        <= MAX_RECEIPTS;
    }

    private void tellMarks(Membership member, boolean toRoom) {
        Signal signal = new Signal(
                new ServerSignal.Marked(member.room(), member.user(), member.delivered(), member.read()),
                Signal.kind("mark", member.room(), member.user()));
        Signals signals = context.services().signals();
        signals.toUser(member.user(), signal, Optional.of(id));
        if (toRoom) {
            signals.toRoom(member.room(), signal, Optional.of(id));
        }
    }
}
