package io.natterjack.testkit;

import io.natterjack.core.spi.Bus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A listener to a {@link Bus} that keeps what it hears, and fails if it is called by two threads at a time.
 *
 * <p><b>Threads.</b> Any; guarded by this.
 */
public final class RecordingEar implements Bus.Listener {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<String> texts = new ArrayList<>();
    private int regained;
    private boolean called;
    private boolean overlapped;

    /** Makes one that has heard nothing. */
    public RecordingEar() {}

    @Override
    public void received(String text) {
        enter();
        synchronized (this) {
            texts.add(text);
            leave();
        }
    }

    @Override
    public void regained() {
        enter();
        synchronized (this) {
            regained++;
            leave();
        }
    }

    private synchronized void enter() {
        overlapped |= called;
        called = true;
    }

    private synchronized void leave() {
        called = false;
        notifyAll();
    }

    /** Returns all texts so far. */
    public synchronized List<String> texts() {
        requireOrder();
        return List.copyOf(texts);
    }

    private void requireOrder() {
        if (overlapped) {
            throw new AssertionError("called by two threads at a time");
        }
    }

    /** Waits until it has heard {@code text}. */
    public void awaitText(String text) {
        await(text, () -> texts.contains(text));
    }

    /** Waits until it was told at least {@code times} times that texts may have been lost. */
    public void awaitRegained(int times) {
        await("regained " + times + " times", () -> regained >= times);
    }

    private synchronized void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (!condition.getAsBoolean()) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    throw new AssertionError("never heard: " + what + "; heard: " + texts);
                }
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
