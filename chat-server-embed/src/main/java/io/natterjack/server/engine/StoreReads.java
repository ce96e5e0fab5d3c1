package io.natterjack.server.engine;

import io.natterjack.core.StoreException;
import io.natterjack.core.spi.MessageStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/** Reads a store on threads that may block. */
public final class StoreReads {
    private final MessageStore store;
    private final Executor threads;

    /** Makes reads of {@code store} on {@code threads}. */
    public StoreReads(MessageStore store, Executor threads) {
        this.store = store;
        this.threads = threads;
    }

    /** Runs {@code read} on a store thread; the future fails with what it throws, as a {@link StoreException}. */
    public <T> CompletableFuture<T> read(Function<MessageStore, T> read) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            threads.execute(() -> {
                try {
                    result.complete(read.apply(store));
                } catch (StoreException known) {
                    result.completeExceptionally(known);
                } catch (Throwable fault) {
                    result.completeExceptionally(
                            new StoreException(StoreException.Kind.UNAVAILABLE, "the store failed to read", fault));
                }
            });
        } catch (RejectedExecutionException shutDown) {
            result.completeExceptionally(
                    new StoreException(StoreException.Kind.UNAVAILABLE, "the server is shutting down", shutDown));
        }
        return result;
    }
}
