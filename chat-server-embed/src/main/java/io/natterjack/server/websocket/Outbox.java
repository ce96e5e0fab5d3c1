package io.natterjack.server.websocket;

import io.natterjack.core.wire.WireFrame;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * What one connection has still to send, in order. Text is taken up to a limit and refused beyond it; control frames are
 * always taken, since there are only ever a few. All that is in here counts, headers too.
 *
 * <p><b>Threads.</b> Any thread offers and asks; {@code chat-io} alone takes out. The lock is held for copying at most, never
 * for I/O.
 */
final class Outbox {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private record Entry(ByteBuffer header, ByteBuffer payload) {
        int remaining() {
            return header.remaining() + payload.remaining();
        }

        boolean isStarted() {
            return header.position() > 0;
        }
    }

    private final long maxBytes;
    private final long lowMark;
    private final Object lock = new Object();

    // Guarded by lock.
    private final Deque<Entry> entries = new ArrayDeque<>(4);
    private long bytes;
    private boolean refusing;
    private boolean reachedLowMark;

    Outbox(long maxBytes, long lowMark) {
        this.maxBytes = maxBytes;
        this.lowMark = lowMark;
    }

    /** Takes a text frame, or returns false if it doesn't fit or none is taken any more. */
    boolean offer(WireFrame frame) {
        int size = ServerFrames.headerBytes(frame.size()) + frame.size();
        synchronized (lock) {
            if (refusing || bytes + size > maxBytes) {
                return false;
            }
            add(new Entry(ServerFrames.textHeader(frame.size()), frame.bytes()));
            return true;
        }
    }

    /** Takes what the transport itself has to say: one buffer, whose position tells how much of it is sent. */
    void addControl(ByteBuffer whole) {
        synchronized (lock) {
            add(new Entry(whole, NOTHING.duplicate()));
        }
    }

    private void add(Entry entry) {
        entries.add(entry);
        bytes += entry.remaining();
        reachedLowMark |= bytes >= lowMark;
    }

    /** Refuses text from now on. */
    void refuse() {
        synchronized (lock) {
            refusing = true;
        }
    }

    long bytes() {
        synchronized (lock) {
            return bytes;
        }
    }

    boolean isEmpty() {
        synchronized (lock) {
            return entries.isEmpty();
        }
    }

    /** Forgets all but the rest of a frame that is half sent. */
    void dropUnstarted() {
        synchronized (lock) {
            entries.removeIf(entry -> !entry.isStarted());
            bytes = entries.stream().mapToLong(Entry::remaining).sum();
        }
    }

    /** Copies the first bytes into {@code out}, as many as fit. They stay in here until {@link #sent} tells of them. */
    void copyTo(ByteBuffer out) {
        synchronized (lock) {
            for (Iterator<Entry> each = entries.iterator(); each.hasNext() && out.hasRemaining(); ) {
                Entry entry = each.next();
                copy(entry.header, out);
                copy(entry.payload, out);
            }
        }
    }

    private static void copy(ByteBuffer from, ByteBuffer out) {
        int size = Math.min(from.remaining(), out.remaining());
        out.put(from.duplicate().limit(from.position() + size));
    }

    /**
     * Takes out the first {@code count} bytes.
     *
     * @return true if that took what is left from or above the low mark to below it
     */
    boolean sent(int count) {
        synchronized (lock) {
            bytes -= count;
            for (int left = count; left > 0; ) {
                Entry entry = entries.element();
                left = skip(entry.payload, skip(entry.header, left));
                if (entry.remaining() == 0) {
                    entries.remove();
                }
            }
            boolean drained = reachedLowMark && bytes < lowMark;
            if (drained) {
                reachedLowMark = false;
            }
            return drained;
        }
    }

    private static int skip(ByteBuffer buffer, int count) {
        int step = Math.min(buffer.remaining(), count);
        buffer.position(buffer.position() + step);
        return count - step;
    }
}
