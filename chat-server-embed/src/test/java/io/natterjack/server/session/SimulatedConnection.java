package io.natterjack.server.session;

import io.natterjack.core.CloseReason;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionHandler;
import io.natterjack.core.spi.ConnectionListener;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.WireFrame;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/** A connection whose bytes move when the simulation says so, in both directions. */
final class SimulatedConnection implements Connection {
    static final long LOW_MARK = 8 << 10;
    private static final long CAPACITY = 32 << 10;

    private final String id;
    private final Queue<WireFrame> down = new ArrayDeque<>();
    private final Queue<String> up = new ArrayDeque<>();
    private final ConnectionListener listener;
    private Optional<CloseReason> reason = Optional.empty();
    private boolean reading = true;
    private boolean gone;
    private long queuedBytes;

    SimulatedConnection(String id, ConnectionHandler handler) {
        this.id = id;
        this.listener = handler.opened(this);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String remote() {
        return "192.0.2.1";
    }

    @Override
    public boolean offer(WireFrame frame) {
        if (gone || reason.isPresent() || queuedBytes + size(frame) > CAPACITY) {
            return false;
        }
        down.add(frame);
        queuedBytes += size(frame);
        return true;
    }

    private static long size(WireFrame frame) {
        return frame.text().length();
    }

    @Override
    public long queuedBytes() {
        return queuedBytes;
    }

    @Override
    public void setReading(boolean isReading) {
        reading = isReading;
    }

    @Override
    public void close(CloseReason why) {
        if (reason.isEmpty()) {
            reason = Optional.of(why);
        }
    }

    /** The client sends. */
    void send(ClientFrame frame) {
        up.add(FrameCodec.encode(frame).text());
    }

    /** Brings what the client has sent to the server, {@code most} frames of it. */
    void carryUp(int most) {
        for (int i = 0; i < most && reading && !gone && reason.isEmpty() && !up.isEmpty(); i++) {
            listener.heard();
            listener.received(up.remove());
        }
    }

    /** Brings the next frame to the client; nothing if there is none. */
    Optional<ServerFrame> carryDown() {
        WireFrame frame = down.poll();
        if (frame == null) {
            return Optional.empty();
        }
        boolean wasHigh = queuedBytes >= LOW_MARK;
        queuedBytes -= size(frame);
        if (wasHigh && queuedBytes < LOW_MARK && !gone) {
            listener.drained();
        }
        return FrameCodec.decodeServer(frame.text());
    }

    /** Tells whether the client has noticed that this is over: nothing is left to read. */
    boolean isOver() {
        return gone || reason.isPresent() && (down.isEmpty() || reason.get().equals(CloseReason.SLOW_CONSUMER));
    }

    /** Tells whether it ended as may happen to a client that obeys. */
    boolean isFairlyClosed() {
        return reason.map(
                        Set.of(
                                CloseReason.SLOW_CONSUMER,
                                CloseReason.REPLACED,
                                CloseReason.FLOOD,
                                CloseReason.HEARTBEAT)::contains)
                .orElse(true);
    }

    @Override
    public String toString() {
        return id + " " + reason;
    }

    /** Breaks it; the server hears so now. */
    void lose() {
        if (!gone) {
            gone = true;
            down.clear();
            listener.closed(reason.orElse(CloseReason.ABNORMAL));
        }
    }
}
