package io.natterjack.client;

import io.natterjack.core.ErrorCode;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.Frame;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.Limits;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.WireFrame;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests on one connection: gives them ids, lets them go as the server's limits allow, and finds out which of them an answer
 * belongs to. Lane only.
 */
final class PacedRequests {
    private static final Logger LOG = LoggerFactory.getLogger(PacedRequests.class);

    private final Loop loop;
    private final Consumer<WireFrame> out;
    private final Runnable writable;
    private final Map<Integer, Request> pending = new HashMap<>();
    private final Set<Integer> shelved = new HashSet<>();
    private final Queue<Runnable> paced = new ArrayDeque<>();
    private @Nullable Pacer pacer;
    private Scheduler.Cancellable pace = () -> {};
    private boolean pacing;

    /** Whether something waits for an answer to make room. */
    private boolean crowded;

    private int lastId;
    private int maxFrameBytes;
    private boolean ended;

    /**
     * Makes one that lets nothing go before {@link #begin}.
     *
     * @param out sends
     * @param writable run when there is allowance for more, after {@link #trySend} or {@link #trySay} had none
     */
    PacedRequests(Loop loop, Consumer<WireFrame> out, Runnable writable) {
        this.loop = loop;
        this.out = out;
        this.writable = writable;
    }

    /** The server has said what it allows; the {@code hello} counts already. */
    void begin(Limits limits) {
        Pacer fresh = new Pacer(limits, loop.nanoTime());
        fresh.take(loop.nanoTime());
        pacer = fresh;
        maxFrameBytes = limits.frameBytes();
    }

    /** Nothing goes any more, and nothing is answered. */
    void end() {
        ended = true;
        pending.clear();
        paced.clear();
        pace.cancel();
    }

    /** Returns an id that no request has that waits for its answer. */
    int nextId() {
        do {
            lastId = lastId == Frame.MAX_ID ? 1 : lastId + 1;
        } while (pending.containsKey(lastId));
        return lastId;
    }

    /** Counts a frame that goes at once, beside the pace. */
    void countUnpaced() {
        if (pacer != null) {
            pacer.take(loop.nanoTime());
        }
    }

    /** Sends a request as soon as the pace allows, behind those that wait already. */
    void request(IntFunction<ClientFrame> frame, Request request) {
        if (!ended) {
            paced.add(() -> transmit(frame, request));
            flush();
        }
    }

    /** Sends a request if nothing waits and the pace allows it now. */
    boolean trySend(IntFunction<ClientFrame> frame, Request request) {
        if (ended || !paced.isEmpty() || !mayTransmit()) {
            return false;
        }
        transmit(frame, request);
        return true;
    }

    /** Sends what has no answer if nothing waits and the pace allows it now. */
    boolean trySay(ClientFrame frame) {
        if (ended || !paced.isEmpty() || !mayTransmit()) {
            return false;
        }
        out.accept(FrameCodec.encode(frame));
        return true;
    }

    private void flush() {
        while (!paced.isEmpty() && mayTransmit()) {
            paced.remove().run();
        }
    }

    private boolean mayTransmit() {
        if (pacer == null) {
            return false;
        }
        if (underWay() >= pacer.window()) {
            crowded = true;
            return false;
        }
        if (pacer.tryTake(loop.nanoTime())) {
            return true;
        }
        if (!pacing) {
            pacing = true;
            pace = loop.after(pacer.untilNext(loop.nanoTime()), this::onPace);
        }
        return false;
    }

    private void onPace() {
        pacing = false;
        goOn();
    }

    private void goOn() {
        flush();
        if (paced.isEmpty()) {
            writable.run();
        }
    }

    private void goOnIfCrowded() {
        if (crowded) {
            crowded = false;
            goOn();
        }
    }

    private void transmit(IntFunction<ClientFrame> frame, Request request) {
        int id = nextId();
        pending.put(id, request);
        countUnanswered();
        WireFrame encoded;
        try {
            encoded = FrameCodec.encode(frame.apply(id));
        } catch (RuntimeException | Error fault) {
            LOG.error("A request couldn't be made", fault);
            refuse(id, ErrorCode.INTERNAL);
            return;
        }
        if (encoded.size() <= maxFrameBytes) {
            out.accept(encoded);
        } else {
            refuse(id, ErrorCode.TOO_LARGE); // it would cost the connection, and the next one as well
        }
    }

    /** Answers a request that didn't go out, once whoever makes it is through with that. */
    private void refuse(int id, ErrorCode code) {
        loop.execute(() -> answer(new ServerFrame.Refused(
                id, code, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty())));
    }

    /** The server has taken the frame of that id, and answers it much later perhaps: it counts no more among those on their way. */
    void shelve(int id) {
        if (pending.containsKey(id) && shelved.add(id)) {
            countUnanswered();
            goOnIfCrowded();
        }
    }

    private int underWay() {
        return pending.size() - shelved.size();
    }

    private void countUnanswered() {
        if (pacer != null) {
            pacer.unanswered(underWay(), loop.nanoTime());
        }
    }

    /** Hands a frame to the request that it answers; returns false if there is none. */
    boolean answer(ServerFrame frame) {
        @Nullable Request request = frame.id() == 0 ? null : pending.remove(frame.id());
        if (request == null) {
            return false;
        }
        shelved.remove(frame.id());
        countUnanswered();
        if (frame instanceof ServerFrame.Refused refusal) {
            slowDown(refusal);
            request.refused(refusal);
        } else {
            request.answered(frame);
        }
        goOnIfCrowded();
        return true;
    }

    /** The server won't answer that request any more: it counts no more among those on their way. Does nothing if it was answered. */
    void forget(Request request) {
        boolean known = pending.entrySet().removeIf(each -> each.getValue() == request);
        if (known) {
            countUnanswered();
            goOnIfCrowded();
        }
    }

    private void slowDown(ServerFrame.Refused refusal) {
        if (pacer != null
                && refusal.code() == ErrorCode.RATE_LIMITED
                && refusal.retry().isPresent()) {
            pacer.pause(refusal.retry().get(), loop.nanoTime());
        }
    }
}
