package io.natterjack.server.session;

import io.natterjack.core.ClientId;
import io.natterjack.core.DeviceId;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.Standing;
import io.natterjack.core.Terms;
import io.natterjack.core.lane.Budget;
import io.natterjack.core.lane.Lane;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerSignal;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a client changes in rooms: given to each room's {@link RoomWriter}, so many at a time, and answered.
 *
 * <p><b>Threads.</b> The session's lane only.
 */
final class SessionChanges implements RoomWriter.Owner {
    private static final Duration SOON = Duration.ofMillis(100);
    private static final int MAX_UNSETTLED = 64;
    private static final Outcome.Refused NOT_MEMBER = Outcome.Refused.forGood(ErrorCode.NOT_MEMBER);
    private static final Outcome.Refused UNAVAILABLE =
            Outcome.Refused.retryAfter(ErrorCode.UNAVAILABLE, Refusals.LATER);

    /** Of a draft that is only compared. */
    private static final Terms NO_TERMS = new Terms(0, false, 0);

    private final SessionContext context;
    private final Lane lane;
    private final Accesses accesses;
    private final DeviceId device;
    private final OpenSession session;
    private final QueuedChanges queued;

    /** Of all sessions: as many bytes as wait for what may take its time, be it the store or the host. */
    private final Budget unanswered;

    /** Of rooms that are joined, and of others in which something isn't settled, which later changes mustn't overtake. */
    private final Map<RoomId, RoomWriter> writers = new LinkedHashMap<>();

    private int underWay;

    SessionChanges(
            SessionContext context,
            Lane lane,
            Accesses accesses,
            DeviceId device,
            OpenSession session,
            Budget unanswered) {
        this.context = context;
        this.lane = lane;
        this.accesses = accesses;
        this.device = device;
        this.session = session;
        this.queued = new QueuedChanges(lane);
        this.unanswered = unanswered;
    }

    /** The session is over. What waits behind a join will never get further. */
    void close() {
        queued.close();
        writers.values().forEach(writer -> writer.dropUndecided().forEach(this::isOver));
    }

    // Rooms.

    /** What is sent from now on waits until the room is attached, or can't be. */
    void joined(JoinedRoom place) {
        writer(place.room()).joined(place);
    }

    /** The room is attached, or can't be for now: either way what was sent behind the join needn't wait any longer. */
    void decided(RoomId room) {
        writer(room).advance();
    }

    /** What was sent before goes first, joined or not yet. */
    void left(RoomId room) {
        writer(room).joined(null);
    }

    private RoomWriter writer(RoomId room) {
        return writers.computeIfAbsent(room, first -> new RoomWriter(context, lane, room, accesses, device, this));
    }

    /** Writers of rooms that aren't joined stay until all is settled; if those are many, the eldest go. */
    void forgetClearWriters() {
        long others =
                writers.values().stream().filter(writer -> !writer.isJoined()).count();
        Iterator<RoomWriter> each = writers.values().iterator();
        while (each.hasNext()) {
            RoomWriter writer = each.next();
            if (!writer.isJoined() && (writer.isClear() || others > MAX_UNSETTLED)) {
                each.remove();
                others--;
            }
        }
    }

    // Changes.

    /**
     * Takes a change, and answers it in time.
     *
     * @param tooFast how long the client should have waited with it; zero if it was in time
     */
    void take(Mutation mutation, Duration tooFast) {
        RoomWriter writer = writer(mutation.room());
        Optional<Outcome.Refused> behind = writer.behind(mutation);
        if (behind.isPresent()) {
            refuse(mutation, behind.get());
            return;
        }
        boolean isTooMuch = isTooMuch(mutation);
        isUnderWay(mutation);
        if (!tooFast.isZero()) {
            writer.refuse(mutation, Outcome.Refused.retryAfter(ErrorCode.RATE_LIMITED, tooFast));
        } else if (isTooMuch) {
            writer.refuse(mutation, Outcome.Refused.retryAfter(ErrorCode.BUSY, SOON));
        } else {
            writer.submit(mutation);
        }
    }

    private boolean isTooMuch(Mutation mutation) {
        return underWay >= context.settings().limits().inFlight() || !unanswered.hasRoomFor(cost(mutation));
    }

    /**
     * Takes what is sent to a room that isn't joined. It is refused, unless it was committed before: then its sender must learn so.
     *
     * @param tooFast how long the client should have waited with it; zero if it was in time
     */
    void takeUnjoined(Mutation mutation, Duration tooFast) {
        if (!mutation.resend()) {
            refuse(mutation, NOT_MEMBER);
        } else if (!tooFast.isZero()) {
            refuse(mutation, Outcome.Refused.retryAfter(ErrorCode.RATE_LIMITED, tooFast));
        } else if (isTooMuch(mutation)) {
            refuse(mutation, Outcome.Refused.retryAfter(ErrorCode.BUSY, SOON));
        } else {
            isUnderWay(mutation);
            Draft draft = mutation.draft(accesses.user(), NO_TERMS);
            context.store()
                    .read(store -> store.find(mutation.room(), accesses.user(), draft.clientId()))
                    .whenCompleteAsync(
                            (known, failure) -> answered(
                                    mutation,
                                    known == null
                                            ? UNAVAILABLE
                                            : known.map(first -> first.answer(draft))
                                                    .orElse(NOT_MEMBER),
                                    ""),
                            lane);
        }
    }

    /**
     * Leaving for good is an event like any other change; it answers with {@code ok}. When it was refused for now, the next one is the same
     * again: else it would wait behind itself.
     */
    void quit(ClientFrame.Leave frame) {
        RoomChange change = new RoomChange.Member(accesses.user(), Standing.OUT, Optional.empty(), 0);
        RoomWriter writer = writer(frame.room());
        Optional<ClientId> refused = writer.quitRefused();
        ClientId clientId = refused.orElseGet(context::ownClientId);
        writer.quitting(clientId);
        take(
                new Mutation(
                        frame.id(),
                        frame.room(),
                        clientId,
                        refused.isPresent(),
                        change.body(),
                        Optional.empty(),
                        change),
                Duration.ZERO);
    }

    /** Refuses what no writer was given. */
    void refuse(Mutation mutation, Outcome.Refused refusal) {
        tell(mutation, refusal, "");
    }

    private static long cost(Mutation mutation) {
        return RoomEvent.size(mutation.body());
    }

    private void isUnderWay(Mutation mutation) {
        underWay++;
        unanswered.add(cost(mutation));
    }

    private void isOver(Mutation mutation) {
        underWay--;
        unanswered.give(cost(mutation));
    }

    @Override
    public void answered(Mutation mutation, Outcome outcome, String message) {
        isOver(mutation);
        tell(mutation, outcome, message);
    }

    private void tell(Mutation mutation, Outcome outcome, String message) {
        boolean isQuit = mutation.clientId().value().startsWith(ClientId.SERVERS_OWN);
        if (outcome instanceof Outcome.Queued waiting) {
            session.send(new ServerSignal.Queued(mutation.room(), mutation.clientId()));
            queued.await(mutation, waiting.settled(), settled -> tell(mutation, settled, ""));
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
        @Nullable RoomWriter writer = writers.get(mutation.room());
        if (writer == null || !writer.isJoined()) {
            forgetClearWriters();
        }
    }
}
