package io.natterjack.client;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An executor of the application's, asked again and again while it takes nothing: a pool that is full for a moment must
 * not cost a message. Holds one task at most, since it serves one lane.
 *
 * <p><b>Threads.</b> Any thread, but {@link #end} is for the lane.
 */
final class InsistingExecutor implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(InsistingExecutor.class);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Executor executor;
    private final String name;
    private final BiConsumer<Duration, Runnable> later;
    private final AtomicReference<@Nullable Runnable> refused = new AtomicReference<>();
    private volatile @Nullable Runnable abandoned;
    private volatile boolean warned;

    /**
     * Makes one that asks {@code executor}.
     *
     * @param name of the executor, for the log
     * @param later runs a task after a time, without that executor
     */
    InsistingExecutor(Executor executor, String name, BiConsumer<Duration, Runnable> later) {
        this.executor = executor;
        this.name = name;
        this.later = later;
    }

    @Override
    public void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RuntimeException refusal) {
            refused.set(task);
            if (abandoned == null) {
                warn(refusal);
                later.accept(PAUSE, this::again);
            }
            giveUpIfEnded();
        }
    }

    private void warn(RuntimeException refusal) {
        if (!warned) {
            warned = true;
            LOG.warn("The {} takes nothing now and is asked again: {}", name, refusal.toString());
        }
    }

    private void again() {
        @Nullable Runnable task = refused.getAndSet(null);
        if (task != null) {
            execute(task);
        }
    }

    /** The last task was put in: one that is refused from now on is given up, and {@code ifRefused} run in its place. */
    void end(Runnable ifRefused) {
        again();
        abandoned = ifRefused;
        giveUpIfEnded();
    }

    private void giveUpIfEnded() {
        @Nullable Runnable instead = abandoned;
        if (instead != null && refused.getAndSet(null) != null) {
            instead.run();
        }
    }
}
