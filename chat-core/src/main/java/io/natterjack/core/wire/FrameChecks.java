package io.natterjack.core.wire;

import io.natterjack.core.text.Utf8;

/** What the constructors of frames check. */
final class FrameChecks {
    private FrameChecks() {}

    static void requireId(int id) {
        requireRange("id", id, 0, Frame.MAX_ID);
    }

    static void requireToken(String token) {
        long bytes = Utf8.length(token);
        if (bytes < 0) {
            throw new IllegalArgumentException("token has a lone surrogate");
        }
        requireAtMost("token bytes", bytes, ClientFrame.MAX_TOKEN_BYTES);
    }

    static void requireAtMost(String what, long value, long max) {
        requireRange(what, value, 0, max);
    }

    static void requireRange(String what, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(what + " must be " + min + " to " + max + ", was " + value);
        }
    }
}
