package io.natterjack.server.websocket;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Collects the head of an HTTP request, up to and including its empty line. Each byte is looked at once, however slowly they
 * come.
 *
 * <p><b>Threads.</b> One I/O thread only.
 */
final class RequestHead {
    private static final int MAX_LINES = 64;
    private static final int FIRST_SIZE = 512;

    private final int maxBytes;
    private byte[] bytes = new byte[0];
    private int size;
    private int lines;
    private boolean complete;

    RequestHead(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Takes bytes from {@code in}, none beyond the end of the head.
     *
     * @return true once the head is complete
     * @throws RefusalException if it is too long, or has bytes that no head may have
     */
    boolean read(ByteBuffer in) throws RefusalException {
        while (!complete && in.hasRemaining()) {
            take(in.get());
        }
        return complete;
    }

    private void take(byte next) throws RefusalException {
        if (size == maxBytes) {
            throw new RefusalException(431, "Request Header Fields Too Large");
        }
        if (size == bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.min(maxBytes, Math.max(FIRST_SIZE, 2 * size)));
        }
        boolean afterReturn = size > 0 && bytes[size - 1] == '\r';
        if (afterReturn != (next == '\n') || isControl(next)) {
            throw new RefusalException(400, "Bad Request");
        }
        bytes[size++] = next;
        if (next == '\n') {
            endLine();
        }
    }

    private static boolean isControl(byte b) {
        return (b >= 0 && b < ' ' && b != '\t' && b != '\r' && b != '\n') || b == 0x7F;
    }

    private void endLine() throws RefusalException {
        if (++lines > MAX_LINES) {
            throw new RefusalException(431, "Request Header Fields Too Large");
        }
        complete = size >= 4 && bytes[size - 3] == '\n';
    }

    /** Returns the head; complete only after {@link #read} said so. */
    ByteBuffer bytes() {
        return ByteBuffer.wrap(bytes, 0, size);
    }
}
