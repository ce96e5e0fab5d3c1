package io.natterjack.examples.campaign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Makes messages of the bytes that a server sends: first its answer to the handshake, then frames, none of which is in parts.
 *
 * <p><b>Threads.</b> One at a time.
 *
 * <p><b>Bounded.</b> A message may have 1 MiB.
 */
final class LightInput {
    /** Takes what comes. */
    interface Sink {
        /** The server has taken the handshake. */
        void opened();

        void text(String text);

        void pinged(byte[] payload);

        /** The server closes, with 1005 if it gives no reason. */
        void closes(int code);
    }

    private static final int SMALL = 1 << 10;
    private static final int MOST = (1 << 20) + 16;
    private static final int NO_CODE = 1005;

    private final Sink sink;
    private byte[] waiting = new byte[SMALL];
    private int size;
    private boolean isOpen;

    LightInput(Sink sink) {
        this.sink = sink;
    }

    /**
     * Takes bytes.
     *
     * @throws IOException if the server doesn't hold to the protocol, or refuses
     */
    void read(ByteBuffer bytes) throws IOException {
        int more = bytes.remaining();
        if (size + more > waiting.length) {
            waiting = Arrays.copyOf(waiting, Math.max(size + more, 2 * size));
        }
        bytes.get(waiting, size, more);
        size += more;
        int used = isOpen ? 0 : takeAnswer();
        for (int end = frameEnd(used); isOpen && end >= 0; end = frameEnd(used)) {
            take(used, end);
            used = end;
        }
        System.arraycopy(waiting, used, waiting, 0, size - used);
        size -= used;
        if (size == 0 && waiting.length > SMALL) {
            waiting = new byte[SMALL];
        }
    }

    /** Returns where the answer to the handshake ends, 0 if it isn't whole. */
    private int takeAnswer() throws IOException {
        String text = new String(waiting, 0, size, ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return 0;
        }
        if (!text.startsWith("HTTP/1.1 101 ")) {
            throw new IOException("refused");
        }
        isOpen = true;
        sink.opened();
        return end + 4;
    }

    /** Returns where the frame at {@code at} ends, -1 if it isn't whole. */
    private int frameEnd(int at) throws IOException {
        if (size - at < 2 || size - at < headLength(at)) {
            return -1;
        }
        long length = payloadLength(at);
        if (length < 0 || length > MOST) {
            throw new IOException("a message is too long");
        }
        long end = at + headLength(at) + length;
        return end <= size ? (int) end : -1;
    }

    private int headLength(int at) {
        return switch (waiting[at + 1]) {
            case 126 -> 4;
            case 127 -> 10;
            default -> 2;
        };
    }

    private long payloadLength(int at) {
        return switch (waiting[at + 1]) {
            case 126 -> ByteBuffer.wrap(waiting, at + 2, 2).getShort() & 0xFFFF;
            case 127 -> ByteBuffer.wrap(waiting, at + 2, 8).getLong();
            default -> waiting[at + 1]; // masked is negative, which is refused
        };
    }

    private void take(int at, int end) throws IOException {
        int payload = at + headLength(at);
        switch (waiting[at] & 0xFF) {
            case 0x80 | LightFrames.TEXT -> sink.text(new String(waiting, payload, end - payload, UTF_8));
            case 0x80 | LightFrames.PING -> sink.pinged(Arrays.copyOfRange(waiting, payload, end));
            case 0x80 | LightFrames.PONG -> {
                // Nobody asked, and that is allowed.
            }
            case 0x80 | LightFrames.CLOSE ->
                sink.closes(
                        end - payload < 2
                                ? NO_CODE
                                : ByteBuffer.wrap(waiting, payload, 2).getShort() & 0xFFFF);
            default -> throw new IOException("a frame that isn't understood");
        }
    }
}
