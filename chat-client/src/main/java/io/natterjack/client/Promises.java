package io.natterjack.client;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The stages that the application waits for, so that none is forgotten when the client ends. Any thread. */
final class Promises {
    private final Map<Long, CompletableFuture<?>> open = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private volatile @Nullable ClientClosedException closed;

    /** Returns a new promise; failed already if the client has ended. */
    <T> CompletableFuture<T> open() {
        CompletableFuture<T> promise = new CompletableFuture<>();
        long number = numbers.incrementAndGet();
        open.put(number, promise);
        promise.whenComplete((result, failure) -> open.remove(number));
        ClientClosedException reason = closed; // read after the adding, written before the failing of all
        if (reason != null) {
            promise.completeExceptionally(reason);
        }
        return promise;
    }

    /** Has all that are open, and all to come, fail; {@code failing} says on which thread the open ones do. */
    void close(ClientClosedException reason, Consumer<Runnable> failing) {
        closed = reason;
        for (CompletableFuture<?> promise : open.values()) {
            failing.accept(() -> promise.completeExceptionally(reason));
        }
    }

    /** Returns a stage that ends as {@code promise} does, for the application: what it does to it harms nobody. */
    static <T> CompletableFuture<T> copyOf(CompletableFuture<T> promise) {
        CompletableFuture<T> copy = new CompletableFuture<>();
        promise.whenComplete((result, failure) -> {
            if (failure != null) {
                copy.completeExceptionally(failure);
            } else {
                copy.complete(result);
            }
        });
        return copy;
    }

    /** Returns a stage that has failed. */
    static <T> CompletableFuture<T> failed(Throwable failure) {
        CompletableFuture<T> promise = new CompletableFuture<>();
        promise.completeExceptionally(failure);
        return promise;
    }
}
