package io.natterjack.client;

import io.natterjack.core.wire.Limits;
import java.time.Duration;

/**
 * Keeps the frames of one connection below the rate that the server allows: a token bucket a little smaller and slower than
 * the server's own, so that an honest client isn't refused as {@code rate_limited}. Lane only.
 */
final class Pacer {
    private static final double NANOS = 1e9;

    private final double perSecond;
    private final double capacity;
    private double tokens;
    private int unanswered;
    private long refilledAt;

    /** Makes a full one; unlimited if the limits are. */
    Pacer(Limits limits, long nowNanos) {
        perSecond = limits.framesPerSecond() * 0.9;
        capacity = Math.max(1, Math.floor(limits.burst() * 0.9));
        tokens = capacity;
        refilledAt = nowNanos;
    }

    /**
     * Returns how many frames may be on their way unanswered: as many as the server takes at once, since a stall may pile them
     * up.
     */
    int window() {
        return isUnlimited() ? Integer.MAX_VALUE : (int) capacity;
    }

    /** Says how many frames are unanswered now. The server may see them and all that is allowed beside them in one burst. */
    void unanswered(int frames, long nowNanos) {
        refill(nowNanos);
        unanswered = frames;
    }

    /** The server had enough: nothing more for that long, whatever this side has counted. */
    void pause(Duration length, long nowNanos) {
        refill(nowNanos);
        tokens = Math.min(tokens, 1 - length.toNanos() / NANOS * perSecond);
    }

    private boolean isUnlimited() {
        return perSecond == 0;
    }

    /** Takes the allowance for one frame if there is some. */
    boolean tryTake(long nowNanos) {
        if (!untilNext(nowNanos).isZero()) {
            return false;
        }
        tokens -= 1;
        return true;
    }

    /** Counts a frame that had to go out at once; later ones wait for it. */
    void take(long nowNanos) {
        refill(nowNanos);
        tokens -= 1;
    }

    /** Returns how long until {@link #tryTake} may succeed; zero if now. */
    Duration untilNext(long nowNanos) {
        if (isUnlimited()) {
            return Duration.ZERO;
        }
        refill(nowNanos);
        return tokens >= 1 ? Duration.ZERO : Duration.ofNanos(1 + (long) ((1 - tokens) / perSecond * NANOS));
    }

    private void refill(long nowNanos) {
        tokens = Math.min(capacity - unanswered, tokens + (nowNanos - refilledAt) / NANOS * perSecond);
        refilledAt = nowNanos;
    }
}
