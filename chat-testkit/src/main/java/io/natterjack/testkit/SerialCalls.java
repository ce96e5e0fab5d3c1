package io.natterjack.testkit;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Calls on one listener, one at a time and in order. Unlike a lane it can be ended by a last call that overtakes what waits,
 * and that is made when {@link #endNow} returns.
 *
 * <p><b>Threads.</b> Any.
 */
final class SerialCalls {
    private static final long PATIENCE_MILLIS = 5_000;

    private final Executor executor;

    // Guarded by this.
    private final Queue<Runnable> calls = new ArrayDeque<>();
    private @Nullable Thread caller;
    private boolean scheduled;
    private boolean ended;

    SerialCalls(Executor executor) {
        this.executor = executor;
    }

    void execute(Runnable call) {
        synchronized (this) {
            if (ended) {
                return;
            }
            calls.add(call);
            if (scheduled) {
                return;
            }
            scheduled = true;
        }
        executor.execute(this::turn);
    }

    /** Has {@code last} called by the executor next, and nothing after it. Only the first end counts. */
    void end(Runnable last) {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            calls.clear();
            calls.add(last);
            if (scheduled) {
                return;
            }
            scheduled = true;
        }
        executor.execute(this::turn);
    }

    /**
     * Calls {@code last} on this thread, and nothing after it. If another thread is in a call, that one makes the last call
     * too, and is waited for.
     */
    void endNow(Runnable last) {
        end(last);
        turn();
        awaitOthers(System.currentTimeMillis() + PATIENCE_MILLIS);
    }

    private synchronized void awaitOthers(long deadline) {
        try {
            while (caller != Thread.currentThread() && (caller != null || !calls.isEmpty())) {
                long left = deadline - System.currentTimeMillis();
                if (left <= 0) {
                    throw new IllegalStateException("a listener doesn't return");
                }
                wait(left);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a listener is called", interrupted);
        }
    }

    private void turn() {
        Runnable call = begin();
        while (call != null) {
            call.run();
            call = finish();
        }
    }

    private synchronized @Nullable Runnable begin() {
        if (caller != null) {
            return null;
        }
        Runnable call = calls.poll();
        if (call == null) {
            scheduled = false;
        } else {
            caller = Thread.currentThread();
        }
        return call;
    }

    /** Returns the last call, if it came in the meantime; other calls get a turn of their own. */
    private @Nullable Runnable finish() {
        synchronized (this) {
            caller = null;
            notifyAll();
            if (ended || calls.isEmpty()) {
                return begin();
            }
        }
        executor.execute(this::turn);
        return null;
    }
}
