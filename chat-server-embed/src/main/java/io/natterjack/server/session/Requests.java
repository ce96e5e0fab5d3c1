package io.natterjack.server.session;

import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Outcome;
import io.natterjack.core.Page;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.lane.Lane;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.Ping;
import io.natterjack.core.wire.Pong;
import io.natterjack.core.wire.RoomCursor;
import io.natterjack.core.wire.ServerFrame;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a client that is let in may ask for. Each request returns its answer, if that is known at once.
 *
 * <p><b>Threads.</b> The session's lane only.
 */
final class Requests implements ClientFrame.Handler<Optional<ServerFrame>> {
    private static final Duration SOON = Duration.ofMillis(100);
    private static final Duration LATER = Duration.ofSeconds(1);
    private static final int MAX_PENDING_PAGES = 64;
    private static final int MAX_UNSETTLED = 64;

    /** The session as a whole. Called on its lane. */
    interface Session {
        void send(ServerFrame frame);

        void renew(ClientFrame.Auth frame);

        void end(CloseReason reason);
    }

    /** A joined room with what was sent to it, which outlives joining it again. */
    private static final class Place {
        final SendOrder order;
        final Queue<PendingSend> waiting = new ArrayDeque<>();
        JoinedRoom joined;

        Place(SendOrder order, JoinedRoom joined) {
            this.order = order;
            this.joined = joined;
        }
    }

    /** A send that has its turn in its room. */
    private record PendingSend(ClientFrame.Send frame, RoomId room, SendOrder order, long number, Flow flow) {}

    private final SessionContext context;
    private final Connection connection;
    private final Lane lane;
    private final UserId user;
    private final Session session;
    private final PacedWork paced;
    private final Map<RoomId, Place> places = new HashMap<>();

    /** Of rooms that were left with sends unsettled, which those after a new join mustn't overtake. The eldest go. */
    private final Map<RoomId, SendOrder> unsettled = new LinkedHashMap<>();

    private int sendsUnderWay;
    private Duration wait = Duration.ZERO;

    Requests(SessionContext context, Connection connection, Lane lane, UserId user, Session session) {
        this.context = context;
        this.connection = connection;
        this.lane = lane;
        this.user = user;
        this.session = session;
        this.paced = new PacedWork(
                connection, lane, context.lowMark(), context.settings().maxRooms() + MAX_PENDING_PAGES);
    }

    /**
     * Answers a frame.
     *
     * @param tooFast how long the client should have waited with it; zero if it was in time
     */
    void handle(ClientFrame frame, Duration tooFast) {
        wait = tooFast;
        // A send must be refused by its room, so that nothing overtakes it.
        Optional<ServerFrame> answer = tooFast.isZero() || frame instanceof ClientFrame.Send
                ? frame.handle(this)
                : refused(frame.id(), ErrorCode.RATE_LIMITED, tooFast);
        answer.ifPresent(session::send);
    }

    void drained() {
        paced.goOn();
    }

