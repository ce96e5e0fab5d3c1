package io.natterjack.core.wire;

import io.natterjack.core.Value;
import java.util.List;

/** What a server allows a connection, told in {@code welcome}. */
public final class Limits extends Value {
    /** The smallest limit of a frame, in bytes. */
    static final int MIN_FRAME_BYTES = 1024;

    /** The most sends that may be allowed to wait. */
    static final int MAX_IN_FLIGHT = 65_536;

    private final int frameBytes;
    private final int bodyBytes;
    private final int inFlight;
    private final int framesPerSecond;
    private final int burst;

    /**
     * Makes limits.
     *
     * @param frameBytes the largest frame from the client, in bytes of UTF-8
     * @param bodyBytes the largest body, in bytes of compact JSON
     * @param inFlight how many sends may wait for their answer
     * @param framesPerSecond how many frames the client may send a second in the long run; 0 for no limit
     * @param burst how many frames it may send at once
     */
    public Limits(int frameBytes, int bodyBytes, int inFlight, int framesPerSecond, int burst) {
        FrameChecks.requireRange("frameBytes", frameBytes, MIN_FRAME_BYTES, Integer.MAX_VALUE);
        FrameChecks.requireRange("bodyBytes", bodyBytes, 1, frameBytes);
        FrameChecks.requireRange("inFlight", inFlight, 1, MAX_IN_FLIGHT);
        FrameChecks.requireRange("framesPerSecond", framesPerSecond, 0, Integer.MAX_VALUE);
        FrameChecks.requireRange("burst", burst, framesPerSecond == 0 ? 0 : 1, Integer.MAX_VALUE);
        this.frameBytes = frameBytes;
        this.bodyBytes = bodyBytes;
        this.inFlight = inFlight;
        this.framesPerSecond = framesPerSecond;
        this.burst = burst;
    }

    public int frameBytes() {
        return frameBytes;
    }

    public int bodyBytes() {
        return bodyBytes;
    }

    public int inFlight() {
        return inFlight;
    }

    /** Returns the frames a second in the long run; 0 for no limit. */
    public int framesPerSecond() {
        return framesPerSecond;
    }

    public int burst() {
        return burst;
    }

    @Override
    protected List<?> parts() {
        return List.of(frameBytes, bodyBytes, inFlight, framesPerSecond, burst);
    }
}
