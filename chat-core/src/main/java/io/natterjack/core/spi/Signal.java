package io.natterjack.core.spi;

import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.WireFrame;
import java.util.Objects;

/**
 * Something that is so now and may get lost: typing, receipts, presence, a call, news of a room. Encoded once for all that get it.
 *
 * <p><b>Threads.</b> Any.
 */
public final class Signal {
    private final ServerFrame frame;
    private final Object kind;
    private final WireFrame encoded;

    /**
     * Makes a signal.
     *
     * @param kind what a newer one takes the place of, with {@code equals} and {@code hashCode}
     */
    public Signal(ServerFrame frame, Object kind) {
        this.frame = Objects.requireNonNull(frame);
        this.kind = Objects.requireNonNull(kind);
        this.encoded = FrameCodec.encode(frame);
    }

    public ServerFrame frame() {
        return frame;
    }

    /** Returns what a newer one takes the place of. */
    public Object kind() {
        return kind;
    }

    public WireFrame encoded() {
        return encoded;
    }
}
