package io.natterjack.server.websocket;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections, a few at a time. When the system refuses (no descriptors left, most often), it pauses and tries again:
 * what is open goes on, and what waits in the backlog is served when there is room.
 *
 * <p><b>Threads.</b> One I/O thread only.
 */
final class Acceptor {
    /** Where connections come from. */
    @FunctionalInterface
    interface Source {
        /** Returns the next connection, null if none waits. */
        @Nullable
        SocketChannel accept() throws IOException;
    }

    static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
    private static final int TURN = 64;

    private final Source source;
    private long pausedUntil;
    private boolean paused;
    private boolean failing;

    Acceptor(Source source) {
        this.source = source;
    }

    /** Tells whether accepting is worth a try. */
    boolean isReady(long now) {
        paused &= pausedUntil - now > 0;
        return !paused;
    }

    /** Returns in how many nanoseconds a pause ends, {@code most} at most and 0 at least. */
    long nanosToReady(long now, long most) {
        return paused ? Math.max(0, Math.min(most, pausedUntil - now)) : most;
    }

    /**
     * Accepts up to {@code room} of those who wait.
     *
     * @param handler must not throw
     */
    void accept(long now, int room, Consumer<SocketChannel> handler) {
        try {
            for (int i = 0; i < Math.min(TURN, room); i++) {
                SocketChannel channel = source.accept();
                if (channel == null) {
                    return;
                }
                failing = false;
                handler.accept(channel);
            }
        } catch (IOException refused) {
            paused = true;
            pausedUntil = now + PAUSE_NANOS;
            if (!failing) {
                failing = true;
                LOG.warn("Can't accept connections now, goes on trying", refused);
            }
        }
    }
}
