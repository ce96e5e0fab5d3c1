package io.natterjack.server.session;

import io.natterjack.core.CallSignal;
import io.natterjack.core.DeviceId;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.core.spi.Signal;
import io.natterjack.core.spi.Signals;
import io.natterjack.core.wire.ServerSignal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * <p><b>Bounded.</b> {@value #MAX_CALLS} calls of one person at a time; a call is over after four hours.
 *
 * <p><b>Threads.</b> Any; guarded by this. Signals are sent without it.
 */
public final class Calls {
    private static final int MAX_CALLS = 8;
    private static final Duration LONGEST = Duration.ofHours(4);
    private static final Duration DEFAULT_RINGING = Duration.ofSeconds(30);

    /** One device in a call, or that could be. */
    record Party(UserId user, DeviceId device, Signals.Sink sink) {}

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

    // Guarded by this.
    private final Map<String, Call> calls = new HashMap<>();

    /** Makes one without calls. */
    public Calls(Scheduler scheduler, Signals signals) {
        this.scheduler = scheduler;
        this.signals = signals;
    }

    /**
     * Takes a signal.
     *
     * @return why it is refused; nothing if it was passed on
     */
    Optional<ErrorCode> signal(RoomId room, Party from, CallSignal signal) {
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
        boolean isCaller = call != null && from.sink() == call.caller.sink();
        boolean isCallee = call != null && from.user().equals(call.callee) && !isCaller;
        if (call == null || !call.room.equals(room) || !isCaller && !isCallee) {
            return Optional.of(ErrorCode.TARGET_UNKNOWN);
        }
        Party answered = call.answered;
        if (isCallee && answered != null && answered.sink() != from.sink()) {
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
                Signal elsewhere = called(call, call.caller.user(), CallSignal.hangup(call.id, "elsewhere"));
                sending.add(() -> signals.toUser(call.callee, elsewhere, from.sink()));
            }
            case HANGUP -> {
                // A device that is busy or declines says so for all devices of its user.
                end(call);
                if (isCallee && answered == null) {
                    Signal elsewhere = called(call, call.caller.user(), CallSignal.hangup(call.id, "elsewhere"));
                    sending.add(() -> signals.toUser(call.callee, elsewhere, from.sink()));
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
            call.caller.sink().signal(passed);
        } else if (answered != null) {
            answered.sink().signal(passed);
        } else {
            signals.toUser(call.callee, passed, call.caller.sink());
        }
    }

    private void toCallee(Call call, Party from, CallSignal signal) {
        signals.toUser(call.callee, called(call, from.user(), signal.from(from.device())), from.sink());
    }

    private static Signal called(Call call, UserId from, CallSignal signal) {
        // No two of a call may take each other's place.
        return new Signal(new ServerSignal.Called(call.room, from, signal), new Object());
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
        call.caller.sink().signal(called(call, call.callee, over));
        signals.toUser(call.callee, called(call, call.caller.user(), over), call.caller.sink());
    }

    /** A device is gone, and with it its calls. */
    void gone(Signals.Sink sink) {
        List<Runnable> sending = new ArrayList<>();
        synchronized (this) {
            for (Call call : List.copyOf(calls.values())) {
                Party answered = call.answered;
                CallSignal over = CallSignal.hangup(call.id, "gone");
                if (call.caller.sink() == sink) {
                    end(call);
                    Signal signal = called(call, call.caller.user(), over);
                    sending.add(() -> signals.toUser(call.callee, signal, sink));
                } else if (answered != null && answered.sink() == sink) {
                    end(call);
                    Signal signal = called(call, call.callee, over);
                    sending.add(() -> call.caller.sink().signal(signal));
                }
            }
        }
        sending.forEach(Runnable::run);
    }
}
