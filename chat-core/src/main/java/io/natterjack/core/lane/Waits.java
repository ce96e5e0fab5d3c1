package io.natterjack.core.lane;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits, for those who are asked to block. */
public final class Waits {
    private Waits() {}

    /**
     * Waits until that is done. Blocks.
     *
     * @return false if it isn't within {@code timeout}, or if the thread is interrupted, which it stays
     * @throws IllegalStateException if it fails
     */
    public static boolean within(Duration timeout, CompletableFuture<?> end) {
        try {
            end.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException tooLong) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
