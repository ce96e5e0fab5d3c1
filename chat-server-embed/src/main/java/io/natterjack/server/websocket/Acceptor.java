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
    private static final double SECOND = 1e9;

    private final Source source;
    private final double perSecond;
    private double allowed;
    private long countedAt;
    private boolean counting;
    private long pausedUntil;
    private boolean paused;
    private boolean failing;

    /**
     * Makes one.
     *
     * @param perSecond how many connections it accepts in the long run, and at once after a rest
     */
    Acceptor(Source source, int perSecond) {
        this.source = source;
        this.perSecond = perSecond;
        this.allowed = perSecond;
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
        count(now);
        try {
            for (int i = 0; i < Math.min(TURN, room); i++) {
                if (allowed < 1) {
                    pause(now, PAUSE_NANOS / 10); // those who wait are taken a few at a time
                    return;
                }
                SocketChannel channel = source.accept();
                if (channel == null) {
                    return;
                }
                allowed--;
                failing = false;
                handler.accept(channel);
            }
        } catch (IOException refused) {
            pause(now, PAUSE_NANOS);
            if (!failing) {
                failing = true;
                LOG.warn("Can't accept connections now, goes on trying", refused);
            }
        }
    }

    private void count(long now) {
        if (counting) {
            allowed = Math.min(perSecond, allowed + (now - countedAt) / SECOND * perSecond);
        }
        counting = true;
        countedAt = now;
    }

    private void pause(long now, long nanos) {
        paused = true;
        pausedUntil = now + nanos;
    }
}