    void close() {
        paced.clear();
        places.values().forEach(place -> place.joined.leave());
        places.clear();
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
        session.end(CloseReason.NORMAL);
        return Optional.empty();
    }

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
        Place place = places.get(room);
        if (place == null && places.size() >= context.settings().maxRooms()) {
            return Optional.of(new ServerFrame.Refused(
                    requestId,
                    ErrorCode.TOO_LARGE,
                    Optional.of("a session may join " + places.size() + " rooms"),
                    Optional.empty(),
                    Optional.of(room),
                    Optional.empty()));
        }
        JoinedRoom joined =
                new JoinedRoom(context, connection, lane, room, user, requestId, cursor, tail, this::decided);
        if (place == null) {
            SendOrder former = unsettled.remove(room);
            places.put(room, new Place(former != null ? former : new SendOrder(context.scheduler()), joined));
            begin(joined);
        } else {
            JoinedRoom former = place.joined;
            place.joined = joined;
            former.leave().thenRunAsync(() -> begin(joined), lane);
        }
        return Optional.empty();
    }

    private void begin(JoinedRoom joined) {
        if (!paced.add(joined)) {
            joined.refuse(ErrorCode.BUSY);
        }
    }

    /** The room is attached, or can't be for now: either way what was sent behind the join needn't wait any longer. */
    private void decided(JoinedRoom joined) {
        Place place = places.get(joined.room());
        if (place != null && place.joined == joined) {
            while (!place.waiting.isEmpty()) {
                submit(place.waiting.remove(), joined);
            }
        }
    }

    @Override
    public Optional<ServerFrame> leave(ClientFrame.Leave frame) {
        Place place = places.remove(frame.room());
        if (place == null) {
            return refused(frame.id(), ErrorCode.NOT_MEMBER, "the room isn't joined");
        }
        // What was sent before goes first, joined or not yet.
        place.waiting.forEach(this::append);
        remember(frame.room(), place.order);
        place.joined
                .leave()
                .thenRunAsync(
                        () -> {
                            session.send(new ServerFrame.Left(frame.room(), ServerFrame.Left.Reason.QUIT));
                            if (frame.id() > 0) {
                                session.send(new ServerFrame.Ok(frame.id(), OptionalLong.empty()));
                            }
                        },
                        lane);
        return Optional.empty();
    }

    private void remember(RoomId room, SendOrder order) {
        if (order.isClear()) {
            return;
        }
        if (unsettled.size() >= MAX_UNSETTLED) {
            unsettled.remove(unsettled.keySet().iterator().next());
        }
        unsettled.put(room, order);
    }

    @Override
    public Optional<ServerFrame> send(ClientFrame.Send frame) {
        Place place = places.get(frame.room());
        if (place == null) {
            return Optional.of(answer(frame, Outcome.Refused.forGood(ErrorCode.NOT_MEMBER)));
        }
        Optional<Outcome.Refused> behind = place.order.check(frame.clientId());
        if (behind.isPresent()) {
            return Optional.of(answer(frame, behind.get()));
        }
        if (!wait.isZero()) {
            return refused(frame, place.order, Outcome.Refused.retryAfter(ErrorCode.RATE_LIMITED, wait));
        }
        if (sendsUnderWay >= context.settings().limits().inFlight()) {
            return refused(frame, place.order, Outcome.Refused.retryAfter(ErrorCode.BUSY, SOON));
        }
        sendsUnderWay++;
        PendingSend pending =
                new PendingSend(frame, place.joined.room(), place.order, place.order.submitted(), place.order.flow());
        if (place.joined.isDecided()) {
            submit(pending, place.joined);
        } else {
            // Applied in the order of arrival: the join comes first, so its sender sees the message come.
            place.waiting.add(pending);
        }
        return Optional.empty();
    }

    private static Optional<ServerFrame> refused(ClientFrame.Send frame, SendOrder order, Outcome.Refused refusal) {
        order.refuse(frame.clientId(), refusal);
        return Optional.of(answer(frame, refusal));
    }

    private void submit(PendingSend pending, JoinedRoom joined) {
        if (joined.isAttached()) {
            append(pending);
        } else {
            settle(pending, pending.flow.breakWith(Outcome.Refused.retryAfter(ErrorCode.UNAVAILABLE, LATER)));
        }
    }

    private void append(PendingSend pending) {
        ClientFrame.Send frame = pending.frame;
        // The room's own name, not each frame's: events are kept.
        Draft draft = new Draft(pending.room, user, frame.clientId(), frame.body());
        context.queue().append(draft, pending.flow).thenAcceptAsync(outcome -> settle(pending, outcome), lane);
    }

    private void settle(PendingSend pending, Outcome outcome) {
        sendsUnderWay--;
        pending.order.settled(pending.number, pending.frame.clientId(), outcome);
        session.send(answer(pending.frame, outcome));
    }

    private static ServerFrame answer(ClientFrame.Send frame, Outcome outcome) {
        if (outcome instanceof Outcome.Accepted accepted) {
            return new ServerFrame.Ack(
                    frame.id(),
                    frame.room(),
                    frame.clientId(),
                    accepted.at(),
                    accepted.timestamp(),
                    accepted.isDuplicate());
        }
        Outcome.Refused refused = (Outcome.Refused) outcome;
        return new ServerFrame.Refused(
                frame.id(),
                refused.code(),
                Optional.empty(),
                refused.retry(),
                Optional.of(frame.room()),
                Optional.of(frame.clientId()));
    }

    @Override
    public Optional<ServerFrame> history(ClientFrame.History frame) {
        int bytes = context.settings().pageBytes();
        RoomId room = frame.query().room();
        return page(
                frame.id(),
                room,
                frame.epoch(),
                store -> store.history(frame.query().above(store.floor(room, user)), bytes));
    }

    @Override
    public Optional<ServerFrame> changes(ClientFrame.Changes frame) {
        int bytes = context.settings().pageBytes();
        return page(
                frame.id(),
                frame.room(),
                frame.epoch(),
                store -> store.changes(
                        frame.room(), store.floor(frame.room(), user), frame.since(), frame.limit(), bytes));
    }

    private Optional<ServerFrame> page(
            int requestId, RoomId room, OptionalLong epoch, Function<MessageStore, Page> read) {
        boolean taken = paced.add(() -> context.store()
                .read(read)
                .handleAsync(
                        (page, failure) -> {
                            page(requestId, room, epoch, page).ifPresent(session::send);
                            return true;
                        },
                        lane));
        return taken ? Optional.empty() : refused(requestId, ErrorCode.BUSY, LATER);
    }

    private Optional<ServerFrame> page(int requestId, RoomId room, OptionalLong epoch, @Nullable Page page) {
        if (page == null) {
            return refused(requestId, ErrorCode.UNAVAILABLE, LATER);
        }
        if (page.upto().seq() == 0 && !places.containsKey(room)) {
            return refused(requestId, ErrorCode.NO_ROOM, "there is no such room");
        }
        if (epoch.isPresent() && epoch.getAsLong() != page.upto().epoch()) {
            return refused(requestId, ErrorCode.TARGET_UNKNOWN, "the epoch is over");
        }
        return Optional.of(new ServerFrame.Messages(requestId, room, page));
    }

    private static Optional<ServerFrame> refused(int requestId, ErrorCode code, String message) {
        return Optional.of(ServerFrame.Refused.of(requestId, code, message));
    }

    private static Optional<ServerFrame> refused(int requestId, ErrorCode code, Duration retry) {
        return Optional.of(new ServerFrame.Refused(
                requestId, code, Optional.empty(), Optional.of(retry), Optional.empty(), Optional.empty()));
    }
}
