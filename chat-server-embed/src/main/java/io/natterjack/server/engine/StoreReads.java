package io.natterjack.server.engine;

import io.natterjack.core.StoreException;
import io.natterjack.core.Why;
import io.natterjack.core.spi.MessageStore;
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
 * <p>What clients ask for may take long, and they may ask for a lot: it is kept apart ({@link #ask}), so that it neither takes all threads
 * nor all of the places in which reads wait. So a search of one client holds up searches of others, and never who comes or what is
 * delivered.
 *
 * <p><b>Threads.</b> Any.
 */
public final class StoreReads {
    private static final Logger LOG = LoggerFactory.getLogger(StoreReads.class);

    /** How many reads of each sort may be under way or wait. */
    static final int MAX_WAITING = 10_000;

    private final MessageStore store;
    private final Executor own;
    private final Executor asked;
    private final AtomicBoolean failing = new AtomicBoolean();

    /** Makes reads of {@code store} on {@code threads}, of which what clients ask for may have all. */
    public StoreReads(MessageStore store, Executor threads) {
        this(store, threads, Integer.MAX_VALUE);
    }

    /**
     * Makes reads of {@code store} on {@code threads}.
     *
     * @param asksAtOnce how many of the threads what clients ask for may have at once
     */
    public StoreReads(MessageStore store, Executor threads, int asksAtOnce) {
        this.store = store;
        own = new BoundedExecutor(threads, Integer.MAX_VALUE, MAX_WAITING);
        asked = new BoundedExecutor(threads, asksAtOnce, MAX_WAITING);
    }

    /**
     * Runs {@code read}, which is short and which the server needs to let people in and to deliver, on a store thread.
     *
     * @return fails with what it throws, as a {@link StoreException} or {@link HostCodeException}; with one that says {@code UNAVAILABLE},
     *     too, while too many wait
     */
    public <T> CompletableFuture<T> read(Function<MessageStore, T> read) {
        return read(own, read);
    }

    /** As {@link #read}, for what a client asks for and others can wait for. */
    public <T> CompletableFuture<T> ask(Function<MessageStore, T> read) {
        return read(asked, read);
    }

    private <T> CompletableFuture<T> read(Executor threads, Function<MessageStore, T> read) {
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
                } catch (HostCodeException theirs) {
                    result.completeExceptionally(theirs);
                } catch (Throwable fault) {
                    failed(fault);
                    result.completeExceptionally(
                            new StoreException(StoreException.Kind.UNAVAILABLE, "the store failed to read", fault));
                }
            });
        } catch (RejectedExecutionException tooMany) {
            // No word of it: the store is as well as it was.
            result.completeExceptionally(new StoreException(
                    StoreException.Kind.UNAVAILABLE, "too many reads wait, or the server is shutting down", tooMany));
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
