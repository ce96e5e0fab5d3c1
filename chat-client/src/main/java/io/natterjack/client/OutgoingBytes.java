package io.natterjack.client;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What a socket has still to write, and how much that is. It takes whatever it is given: whoever offers looks at {@link
 * #size} first.
 *
 * <p><b>Threads.</b> Any thread adds and asks; one thread writes.
 */
final class OutgoingBytes {
    private final Object lock = new Object();

    // Guarded by lock.
    private final Queue<ByteBuffer> buffers = new ArrayDeque<>();
    private long size;
    private boolean ended;

    void add(ByteBuffer buffer) {
        synchronized (lock) {
            if (!ended) {
                buffers.add(buffer);
                size += buffer.remaining();
                lock.notifyAll();
            }
        }
    }

    /** Returns how many bytes were added and not yet {@linkplain #written}. */
    long size() {
        synchronized (lock) {
            return size;
        }
    }

    /** Nothing more is taken; what is there can still be written. */
    void end() {
        synchronized (lock) {
            ended = true;
            lock.notifyAll();
        }
    }

    /** Returns the next buffer, waiting for one; nothing if all is written after the {@link #end}. */
    @Nullable
    ByteBuffer next() throws InterruptedException {
        synchronized (lock) {
            while (buffers.isEmpty() && !ended) {
                lock.wait();
            }
            return buffers.poll();
        }
    }

    /** Returns the next buffer, or nothing if none is there now. */
    @Nullable
    ByteBuffer poll() {
        synchronized (lock) {
            return buffers.poll();
        }
    }

    /** Says that {@code bytes} are with the operating system, and returns how many are left. */
    long written(int bytes) {
        synchronized (lock) {
            size -= bytes;
            return size;
        }
    }
}
