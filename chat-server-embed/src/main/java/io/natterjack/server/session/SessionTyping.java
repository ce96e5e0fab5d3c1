package io.natterjack.server.session;

import io.natterjack.core.Permission;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.lane.Lane;
import io.natterjack.core.spi.Signal;
import io.natterjack.core.wire.ClientSignal;
import io.natterjack.core.wire.ServerSignal;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * In which rooms a client types now: told to them once a second, and taken back when it goes.
 *
 * <p><b>Threads.</b> The session's lane only.
 */
final class SessionTyping {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** Of how many rooms it is remembered when the client typed last. */
    private static final int MAX_ROOMS = 100;

    private final SessionContext context;
    private final Lane lane;
    private final SessionId id;
    private final Accesses accesses;
    private final Function<RoomId, Optional<Access>> known;
    private final Predicate<RoomId> isIn;
    private final Map<RoomId, Long> typed = new LinkedHashMap<>();
    private final Set<RoomId> typing = new HashSet<>();

    /**
     * Makes one.
     *
     * @param known what the user may do in rooms that are joined, as far as it needn't be asked
     * @param isIn tells whether a room is joined
     */
    SessionTyping(
            SessionContext context,
            Lane lane,
            SessionId id,
            Accesses accesses,
            Function<RoomId, Optional<Access>> known,
            Predicate<RoomId> isIn) {
        this.context = context;
        this.lane = lane;
        this.id = id;
        this.accesses = accesses;
        this.known = known;
        this.isIn = isIn;
    }

    /** Takes back what was said. */
    void close() {
        typing.forEach(room -> tell(room, false));
        typing.clear();
    }

    void left(RoomId room) {
        typing.remove(room);
    }

    void take(ClientSignal.Typing frame) {
        Optional<Access> access = known.apply(frame.room());
        if (access.isPresent()) {
            type(frame, access.get());
        } else if (isIn.test(frame.room())) {
            accesses.load(frame.room())
                    .whenCompleteAsync(
                            (asked, failure) -> {
                                if (asked != null && isIn.test(frame.room())) {
                                    type(frame, asked);
                                }
                            },
                            lane);
        }
    }

    private void type(ClientSignal.Typing frame, Access access) {
        RoomId room = frame.room();
        if (!access.may(Permission.TYPING)) {
            return;
        }
        long now = context.scheduler().nanoTime();
        Long last = typed.get(room);
        if (frame.isOn() && last != null && now - last < PAUSE.toNanos()) {
            return;
        }
        if (frame.isOn()) {
            typed.keySet().removeIf(other -> typed.size() > MAX_ROOMS);
            typed.put(room, now);
            typing.add(room);
            tell(room, true);
        } else if (typing.remove(room)) {
            typed.remove(room);
            tell(room, false);
        }
    }

    private void tell(RoomId room, boolean on) {
        context.services()
                .signals()
                .toRoom(
                        room,
                        new Signal(
                                new ServerSignal.Typed(room, accesses.user(), on),
                                Signal.kind("typing", room, accesses.user())),
                        Optional.of(id));
    }
}
