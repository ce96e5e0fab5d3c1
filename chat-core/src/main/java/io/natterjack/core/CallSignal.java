package io.natterjack.core;

import io.natterjack.core.text.StrictJson;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** One signal of a call between two people, which a server carries without looking into it. */
public final class CallSignal extends Value {
    /** The most that the data may take, in bytes of compact JSON. */
    public static final int MAX_DATA_BYTES = 16 * 1024;

    /** The longest time for which a call may ring. */
    public static final Duration MAX_RINGING = Duration.ofSeconds(60);

    /** What a signal says. */
    public enum Op {
        /** I am calling you. */
        OFFER,
        /** Your call has reached a device and rings there. */
        RINGING,
        /** I take the call. */
        ANSWER,
        /** So I may be reached (an ICE candidate, or whatever else a call needs while it is on). */
        ICE,
        /** It is over, or doesn't come about: the reason says why. */
        HANGUP;

        /** Returns the name that frames carry. */
        public String wireName() {
            return WireNames.of(this);
        }

        /**
         * Returns the op of that name.
         *
         * @throws IllegalArgumentException if there is none
         */
        public static Op ofWireName(String name) {
            return WireNames.require(Op.class, "op of a call", name);
        }
    }

    private final Op op;
    private final String call;
    private final Optional<UserId> user;
    private final Optional<DeviceId> device;
    private final String data;
    private final Duration ringing;
    private final String reason;

    /**
     * Makes a signal.
     *
     * @param call names the call: 1 to 64 characters of {@code A-Z a-z 0-9 _ . : ~ -}, the caller's choice, hard to guess
     * @param user of an offer: who is called; else nothing, the server knows
     * @param device from a server: the device that sent it, if another did
     * @param data a JSON object for the other side; empty for none
     * @param ringing of an offer: for how long it may ring, at most 60 seconds; else zero
     * @param reason of a hang-up: {@code busy}, {@code declined} or others; from a server also {@code elsewhere} (another device of this
     *     user has taken the call), {@code timeout}, {@code gone} (the other side has lost its connection); else empty
     */
    public CallSignal(
            Op op,
            String call,
            Optional<UserId> user,
            Optional<DeviceId> device,
            String data,
            Duration ringing,
            String reason) {
        this.op = Objects.requireNonNull(op);
        this.call = TextId.requireIdentifier("call", call);
        this.user = Objects.requireNonNull(user);
        this.device = Objects.requireNonNull(device);
        this.data = data.isEmpty() ? "" : StrictJson.compactObject(data, MAX_DATA_BYTES);
        if (ringing.isNegative() || ringing.compareTo(MAX_RINGING) > 0) {
            throw new IllegalArgumentException("ttl must be 0 to " + MAX_RINGING.toMillis() + " milliseconds");
        }
        this.ringing = ringing;
        this.reason = reason.isEmpty() ? "" : TextId.requireIdentifier("reason", reason);
    }

    /** Returns an offer to somebody. */
    public static CallSignal offer(String call, UserId to, String data, Duration ringing) {
        return new CallSignal(Op.OFFER, call, Optional.of(to), Optional.empty(), data, ringing, "");
    }

    /** Returns a signal of a call that is known: any but an offer or a hang-up. */
    public static CallSignal of(Op op, String call, String data) {
        return new CallSignal(op, call, Optional.empty(), Optional.empty(), data, Duration.ZERO, "");
    }

    /** Returns a hang-up. */
    public static CallSignal hangup(String call, String reason) {
        return new CallSignal(Op.HANGUP, call, Optional.empty(), Optional.empty(), "", Duration.ZERO, reason);
    }

    /** Returns this signal as one that {@code sender} sent. */
    public CallSignal from(DeviceId sender) {
        return new CallSignal(op, call, Optional.empty(), Optional.of(sender), data, ringing, reason);
    }

    public Op op() {
        return op;
    }

    /** Returns the name of the call. */
    public String call() {
        return call;
    }

    /** Returns who is called, of an offer on its way to the server. */
    public Optional<UserId> user() {
        return user;
    }

    /** Returns the device that sent it; nothing on its way to the server, or if the server says it by itself. */
    public Optional<DeviceId> device() {
        return device;
    }

    /** Returns a JSON object for the other side; empty for none. */
    public String data() {
        return data;
    }

    /** Returns for how long an offer may ring; zero of others. */
    public Duration ringing() {
        return ringing;
    }

    /** Returns why a call is over; empty of others, or if nobody said. */
    public String reason() {
        return reason;
    }

    @Override
    protected List<?> parts() {
        return List.of(op, call, user, device, data, ringing, reason);
    }
}
