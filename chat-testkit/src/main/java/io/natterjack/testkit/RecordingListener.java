package io.natterjack.testkit;

import io.natterjack.core.CloseReason;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Writes down what it hears of one connection, and lets a test wait for it.
 *
 * <p><b>Threads.</b> Any. The {@code await} methods block, and throw {@link AssertionError} when their time is over.
 */
public final class RecordingListener implements ConnectionListener {
    /** How long the {@code await} methods wait unless told otherwise. */
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Connection connection;

    // Guarded by this.
    private final List<String> received = new ArrayList<>();
    private final List<CloseReason> closed = new ArrayList<>();
    private int drained;
    private int callsAfterClosed;
    private int underWay;
    private int overlappingCalls;

    /** Makes a listener for {@code connection}. */
    public RecordingListener(Connection connection) {
        this.connection = connection;
    }

    /** Returns the connection that this listens to. */
    public Connection connection() {
        return connection;
    }

    @Override
    public void heard() {
        called(() -> {});
    }

    @Override
    public void received(String text) {
        called(() -> received.add(text));
    }

    @Override
    public void drained() {
        called(() -> drained++);
    }

    @Override
    public void closed(CloseReason reason) {
        called(() -> closed.add(reason));
    }

    /** Two turns of the lock, so that a call that comes during this one is seen. */
    private void called(Runnable note) {
        enter();
        synchronized (this) {
            if (!closed.isEmpty()) {
                callsAfterClosed++;
            }
            note.run();
            underWay--;
            notifyAll();
        }
    }

    private synchronized void enter() {
        if (underWay++ > 0) {
            overlappingCalls++;
        }
    }

    /** Returns the texts received so far, oldest first. */
    public synchronized List<String> received() {
        return List.copyOf(received);
    }

    /** Returns how many texts were received so far. */
    public synchronized int receivedCount() {
        return received.size();
    }

    /** Returns how often {@link #drained()} was called. */
    public synchronized int drainedCount() {
        return drained;
    }

    /** Returns the reason that the connection was closed for; nothing if it wasn't. */
    public synchronized Optional<CloseReason> closed() {
        return closed.stream().findFirst();
    }

    /** Returns how many calls came after {@link #closed(CloseReason)}; there may be none. */
    public synchronized int callsAfterClosed() {
        return callsAfterClosed;
    }

    /** Returns how many calls came while another was under way; there may be none. */
    public synchronized int overlappingCalls() {
        return overlappingCalls;
    }

    /** Waits for {@code count} texts, and returns all that were received. */
    public List<String> awaitReceived(int count) {
        await("receiving " + count + " texts", PATIENCE, () -> received.size() >= count);
        return received();
    }

    /** Waits until {@code text} was received, among whatever else. */
    public void awaitReceived(String text) {
        await("receiving a certain text", PATIENCE, () -> received.contains(text));
    }

    /** Waits until {@link #drained()} was called {@code count} times. */
    public void awaitDrained(int count) {
        await("draining " + count + " times", PATIENCE, () -> drained >= count);
    }

    /** Waits for the end of the connection, and returns its reason. */
    public CloseReason awaitClosed() {
        return awaitClosed(PATIENCE);
    }

    /** Waits no longer than {@code patience} for the end of the connection, and returns its reason. */
    public synchronized CloseReason awaitClosed(Duration patience) {
        await("the end", patience, () -> !closed.isEmpty());
        return closed.get(0);
    }

    private synchronized void await(String what, Duration patience, BooleanSupplier condition) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (!condition.getAsBoolean()) {
                long millis = (deadline - System.nanoTime()) / 1_000_000;
                if (millis <= 0) {
                    throw new AssertionError(
                            connection.id() + ": no " + what + " within " + patience + "; got " + this);
                }
                wait(millis);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + what, interrupted);
        }
    }

    @Override
    public synchronized String toString() {
        return received.size() + " texts, drained " + drained + " times, closed " + closed;
    }
}
