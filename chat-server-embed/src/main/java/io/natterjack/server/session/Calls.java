package io.natterjack.server.session;

import io.natterjack.core.CallSignal;
import io.natterjack.core.DeviceId;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.core.spi.Signal;
import io.natterjack.core.spi.Signals;
import io.natterjack.core.wire.ServerSignal;
import io.natterjack.server.node.Nodes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Calls between two people: an offer rings on all devices of the one who is called; the first that answers has the call, and the others
 * stop ringing. What is said after that goes from device to device. Nothing of a call is kept beyond it.
 *
 * <pre>
 *   offer ─▶ RINGING ── answer ─▶ ON ── hang-up, a device that is gone ─▶ over
 *               └── hang-up, busy, time-out ─▶ over
 * </pre>
 *
 * <p>A call is known to the node that the caller is on; what is said on others comes there through {@link CallsElsewhere}.
 *
 * <p><b>Bounded.</b> {@value #MAX_CALLS} calls of one person at a time; a call is over after four hours.
 *
 * <p><b>Threads.</b> Any; guarded by this. Signals are sent without it.
 */
public final class Calls {
    private static final int MAX_CALLS = 8;
    private static final Duration LONGEST = Duration.ofHours(4);
    private static final Duration DEFAULT_RINGING = Duration.ofSeconds(30);

    /** One device in a call, or that could be. */
    record Party(UserId user, DeviceId device, SessionId session) {}

    private static final class Call {
        final String id;
        final RoomId room;
        final Party caller;
        final UserId callee;

        @Nullable
        Party answered;

        Scheduler.Cancellable end = () -> {};

        Call(String id, RoomId room, Party caller, UserId callee) {
            this.id = id;
            this.room = room;
            this.caller = caller;
            this.callee = callee;
        }
    }

    private final Scheduler scheduler;
    private final Signals signals;
    private final CallsElsewhere elsewhere;

    // Guarded by this.
    private final Map<String, Call> calls = new HashMap<>();

    private long signalled;

    /** Makes one without calls. */
    public Calls(Scheduler scheduler, Signals signals, Nodes nodes) {
        this.scheduler = scheduler;
        this.signals = signals;
        this.elsewhere = new CallsElsewhere(nodes, this);
    }

    /**
     * Takes a signal.
     *
     * @return why it is refused; nothing if it was passed on
     */
    CompletionStage<Optional<ErrorCode>> signal(RoomId room, Party from, CallSignal signal) {
        boolean isHere = signal.op() == CallSignal.Op.OFFER || isKnown(signal.call());
        return isHere
                ? CompletableFuture.completedFuture(signalHere(room, from, signal))
                : elsewhere.signal(room, from, signal);
    }

    synchronized boolean isKnown(String call) {
        return calls.containsKey(call);
    }

    /** Takes a signal of a call that this node knows. */
    Optional<ErrorCode> signalHere(RoomId room, Party from, CallSignal signal) {
        List<Runnable> sending = new ArrayList<>();
        Optional<ErrorCode> refusal;
        synchronized (this) {
            refusal = signal.op() == CallSignal.Op.OFFER
                    ? offer(room, from, signal, sending)
                    : inCall(room, from, signal, sending);
        }
        sending.forEach(Runnable::run);
        return refusal;
    }

    /** Guarded by this. */
    private Optional<ErrorCode> offer(RoomId room, Party from, CallSignal signal, List<Runnable> sending) {
        UserId callee = signal.user().orElse(null);
        if (callee == null || callee.equals(from.user()) || calls.containsKey(signal.call())) {
            return Optional.of(ErrorCode.BAD_FRAME);
        }
        long own = calls.values().stream()
                .filter(call -> call.caller.user().equals(from.user()))
                .count();
        if (own >= MAX_CALLS) {
            return Optional.of(ErrorCode.TOO_LARGE);
        }
        Call call = new Call(signal.call(), room, from, callee);
        calls.put(call.id, call);
        Duration ringing = signal.ringing().isZero() ? DEFAULT_RINGING : signal.ringing();
        call.end = scheduler.after(ringing, () -> timeOut(call));
        sending.add(() -> toCallee(call, from, signal));
        return Optional.empty();
    }

    /** Guarded by this. */
    private Optional<ErrorCode> inCall(RoomId room, Party from, CallSignal signal, List<Runnable> sending) {
        Call call = calls.get(signal.call());
        boolean isCaller = call != null && from.session().equals(call.caller.session());
        boolean isCallee = call != null && from.user().equals(call.callee) && !isCaller;
        if (call == null || !call.room.equals(room) || !isCaller && !isCallee) {
            return Optional.of(ErrorCode.TARGET_UNKNOWN);
        }
        Party answered = call.answered;
        if (isCallee && answered != null && !answered.session().equals(from.session())) {
            return Optional.of(ErrorCode.TARGET_UNKNOWN); // another device has it
        }
        switch (signal.op()) {
            case ANSWER -> {
                if (isCaller || answered != null) {
                    return Optional.of(ErrorCode.BAD_FRAME);
                }
                call.answered = from;
                call.end.cancel();
                call.end = scheduler.after(LONGEST, () -> timeOut(call));
                Signal over = called(call, call.caller.user(), CallSignal.hangup(call.id, "elsewhere"));
                sending.add(() -> signals.toUser(call.callee, over, Optional.of(from.session())));
            }
            case HANGUP -> {
                // A device that is busy or declines says so for all devices of its user.
                end(call);
                if (isCallee && answered == null) {
                    Signal over = called(call, call.caller.user(), CallSignal.hangup(call.id, "elsewhere"));
                    sending.add(() -> signals.toUser(call.callee, over, Optional.of(from.session())));
                }
            }
            default -> {}
        }
        sending.add(() -> pass(call, isCaller, from, signal));
        return Optional.empty();
    }

    private void pass(Call call, boolean isCaller, Party from, CallSignal signal) {
        Signal passed = called(call, from.user(), signal.from(from.device()));
        Party answered = call.answered;
        if (!isCaller) {
            toParty(call.caller, passed);
        } else if (answered != null) {
            toParty(answered, passed);
        } else {
            signals.toUser(call.callee, passed, Optional.of(call.caller.session()));
        }
    }

    private void toCallee(Call call, Party from, CallSignal signal) {
        signals.toUser(call.callee, called(call, from.user(), signal.from(from.device())), Optional.of(from.session()));
    }

    private void toParty(Party party, Signal signal) {
        signals.toSession(party.user(), party.session(), signal);
    }

    private synchronized Signal called(Call call, UserId from, CallSignal signal) {
        // No two of a call may take each other's place.
        return new Signal(new ServerSignal.Called(call.room, from, signal), Signal.kind("call", call.id, ++signalled));
    }

    /** Guarded by this. */
    private void end(Call call) {
        calls.remove(call.id, call);
        call.end.cancel();
    }

    private void timeOut(Call call) {
        synchronized (this) {
            if (calls.get(call.id) != call) {
                return;
            }
            end(call);
        }
        CallSignal over = CallSignal.hangup(call.id, "timeout");
        toParty(call.caller, called(call, call.callee, over));
        signals.toUser(call.callee, called(call, call.caller.user(), over), Optional.of(call.caller.session()));
    }

    /** A session is over, and with it its calls. */
    void gone(SessionId session) {
        goneHere(session);
        elsewhere.gone(session);
    }

    /** A session, of this node or another, is over, and with it its calls that this node knows. */
    void goneHere(SessionId session) {
        List<Runnable> sending = new ArrayList<>();
        synchronized (this) {
            for (Call call : List.copyOf(calls.values())) {
                Party answered = call.answered;
                CallSignal over = CallSignal.hangup(call.id, "gone");
                if (call.caller.session().equals(session)) {
                    end(call);
                    Signal signal = called(call, call.caller.user(), over);
                    sending.add(() -> signals.toUser(call.callee, signal, Optional.of(session)));
                } else if (answered != null && answered.session().equals(session)) {
                    end(call);
                    Signal signal = called(call, call.callee, over);
                    sending.add(() -> toParty(call.caller, signal));
                }
            }
        }
        sending.forEach(Runnable::run);
    }
}
