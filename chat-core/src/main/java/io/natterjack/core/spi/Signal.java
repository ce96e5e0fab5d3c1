package io.natterjack.core.spi;

import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.WireFrame;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Something that is so now and may get lost: typing, receipts, presence, a call, news of a room. Encoded once for all that get it.
 *
 * <p><b>Threads.</b> Any.
 */
public final class Signal {
    private final ServerFrame frame;
    private final String kind;
    private final WireFrame encoded;

    /**
     * Makes a signal.
     *
     * @param kind what a newer one takes the place of: one of the same kind
     */
    public Signal(ServerFrame frame, String kind) {
        this.frame = Objects.requireNonNull(frame);
        this.kind = Objects.requireNonNull(kind);
        this.encoded = FrameCodec.encode(frame);
    }

    public ServerFrame frame() {
        return frame;
    }

    /** Makes the kind of a signal of what it is about. */
    public static String kind(Object... parts) {
        return Arrays.stream(parts).map(String::valueOf).collect(Collectors.joining(" "));
    }

    /** Returns what a newer one takes the place of. */
    public String kind() {
        return kind;
    }

    public WireFrame encoded() {
        return encoded;
    }
}
