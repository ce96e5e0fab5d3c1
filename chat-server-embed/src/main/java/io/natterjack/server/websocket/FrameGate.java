package io.natterjack.server.websocket;

import io.natterjack.core.CloseReason;
import java.nio.ByteBuffer;

/**
 * Looks at the header of each frame that a client sends before anything is done for it, and lets through only what a codec
 * may be trusted with. So a frame that announces 2 GiB costs 14 bytes, and a message is bounded over all of its fragments.
 *
 * <p><b>Threads.</b> The connection's I/O thread only.
 */
final class FrameGate {
    /** A message in more fragments than this is an attack: large messages come in fragments of kilobytes. */
    static final int MAX_FRAGMENTS = 1_024;

    private static final int CONTINUATION = 0x0;
    private static final int TEXT = 0x1;
    private static final int BINARY = 0x2;
    private static final int CLOSE = 0x8;
    private static final int PONG = 0xA;
    private static final int MAX_CONTROL_PAYLOAD = 125;

    private final int maxMessageBytes;
    private final byte[] header = new byte[14];
    private int headerSeen;
    private long payloadLeft;

    // The message that isn't complete yet; no fragments if there is none.
    private int fragments;
    private long messageBytes;

    FrameGate(int maxMessageBytes) {
        this.maxMessageBytes = maxMessageBytes;
    }

    /**
     * Returns the index in {@code in} up to which its bytes, from its position on, belong to one good frame: the end of that
     * frame, or the limit of {@code in} if it goes on beyond. The next call goes on from there.
     *
     * @throws ViolationException if the frame that begins or goes on at the position may not be taken
     */
    int admit(ByteBuffer in) throws ViolationException {
        int at = in.position();
        while (payloadLeft == 0 && at < in.limit()) {
            header[headerSeen++] = in.get(at++);
            if (headerSeen == 2) {
                checkFirstTwo();
            }
            if (headerSeen >= 2 && headerSeen == headerBytes()) {
                payloadLeft = checkedPayload();
                headerSeen = 0;
                if (payloadLeft == 0) {
                    return at;
                }
            }
        }
        int step = (int) Math.min(payloadLeft, in.limit() - at);
        payloadLeft -= step;
        return at + step;
    }

    /** Whether what was let through so far ends with a whole frame. */
    boolean isBetweenFrames() {
        return headerSeen == 0 && payloadLeft == 0;
    }

    private int headerBytes() {
        int extended = switch (shortLength()) {
            case 126 -> 2;
            case 127 -> 8;
            default -> 0;
        };
        return 2 + extended + 4;
    }

    private int opcode() {
        return header[0] & 0x0F;
    }

    private boolean isFinal() {
        return (header[0] & 0x80) != 0;
    }

    private int shortLength() {
        return header[1] & 0x7F;
    }

    private void checkFirstTwo() throws ViolationException {
        require((header[0] & 0x70) == 0, "a reserved bit is set");
        require((header[1] & 0x80) != 0, "a frame isn't masked");
        switch (opcode()) {
            case CONTINUATION -> require(fragments > 0, "a continuation of nothing");
            case TEXT -> require(fragments == 0, "a message within a message");
            case BINARY -> throw new ViolationException(CloseReason.UNACCEPTABLE_TYPE, "a binary message");
            default -> {
                require(opcode() >= CLOSE && opcode() <= PONG, "an unknown opcode");
                require(isFinal(), "a control frame in fragments");
                require(shortLength() <= MAX_CONTROL_PAYLOAD, "a control frame of more than 125 bytes");
            }
        }
    }

    private long checkedPayload() throws ViolationException {
        long length = length();
        if (opcode() >= CLOSE) {
            return length;
        }
        messageBytes = opcode() == TEXT ? length : messageBytes + length;
        fragments++;
        // A length with its top bit set is negative.
        if (length < 0 || messageBytes > maxMessageBytes || fragments > MAX_FRAGMENTS) {
            throw new ViolationException(CloseReason.MESSAGE_TOO_BIG, "a message over the limit");
        }
        if (isFinal()) {
            fragments = 0;
        }
        return length;
    }

    private long length() throws ViolationException {
        ByteBuffer extended = ByteBuffer.wrap(header, 2, 8);
        switch (shortLength()) {
            case 126 -> {
                int length = extended.getShort() & 0xFFFF;
                require(length > MAX_CONTROL_PAYLOAD, "a length that isn't written in its shortest form");
                return length;
            }
            case 127 -> {
                long length = extended.getLong();
                require(length < 0 || length > 0xFFFF, "a length that isn't written in its shortest form");
                return length;
            }
            default -> {
                return shortLength();
            }
        }
    }

    private static void require(boolean condition, String violation) throws ViolationException {
        if (!condition) {
            throw new ViolationException(CloseReason.WEBSOCKET_PROTOCOL, violation);
        }
    }
}
