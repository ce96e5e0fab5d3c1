package io.natterjack.examples.loadtest;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Cuts what a server sends into frames (RFC 6455 section 5.2): unmasked, and as Natterjack and Java-WebSocket send them whole. */
final class FrameInput {
    /** Takes frames. The bytes are the input's own, and only good during the call. */
    interface Sink {
        void text(byte[] bytes, int from, int to);

        void closes(int code);
    }

    private static final int TEXT = 0x1;
    private static final int CLOSE = 0x8;
    private static final int FIRST_SIZE = 512;
    private static final int KEPT_SIZE = 16 << 10;

    private byte[] bytes = new byte[FIRST_SIZE];
    private int size;

    void read(ByteBuffer in, Sink sink) {
        int more = in.remaining();
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
        }
        in.get(bytes, size, more);
        size += more;
        int at = 0;
        for (int end = frameEnd(at); end >= 0; end = frameEnd(at)) {
            hand(at, end, sink);
            at = end;
        }
        System.arraycopy(bytes, at, bytes, 0, size - at);
        size -= at;
        if (size == 0 && bytes.length > KEPT_SIZE) {
            bytes = new byte[FIRST_SIZE];
        }
    }

    /** Returns where the frame at {@code at} ends, -1 if it isn't whole. */
    private int frameEnd(int at) {
        if (size - at < 2) {
            return -1;
        }
        int payload = payload(at);
        if (payload > size) {
            return -1;
        }
        long end = payload + length(at);
        return end <= size ? (int) end : -1;
    }

    private int payload(int at) {
        return at
                + switch (bytes[at + 1] & 0x7F) {
                    case 126 -> 4;
                    case 127 -> 10;
                    default -> 2;
                };
    }

    private long length(int at) {
        int shortLength = bytes[at + 1] & 0x7F;
        return switch (shortLength) {
            case 126 -> ByteBuffer.wrap(bytes, at + 2, 2).getShort() & 0xFFFF;
            case 127 -> ByteBuffer.wrap(bytes, at + 2, 8).getLong();
            default -> shortLength;
        };
    }

    private void hand(int at, int end, Sink sink) {
        int payload = payload(at);
        switch (bytes[at] & 0x0F) {
            case TEXT -> sink.text(bytes, payload, end);
            case CLOSE ->
                sink.closes(
                        end - payload >= 2 ? ByteBuffer.wrap(bytes, payload, 2).getShort() : 1005);
            default -> {
                // Neither server pings by a frame while there is talk.
            }
        }
    }
}
