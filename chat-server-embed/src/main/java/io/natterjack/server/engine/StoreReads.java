package io.natterjack.server.engine;

import io.natterjack.core.StoreException;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.text.Why;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a store on threads that may block. Says once in the log that the store can't be read, and once that it can again,
 * however many readers notice.
 *
 * <p><b>Threads.</b> Any.
 */
public final class StoreReads {
    private static final Logger LOG = LoggerFactory.getLogger(StoreReads.class);

    private final MessageStore store;
    private final Executor threads;
    private final AtomicBoolean failing = new AtomicBoolean();

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
                    T found = read.apply(store);
                    succeeded();
                    result.complete(found);
                } catch (StoreException known) {
                    failed(known);
                    result.completeExceptionally(known);
                } catch (Throwable fault) {
                    failed(fault);
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

    /** Tells whether the last read succeeded. */
    public boolean isAnswering() {
        return !failing.get();
    }

    private void failed(Throwable failure) {
        if (!failing.getAndSet(true)) {
            LOG.warn("The store can't be read; those who need it try again: {}", Why.of(failure));
        }
    }

    private void succeeded() {
        if (failing.get() && failing.getAndSet(false)) {
            LOG.info("The store can be read again");
        }
    }
}
