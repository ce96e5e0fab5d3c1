package io.natterjack.server.websocket;

import io.natterjack.core.lane.Budget;
import io.natterjack.core.wire.WireFrame;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has still to send, in order: text frames that other connections share, and whole control frames of its own.
 * Text is taken up to a limit and refused beyond it; control frames are always taken, since there are only ever a few. All
 * that is in here counts, headers too.
 *
 * <p>Signals wait beside the frames and leave behind them, one of a kind. When the peer falls behind they are the first to go.
 *
 * <p>Whoever has something to send writes it, between {@link #begin} and {@link #end}; who comes meanwhile leaves it to that one.
 * While the socket is full nobody writes, until the I/O thread has seen that it isn't any more.
 *
 * <p>A peer that keeps up isn't counted in the budget of all: what is offered leaves in the same round. One that doesn't is, from its
 * first write that the socket didn't take until all is sent; and when the budget is used up, it is refused more.
 *
 * <p><b>Threads.</b> Any. The lock is held for copying at most, never for I/O.
 */
final class Outbox {
    /** How many kinds of signals may wait. */
    static final int MAX_SIGNALS = 256;

    private static final int FEW_FRAMES = 4;
    private static final int MANY_FRAMES = 64;

    /** The bounds of all outboxes of a transport. */
    record Bounds(long maxBytes, long lowMark, Budget total) {}

    private final Bounds bounds;

    // Guarded by this.
    /** A WireFrame, or the bytes of a control frame. */
    private ArrayDeque<Object> frames = new ArrayDeque<>(FEW_FRAMES);

    private @Nullable Map<Object, WireFrame> signals;
    /** The pong that is owed and has no place among the frames yet; a newer one takes its place. */
    private byte @Nullable [] owedPong;
    /** The pong among the frames: there is one at most. */
    private byte @Nullable [] pong;

    private long bytes;
    private int mostFrames;
    /** How much of the first frame is sent. */
    private int headSent;

    private boolean reachedLowMark;
    private boolean drained;
    private boolean lagging;
    private boolean writing;
    private boolean blocked;
    /** Whether the last write left something, be it in here or in the link. */
    private boolean unfinished;

    private boolean refusing;
    /** What replaces all that isn't begun, as soon as nobody writes. */
    private byte @Nullable [] lastWords;

    Outbox(Bounds bounds) {
        this.bounds = bounds;
    }

    /** Takes a text frame, or returns false if it doesn't fit or none is taken any more. */
    synchronized boolean offer(WireFrame frame) {
        int size = sizeOf(frame);
        if (refusing) {
            return false;
        }
        if (bytes + size >= bounds.lowMark()) {
            dropSignals();
        }
        if (bytes + size > bounds.maxBytes() || (lagging && !bounds.total().hasRoomFor(size))) {
            return false;
        }
        add(frame);
        return true;
    }

    /** Takes a frame that may be left out; see {@link io.natterjack.core.spi.Connection#signal}. */
    synchronized void signal(Object kind, WireFrame frame) {
        int size = sizeOf(frame);
        if (refusing || bytes + size >= bounds.lowMark()) {
            return;
        }
        Map<Object, WireFrame> waiting = signals == null ? new LinkedHashMap<>(FEW_FRAMES) : signals;
        signals = waiting;
        WireFrame older = waiting.remove(kind);
        if (older != null) {
            count(-sizeOf(older));
        } else if (waiting.size() == MAX_SIGNALS) {
            return;
        }
        waiting.put(kind, frame);
        count(size);
    }

    /** Takes what the transport itself has to say. */
    synchronized void addControl(byte[] whole) {
        if (lastWords == null) {
            add(whole);
        }
    }

    /** Answers a ping. Of several that can't be answered at once only the last is (RFC 6455 section 5.5.3). */
    synchronized void pong(byte[] whole) {
        if (refusing) {
            return;
        }
        count(whole.length - (owedPong == null ? 0 : owedPong.length));
        owedPong = whole;
    }

    /** Drops all that isn't half sent, says {@code whole} instead, and takes nothing more. */
    synchronized void endWith(byte[] whole) {
        refusing = true;
        lastWords = whole;
        if (!writing) {
            applyLastWords();
        }
    }

    /** Refuses text from now on. */
    synchronized void refuse() {
        refusing = true;
    }

    /** Forgets everything: the connection is gone. */
    synchronized void clear() {
        refusing = true;
        frames.clear();
        signals = null;
        owedPong = null;
        count(-bytes);
        stopLagging();
        blocked = true;
    }

    synchronized long bytes() {
        return bytes;
    }

    /** Whether all is sent. */
    synchronized boolean isEmpty() {
        return bytes == 0 && !unfinished;
    }

    /** Whether the socket was full and isn't known to have room again. */
    synchronized boolean isBlocked() {
        return blocked;
    }

    /** The socket has room again. */
    synchronized void unblock() {
        blocked = false;
    }

    /** Tells, once, that what waits has fallen below the low mark after it had reached it. */
    synchronized boolean takeDrained() {
        boolean was = drained;
        drained = false;
        return was;
    }

    /**
     * Begins to write: copies the first bytes into {@code out}, as many as fit. They stay in here until {@link #end}.
     *
     * @return false if there is nothing to write, or the socket is full, or somebody else writes and will go on with what is new
     */
    synchronized boolean begin(ByteBuffer out) {
        if (writing || blocked || (bytes == 0 && !unfinished)) {
            return false;
        }
        takeTurns();
        int skip = headSent;
        for (Iterator<Object> each = frames.iterator(); each.hasNext() && out.hasRemaining(); ) {
            copy(each.next(), skip, out);
            skip = 0;
        }
        writing = true;
        return true;
    }

    /** Gives a place among the frames to what waits beside them, where that may leave now. */
    private void takeTurns() {
        if (owedPong != null && pong == null) {
            frames.add(owedPong);
            pong = owedPong;
            owedPong = null;
        }
        if (signals != null && frames.isEmpty()) {
            frames.addAll(signals.values());
            signals = null;
        }
    }

    /**
     * Ends a write.
     *
     * @param count how many bytes were taken
     * @param full whether the socket takes no more now
     * @return whether the I/O thread has something to do: the socket is full, or has taken all there will ever be, or the peer
     *     has caught up
     */
    synchronized boolean end(int count, boolean full) {
        writing = false;
        remove(count);
        if (lastWords != null) {
            applyLastWords();
        }
        blocked |= full;
        unfinished = full;
        if (full && !lagging && bytes > 0) {
            lagging = true;
            bounds.total().add(bytes);
        }
        if (bytes == 0) {
            stopLagging();
        }
        if (reachedLowMark && bytes < bounds.lowMark()) {
            reachedLowMark = false;
            drained = true;
        }
        return full || drained || (refusing && isEmpty());
    }

    private void applyLastWords() {
        if (lastWords == null) {
            return;
        }
        signals = null;
        owedPong = null;
        Object begun = headSent > 0 ? frames.peek() : null;
        frames.clear();
        count((begun == null ? 0 : sizeOf(begun) - headSent) - bytes);
        if (begun != null) {
            frames.add(begun);
        }
        add(lastWords);
        lastWords = null;
    }

    private void add(Object frame) {
        frames.add(frame);
        mostFrames = Math.max(mostFrames, frames.size());
        count(sizeOf(frame));
    }

    private void count(long more) {
        bytes += more;
        reachedLowMark |= bytes >= bounds.lowMark();
        if (lagging) {
            bounds.total().add(more);
        }
    }

    private void stopLagging() {
        if (lagging) {
            lagging = false;
            bounds.total().give(bytes);
        }
    }

    private void dropSignals() {
        if (signals != null) {
            signals.values().forEach(each -> count(-sizeOf(each)));
            signals = null;
        }
    }

    private void remove(int sent) {
        headSent += sent;
        while (!frames.isEmpty() && headSent >= sizeOf(frames.element())) {
            Object done = frames.remove();
            headSent -= sizeOf(done);
            if (done == pong) {
                pong = null;
            }
        }
        count(-Math.min(sent, bytes));
        if (frames.isEmpty() && mostFrames > MANY_FRAMES) {
            // The array of a deque never shrinks.
            frames = new ArrayDeque<>(FEW_FRAMES);
            mostFrames = 0;
        }
    }

    private static int sizeOf(Object frame) {
        return frame instanceof WireFrame text
                ? ServerFrames.headerBytes(text.size()) + text.size()
                : ((byte[]) frame).length;
    }

    private static void copy(Object frame, int skip, ByteBuffer out) {
        if (frame instanceof WireFrame text) {
            ServerFrames.copyText(text, skip, out);
        } else {
            byte[] control = (byte[]) frame;
            out.put(control, skip, Math.min(control.length - skip, out.remaining()));
        }
    }
}
