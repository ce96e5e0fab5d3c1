package io.natterjack.testkit;

import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionHandler;
import io.natterjack.core.spi.ConnectionListener;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives each connection a {@link RecordingListener}, and lets a test wait for connections.
 *
 * <p><b>Threads.</b> Any.
 */
public final class RecordingHandler implements ConnectionHandler {
    // Guarded by this.
    private final List<RecordingListener> opened = new ArrayList<>();

    /** Makes a handler without connections. */
    public RecordingHandler() {}

    @Override
    public synchronized ConnectionListener opened(Connection connection) {
        RecordingListener listener = new RecordingListener(connection);
        opened.add(listener);
        notifyAll();
        return listener;
    }

    /** Returns the listeners of all connections there were, oldest first. */
    public synchronized List<RecordingListener> all() {
        return List.copyOf(opened);
    }

    /** Waits until there were {@code count} connections, and returns the listener of the last of these. */
    public synchronized RecordingListener await(int count) {
        long deadline = System.nanoTime() + RecordingListener.PATIENCE.toNanos();
        try {
            while (opened.size() < count) {
                long millis = (deadline - System.nanoTime()) / 1_000_000;
                if (millis <= 0) {
                    throw new AssertionError("only " + opened.size() + " of " + count + " connections came");
                }
                wait(millis);
            }
            return opened.get(count - 1);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for a connection", interrupted);
        }
    }
}
