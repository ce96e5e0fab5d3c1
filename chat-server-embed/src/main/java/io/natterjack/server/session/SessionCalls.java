package io.natterjack.server.session;

import io.natterjack.core.CallSignal;
import io.natterjack.core.DeviceId;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Membership;
import io.natterjack.core.Permission;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.lane.Lane;
import io.natterjack.core.wire.ClientSignal;
import io.natterjack.core.wire.PeopleAnswer;
import io.natterjack.core.wire.ServerFrame;
import java.util.ArrayList;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * What a client says in calls: permitted, and handed to {@link Calls}.
 *
 * <p><b>Threads.</b> The session's lane only.
 */
final class SessionCalls {
    private static final int MAX_WAITING = 64;

    private final SessionContext context;
    private final Calls calls;
    private final Lane lane;
    private final SessionId id;
    private final Accesses accesses;
    private final DeviceId device;
    private final OpenSession session;
    private final Function<RoomId, Optional<Access>> known;
    private CompletableFuture<Optional<ErrorCode>> last = CompletableFuture.completedFuture(Optional.empty());
    private int waiting;
    private boolean closed;

    /**
     * Makes one.
     *
     * @param known what the user may do in rooms that are joined, as far as it needn't be asked
     */
    SessionCalls(
            SessionContext context,
            Lane lane,
            SessionId id,
            Accesses accesses,
            DeviceId device,
            OpenSession session,
            Function<RoomId, Optional<Access>> known) {
        this.context = context;
        this.calls = context.services().calls();
        this.lane = lane;
        this.id = id;
        this.accesses = accesses;
        this.device = device;
        this.session = session;
        this.known = known;
    }

    /** Hangs up. */
    void close() {
        closed = true;
        calls.gone(id);
    }

    /** Takes a call's signals one after the other, that none overtakes its offer. */
    Optional<ServerFrame> take(ClientSignal.Call frame) {
        if (waiting >= MAX_WAITING) {
            return Refusals.refused(frame.id(), ErrorCode.BUSY, Refusals.LATER);
        }
        waiting++;
        last = last.handle((done, failure) -> done)
                .thenComposeAsync(before -> refusalOf(frame), lane)
                .handleAsync(
                        (refusal, failure) -> {
                            waiting--;
                            if (failure == null) {
                                answer(frame.id(), refusal);
                            } else {
                                Refusals.unavailable(frame.id()).ifPresent(session::send);
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
                                        .thenApply(SessionCalls::refusalToCall)
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
                : calls.signal(room, self, signal).toCompletableFuture();
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

    /** Answers with the servers that help to set up a call. */
    void askIce(ClientSignal.AskIce frame) {
        withAccess(frame.room())
                .whenCompleteAsync(
                        (access, failure) -> {
                            if (access == null) {
                                Refusals.unavailable(frame.id()).ifPresent(session::send);
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
    }
}
