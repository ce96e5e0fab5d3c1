package io.natterjack.testkit;

import io.natterjack.core.CloseReason;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionHandler;
import io.natterjack.core.spi.ConnectionListener;
import io.natterjack.core.wire.WireFrame;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One end of a connection in memory. What is offered here waits in this end until the other one takes it.
 *
 * <p><b>Threads.</b> Any; the listener is called in {@link SerialCalls}. Both ends share one lock, which isn't held while a
 * listener is called.
 */
final class InMemoryConnection implements Connection {
    private static final Logger LOG = LoggerFactory.getLogger(InMemoryConnection.class);
    private static final AtomicLong NUMBERS = new AtomicLong();

    private final String id;
    private final SerialCalls calls;
    private final int maxReceivedBytes;
    private final Consumer<InMemoryConnection> whenGone;
    private final Object lock;
    private InMemoryConnection peer = this;

    // In calls only.
    private @Nullable ConnectionListener listener;

    // Guarded by lock.
    private final Queue<WireFrame> unsent = new ArrayDeque<>();
    private long queuedBytes;
    private boolean reachedLowMark;
    private boolean reading = true;
    private boolean opened;
    private boolean delivering;
    private boolean gone;
    private @Nullable CloseReason closing;

    /**
     * Makes an end.
     *
     * @param lock shared by both ends
     */
    InMemoryConnection(
            String kind, Object lock, Executor executor, int maxReceivedBytes, Consumer<InMemoryConnection> whenGone) {
        this.lock = lock;
        this.id = kind + "-" + NUMBERS.incrementAndGet();
        this.calls = new SerialCalls(executor);
        this.maxReceivedBytes = maxReceivedBytes;
        this.whenGone = whenGone;
    }

    /** Makes this and {@code other} the ends of one connection; before anything else is done with them. */
    void join(InMemoryConnection other) {
        peer = other;
        other.peer = this;
    }

    /** Has the handler told, and then {@code done} run. */
    void open(ConnectionHandler handler, Runnable done) {
        calls.execute(() -> {
            try {
                listener = handler.opened(this);
            } catch (Throwable failure) {
                LOG.error("A connection handler failed", failure);
                close(CloseReason.INTERNAL);
            }
            synchronized (lock) {
                opened = true; // what the other end has sent by now was kept for the listener
            }
            done.run();
            deliverNext();
        });
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String remote() {
        return "memory";
    }

    @Override
    public long queuedBytes() {
        synchronized (lock) {
            return queuedBytes;
        }
    }

    @Override
    public boolean offer(WireFrame frame) {
        synchronized (lock) {
            if (gone || closing != null || queuedBytes + frame.size() > InMemoryTransport.MAX_QUEUED_BYTES) {
                return false;
            }
            unsent.add(frame);
            queuedBytes += frame.size();
            reachedLowMark |= queuedBytes >= InMemoryTransport.LOW_MARK;
        }
        peer.deliverNext();
        return true;
    }

    /** {@inheritDoc} Here an older one of the same kind may arrive too. */
    @Override
    public void signal(Object kind, WireFrame frame) {
        boolean behind;
        synchronized (lock) {
            behind = queuedBytes + frame.size() >= InMemoryTransport.LOW_MARK;
        }
        if (!behind) {
            offer(frame);
        }
    }

    @Override
    public void setReading(boolean reading) {
        synchronized (lock) {
            this.reading = reading;
        }
        deliverNext();
    }

    @Override
    public void close(CloseReason reason) {
        synchronized (lock) {
            if (gone || closing != null) {
                return;
            }
            closing = reason;
        }
        if (reason.equals(CloseReason.SLOW_CONSUMER)) {
            lose(CloseReason.ABNORMAL);
        } else {
            peer.deliverNext();
        }
    }

    /** Delivers one frame, or the end, to this end's listener soon, and then the next. */
    private void deliverNext() {
        synchronized (lock) {
            boolean something = !peer.unsent.isEmpty() && reading || peer.closing != null;
            if (!opened || gone || delivering || !something) {
                return;
            }
            delivering = true;
        }
        calls.execute(this::deliver);
    }

    private void deliver() {
        WireFrame frame = null;
        CloseReason end = null;
        boolean drained = false;
        synchronized (lock) {
            delivering = false;
            if (reading) {
                frame = peer.unsent.poll();
            }
            if (frame == null) {
                end = peer.closing;
            } else {
                drained = peer.taken(frame.size());
            }
        }
        if (frame != null) {
            received(frame);
        } else if (end != null) {
            endWith(end);
        }
        if (drained) {
            peer.calls.execute(() -> peer.tell(ConnectionListener::drained));
        }
        deliverNext();
    }

    private boolean taken(int size) {
        queuedBytes -= size;
        boolean drained = reachedLowMark && queuedBytes < InMemoryTransport.LOW_MARK;
        reachedLowMark &= !drained;
        return drained;
    }

    private void received(WireFrame frame) {
        synchronized (lock) {
            if (closing != null) {
                return;
            }
        }
        if (frame.size() > maxReceivedBytes) {
            close(CloseReason.MESSAGE_TOO_BIG);
        } else {
            tell(ConnectionListener::heard);
            tell(hearing -> hearing.received(frame.text()));
        }
    }

    /** The peer closes: this end agrees, if it reads; else it is cut off, and doesn't learn why. */
    private void endWith(CloseReason reason) {
        boolean agrees;
        synchronized (lock) {
            agrees = reading && peer.unsent.isEmpty();
        }
        lose(agrees ? reason : CloseReason.ABNORMAL);
    }

    /** Ends both sides. Each hears its own reason, if it gave one, else {@code reason}. */
    void lose(CloseReason reason) {
        CloseReason own = markGone(reason);
        CloseReason others = peer.markGone(reason);
        calls.end(() -> ended(own));
        peer.calls.end(() -> peer.ended(others));
    }

    /** Ends both sides; when this returns, this one's listener knows. */
    void loseNow() {
        CloseReason own = markGone(CloseReason.ABNORMAL);
        CloseReason others = peer.markGone(CloseReason.ABNORMAL);
        calls.endNow(() -> ended(own));
        peer.calls.end(() -> peer.ended(others));
    }

    private CloseReason markGone(CloseReason reason) {
        synchronized (lock) {
            gone = true;
            unsent.clear();
            queuedBytes = 0;
            return closing == null ? reason : closing;
        }
    }

    private void ended(CloseReason reason) {
        whenGone.accept(this);
        tell(hearing -> hearing.closed(reason));
    }

    private void tell(Consumer<ConnectionListener> call) {
        if (listener == null) {
            return;
        }
        try {
            call.accept(listener);
        } catch (Throwable failure) {
            LOG.error("The listener of connection {} failed", id, failure);
            close(CloseReason.INTERNAL);
        }
    }
}
