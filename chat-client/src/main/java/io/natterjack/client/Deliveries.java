package io.natterjack.client;

import io.natterjack.core.lane.Lane;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings calls to the application's listeners, in order, on its executor.
 *
 * <p>It takes whatever it is given, but says when it is {@linkplain #isBehind behind}: the client then stops reading from
 * its connection, so that no more than one read buffer and what is being worked on comes on top.
 *
 * <p><b>Threads.</b> The lane delivers; the listener executor runs the calls; any thread may ask.
 */
final class Deliveries {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);

    /** How many calls may wait before reading stops; it goes on at half of it. */
    static final int MAX_WAITING = 1_000;

    /** The same in bytes of what the calls bring. */
    static final long MAX_BYTES = 4L << 20;

    private final InsistingExecutor executor;
    private final Lane listeners;
    private final Runnable changed;
    private final Object lock = new Object();

    // Guarded by lock.
    private int waiting;
    private long bytes;
    private boolean behind;

    /**
     * Makes an empty one.
     *
     * @param changed run on {@code loop} when {@link #isBehind} has become another
     */
    Deliveries(Executor listenerExecutor, Loop loop, Runnable changed) {
        this.executor = new InsistingExecutor(
                listenerExecutor, "listener executor", (pause, task) -> loop.execute(() -> loop.after(pause, task)));
        this.listeners = new Lane(executor);
        this.changed = () -> loop.execute(changed);
    }

    /**
     * Has {@code call} made after all that was delivered before.
     *
     * @param size roughly how many bytes it holds
     */
    void deliver(int size, Runnable call) {
        boolean fellBehind;
        synchronized (lock) {
            waiting++;
            bytes += size;
            fellBehind = !behind && (waiting >= MAX_WAITING || bytes >= MAX_BYTES);
            behind |= fellBehind;
        }
        if (fellBehind) {
            changed.run();
        }
        listeners.execute(() -> {
            try {
                call.run();
            } catch (Throwable failure) {
                LOG.error("A listener of the application failed", failure);
            } finally {
                delivered(size);
            }
        });
    }

    private void delivered(int size) {
        boolean over;
        synchronized (lock) {
            waiting--;
            bytes -= size;
            over = behind && waiting <= MAX_WAITING / 2 && bytes <= MAX_BYTES / 2;
            behind &= !over;
        }
        if (over) {
            changed.run();
        }
    }

    /** Nothing follows. If the executor doesn't take what was delivered, {@code abandoned} runs instead, on some thread. */
    void end(Runnable abandoned) {
        executor.end(abandoned);
    }

    /** Tells whether the listeners have more to work off than they should. */
    boolean isBehind() {
        synchronized (lock) {
            return behind;
        }
    }
}
