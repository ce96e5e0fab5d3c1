package io.natterjack.store.redis.queue;

import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which streams this node works on: its share of all of them, each under a lease that it renews. A node that isn't heard of any more
 * loses its streams to the others, when the leases are over.
 *
 * <p>A lease only spreads the work: that nobody appends who has lost one is the business of the fence.
 *
 * <p><b>Threads.</b> Turns begin on the timer and end on Lettuce's threads. Streams are taken by one turn at a time; one that finds
 * another at it only keeps what there is.
 */
final class StreamLeases {
    private static final int TURNS_A_LEASE = 3;
    private static final Logger LOG = LoggerFactory.getLogger(StreamLeases.class);

    private final QueueSettings settings;
    private final QueueScripts scripts;
    private final Scheduler scheduler;
    private final IntFunction<StreamWorker> workers;
    private final Consumer<Boolean> reachable;
    private final Object lock = new Object();

    // Guarded by lock.
    private final Map<Integer, StreamWorker> held = new HashMap<>();
    /** Streams whose worker here ended for no fault of a draft's. */
    private final Set<Integer> forgiven = new HashSet<>();

    private boolean sharing;
    private boolean fit = true;
    private boolean closed;

    /** Makes leases whose streams {@code workers} make workers for; {@code reachable} is told of each turn whether Redis answered. */
    StreamLeases(
            QueueSettings settings,
            QueueScripts scripts,
            Scheduler scheduler,
            IntFunction<StreamWorker> workers,
            Consumer<Boolean> reachable) {
        this.settings = settings;
        this.scripts = scripts;
        this.scheduler = scheduler;
        this.workers = workers;
        this.reachable = reachable;
    }

    /** Begins to take streams, and goes on until it is closed. */
    void turn() {
        if (isClosed()) {
            return;
        }
        // Whatever doesn't answer, the next turn comes in time, and each stream is kept alone: on a Cluster, one server
        // that is
        // gone takes no more with it than the streams that it has.
        scheduler.after(settings.lease().dividedBy(TURNS_A_LEASE), this::turn);
        workers().forEach(this::renew);
        if (isFirstSharing()) {
            scripts.beat().thenCompose(this::counted).whenComplete((done, failure) -> {
                reachable.accept(failure == null);
                if (failure != null) {
                    LOG.debug("The streams can't be shared: {}", failure.toString());
                }
                sharingEnded();
            });
        }
    }

    /** Tells whether this node spreads the rooms over as many streams as the others do, as far as is known. */
    boolean isFit() {
        synchronized (lock) {
            return fit;
        }
    }

    private void fit(boolean isFit) {
        boolean changed;
        synchronized (lock) {
            changed = fit != isFit;
            fit = isFit;
        }
        if (changed && !isFit) {
            LOG.error(
                    "The queue {} has another number of streams than {}: this node takes no more drafts, and works on none",
                    settings.prefix(),
                    settings.streams());
        }
    }

    private boolean isFirstSharing() {
        synchronized (lock) {
            boolean first = !sharing;
            sharing = true;
            return first;
        }
    }

    private void sharingEnded() {
        synchronized (lock) {
            sharing = false;
        }
    }

    private void renew(StreamWorker worker) {
        scripts.renew(worker.stream()).whenComplete((mine, failure) -> {
            if (failure != null) {
                LOG.debug("Stream {} can't be kept: {}", worker.stream(), failure.toString());
            } else if (!mine) {
                LOG.info("Stream {} has gone to another node", worker.stream());
                worker.stop();
                forget(worker);
            }
        });
    }

    private List<StreamWorker> workers() {
        synchronized (lock) {
            return List.copyOf(held.values());
        }
    }

    /** Takes what is missing from this node's share, or gives back what is beyond it. */
    private CompletionStage<?> counted(long count) {
        fit(count >= 0);
        if (count < 0) {
            workers().forEach(this::giveBack);
            return CompletableFuture.completedFuture(null);
        }
        int nodes = (int) Math.max(1, count);
        int share = (settings.streams() + nodes - 1) / nodes;
        List<StreamWorker> present = workers();
        for (int i = share; i < present.size(); i++) {
            giveBack(present.get(i));
        }
        return present.size() < share ? takeFrom(0, share - present.size()) : CompletableFuture.completedFuture(null);
    }

    /** Tries the streams one after another, each node from another one on. */
    private CompletionStage<?> takeFrom(int tried, int missing) {
        if (tried == settings.streams() || missing == 0 || isClosed()) {
            return CompletableFuture.completedFuture(null);
        }
        int stream = Math.floorMod(settings.node().hashCode() + tried, settings.streams());
        if (isHeld(stream)) {
            return takeFrom(tried + 1, missing);
        }
        return scripts.take(stream).exceptionally(away -> false).thenCompose(taken -> {
            if (taken) {
                begin(stream);
            }
            return takeFrom(tried + 1, taken ? missing - 1 : missing);
        });
    }

    /** There may be something to do in the stream, if it is this node's. */
    void wake(int stream) {
        StreamWorker worker;
        synchronized (lock) {
            worker = held.get(stream);
        }
        if (worker != null) {
            worker.wake();
        }
    }

    private boolean isHeld(int stream) {
        synchronized (lock) {
            return held.containsKey(stream);
        }
    }

    private void begin(int stream) {
        StreamWorker worker = workers.apply(stream);
        boolean over;
        boolean isForgiven;
        synchronized (lock) {
            over = closed;
            isForgiven = forgiven.remove(stream);
            if (!over) {
                held.put(stream, worker);
            }
        }
        if (over) {
            giveBack(worker);
            return;
        }
        worker.start(isForgiven);
    }

    private void giveBack(StreamWorker worker) {
        worker.stop();
        forget(worker);
        scripts.release(worker.stream()).exceptionally(away -> false);
    }

    /** The worker has ended: its stream may be taken again. */
    void forget(StreamWorker worker) {
        synchronized (lock) {
            if (held.remove(worker.stream(), worker) && !worker.isAtFault()) {
                forgiven.add(worker.stream());
            }
        }
    }

    private boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    /** Stops all work and gives the streams back, so that others take them soon. Blocks for {@code patience} at most. */
    void close(Duration patience) {
        synchronized (lock) {
            closed = true;
        }
        List<CompletableFuture<?>> releases = new ArrayList<>();
        for (StreamWorker worker : workers()) {
            worker.stop();
            releases.add(scripts.release(worker.stream()).toCompletableFuture());
        }
        releases.add(scripts.leave().toCompletableFuture());
        CompletableFuture<?> all = CompletableFuture.allOf(releases.toArray(CompletableFuture<?>[]::new));
        await(all, patience);
    }

    private static void await(CompletableFuture<?> all, Duration patience) {
        try {
            @Nullable Object unused = all.exceptionally(away -> null).get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | java.util.concurrent.ExecutionException away) {
            LOG.debug("The streams aren't given back; their leases will end: {}", away.toString());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
