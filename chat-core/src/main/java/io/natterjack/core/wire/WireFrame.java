package io.natterjack.core.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A frame as it travels: bytes of UTF-8 that never change, so that any number of connections may share them. */
public final class WireFrame {
    private final byte[] utf8;

    private WireFrame(byte[] utf8) {
        this.utf8 = utf8;
    }

    /** Encodes {@code text}, which must not have lone surrogates. */
    public static WireFrame text(String text) {
        return new WireFrame(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns a read-only view of the bytes, with a position of its own. */
    public ByteBuffer bytes() {
        return ByteBuffer.wrap(utf8).asReadOnlyBuffer();
    }

    /**
     * Copies bytes into {@code out}, as many as fit and are left.
     *
     * @param from how many to leave out at the beginning, 0 to {@link #size}
     */
    public void copyTo(ByteBuffer out, int from) {
        out.put(utf8, from, Math.min(utf8.length - from, out.remaining()));
    }

    /** Returns the number of bytes. */
    public int size() {
        return utf8.length;
    }

    /** Returns the text that the bytes stand for. */
    public String text() {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
