package io.natterjack.server.session;

import io.natterjack.core.CloseReason;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.WireFrame;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/** A connection whose other end is the test. */
final class TestConnection implements Connection {
    private final Queue<ServerFrame> frames = new ArrayDeque<>();
    private Optional<CloseReason> closed = Optional.empty();
    private boolean reading = true;
    private boolean full;
    private boolean broken;
    long queuedBytes;

    /** How many frames that weren't taken make it look full. */
    int fullAfter = Integer.MAX_VALUE;

    int refusedFrames;

    /** The largest frame that it takes. */
    int maxBytes = 1 << 20;

    @Override
    public String id() {
        return "test";
    }

    @Override
    public String remote() {
        return "192.0.2.1";
    }

    @Override
    public boolean offer(WireFrame frame) {
        if (broken) {
            throw new IllegalStateException("planted");
        }
        if (closed.isPresent() || full || frame.size() > maxBytes) {
            refusedFrames++;
            return false;
        }
        frames.add(FrameCodec.decodeServer(frame.text()).orElseThrow());
        return true;
    }

    @Override
    public long queuedBytes() {
        return frames.size() >= fullAfter ? Integer.MAX_VALUE : queuedBytes;
    }

    @Override
    public void setReading(boolean reading) {
        this.reading = reading;
    }

    @Override
    public void close(CloseReason reason) {
        if (closed.isEmpty()) {
            closed = Optional.of(reason);
        }
    }

    /** Has every offer throw from now on. */
    void breakDown() {
        broken = true;
    }

    void fill() {
        full = true;
    }

    boolean isReading() {
        return reading;
    }

    Optional<CloseReason> closed() {
        return closed;
    }

    /** Returns the next frame, which must be of the given type. */
    <F extends ServerFrame> F next(Class<F> type) {
        ServerFrame frame = frames.poll();
        if (!type.isInstance(frame)) {
            throw new AssertionError("expected " + type.getSimpleName() + ", was " + frame);
        }
        return type.cast(frame);
    }

    /** Returns all frames that weren't taken yet. */
    List<ServerFrame> rest() {
        List<ServerFrame> rest = List.copyOf(frames);
        frames.clear();
        return rest;
    }
}
