package io.natterjack.testkit;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Waits for what happens elsewhere: for a condition, never for a time. A condition is looked at every millisecond at first, later every
 * ten, by the thread that waits.
 */
public final class Await {
    /** How long to wait at most: far longer than anything takes on a machine that is busy. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final long SHORTEST_PAUSE_NANOS = Duration.ofMillis(1).toNanos();
    private static final long LONGEST_PAUSE_NANOS = Duration.ofMillis(10).toNanos();

    private Await() {}

    /** What is waited for. */
    @FunctionalInterface
    public interface Condition {
        /**
         * Tells whether there is no need to wait any more.
         *
         * @throws Exception ends the waiting: the test fails
         */
        boolean holds() throws Exception;
    }

    /** Waits as {@link #until(String, Condition)} does, for what the line that waits tells by itself. */
    public static void until(Condition condition) {
        until("the condition", condition);
    }

    /**
     * Waits until {@code condition} holds.
     *
     * @param what is waited for
     * @throws AssertionError if it doesn't within {@link #PATIENCE}, or throws
     */
    public static void until(String what, Condition condition) {
        until(what, PATIENCE, condition);
    }

    /** Waits as {@link #until(String, Condition)} does, at most for {@code patience}. */
    public static void until(String what, Duration patience, Condition condition) {
        until(() -> what, patience, condition);
    }

    /** Waits as {@link #until(String, Condition)} does; what is waited for is asked when it hasn't come. */
    public static void until(Supplier<String> what, Condition condition) {
        until(what, PATIENCE, condition);
    }

    private static void until(Supplier<String> what, Duration patience, Condition condition) {
        long start = System.nanoTime();
        while (!holds(what, condition)) {
            long waited = System.nanoTime() - start;
            if (waited > patience.toNanos()) {
                throw new AssertionError("waited " + patience + " in vain for: " + what.get());
            }
            LockSupport.parkNanos(Math.max(SHORTEST_PAUSE_NANOS, Math.min(waited / 10, LONGEST_PAUSE_NANOS)));
        }
    }

    private static boolean holds(Supplier<String> what, Condition condition) {
        try {
            return condition.holds();
        } catch (Exception failure) {
            throw new AssertionError("failed while waiting for: " + what.get(), failure);
        }
    }

    /**
     * Returns what the stage completes with.
     *
     * @throws CompletionException if it fails, with the failure as the cause
     * @throws AssertionError if it doesn't complete within {@link #PATIENCE}
     */
    public static <T> T result(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failure) {
            throw new CompletionException(failure.getCause());
        } catch (TimeoutException | InterruptedException failure) {
            throw new AssertionError("no result", failure);
        }
    }
}
