package io.natterjack.server.session;

import io.natterjack.core.ClientId;
import io.natterjack.core.Outcome;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what one session sends to one room in the order it was sent. After a send was refused for now, later ones are refused
 * likewise until that one comes again; or until the client has left it alone for so long that it must have given it up.
 *
 * <p>The sends that were under way behind a refused one fail with it ({@link Flow}). Only when they all have, it is known
 * which of them was first, and a new flow may begin.
 *
 * <p><b>Threads.</b> The session's lane only.
 */
final class SendOrder {
    static final Duration GIVEN_UP = Duration.ofSeconds(30);

    private final Scheduler time;
    private Flow flow = new Flow();
    private int underWay;
    private long lastNumber;

    // The earliest one that was refused for now, if any.
    private @Nullable ClientId refused;
    private long refusedNumber = Long.MAX_VALUE;
    private Outcome.@Nullable Refused refusal;
    private long refusedAt;

    SendOrder(Scheduler time) {
        this.time = time;
    }

    Flow flow() {
        return flow;
    }

    /** Returns why {@code clientId} can't be sent now; nothing if it can. */
    Optional<Outcome.Refused> check(ClientId clientId) {
        if (refused == null) {
            return Optional.empty();
        }
        boolean isBack = refused.equals(clientId);
        if (underWay == 0 && (isBack || isGivenUp())) {
            flow = new Flow();
            refused = null;
            refusedNumber = Long.MAX_VALUE;
            return Optional.empty();
        }
        return Optional.of(Objects.requireNonNull(refusal));
    }

    /** Tells whether all that follows has to wait until that one comes again. */
    boolean waitsFor(ClientId clientId) {
        return refused != null && refused.equals(clientId) && !isGivenUp();
    }

    private boolean isGivenUp() {
        return time.nanoTime() - refusedAt >= GIVEN_UP.toNanos();
    }

    /** Tells whether there is nothing that a later send could overtake. */
    boolean isClear() {
        return underWay == 0 && refused == null;
    }

    /** Notes that a send goes to the queue; returns its number. */
    long submitted() {
        underWay++;
        return ++lastNumber;
    }

    void settled(long number, ClientId clientId, Outcome outcome) {
        underWay--;
        if (outcome instanceof Outcome.Refused why && !why.isFinal()) {
            note(number, clientId, why);
        }
    }

    /**
     * Notes that a send was refused for now before it got to the queue. Those before it aren't affected: the flow is whole, and
     * nothing comes into it until they are settled.
     */
    void refuse(ClientId clientId, Outcome.Refused why) {
        note(++lastNumber, clientId, why);
    }

    private void note(long number, ClientId clientId, Outcome.Refused why) {
        if (number < refusedNumber) {
            refused = clientId;
            refusedNumber = number;
            refusal = why;
        }
        refusedAt = time.nanoTime();
    }
}
