package io.natterjack.server.websocket;

import java.nio.ByteBuffer;

/**
 * The buffer that a thread gathers into what one connection has to send, so that it leaves in one system call. Direct, since the
 * JDK would copy any other once more.
 */
final class WriteBuffer {
    static final int BYTES = 64 << 10;

    private static final ThreadLocal<ByteBuffer> OF_THREAD =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BYTES));

    private WriteBuffer() {}

    /** Returns the calling thread's buffer, empty. It is used before anything else of this class is called. */
    static ByteBuffer empty() {
        return OF_THREAD.get().clear();
    }
}
