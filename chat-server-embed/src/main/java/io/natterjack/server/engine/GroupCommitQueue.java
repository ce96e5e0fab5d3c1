package io.natterjack.server.engine;

import io.natterjack.core.Draft;
import io.natterjack.core.Outcome;
import io.natterjack.core.lane.Waits;
import io.natterjack.core.spi.Fence;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.core.spi.QueueStats;
import io.natterjack.core.spi.RoomRouter;
import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A {@link PersistenceQueue} in memory that writes to the store what gathered while it wrote before: a quiet system commits
 * each draft at once, a busy one many in one transaction.
 *
 * <p>A room is always on the same of several lanes, so that its drafts keep their order. See {@link CommitLane}.
 *
 * <p><b>Threads.</b> Any thread appends. Lanes run on the executor that was passed in, at most one task a lane at a time.
 */
public final class GroupCommitQueue implements PersistenceQueue {
    /**
     * The bounds of a queue.
     *
     * @param maxDrafts how many drafts may wait or be under way
     * @param maxBytes how many bytes they may take, by {@link Draft#size}
     * @param batchDrafts the most drafts in one transaction
     * @param batchBytes the most bytes in one transaction; one larger draft goes alone
     * @param patience how long the store may keep a batch waiting before all that waits is refused as unavailable
     */
    public record Bounds(int maxDrafts, long maxBytes, int batchDrafts, long batchBytes, Duration patience) {
        /** 10,000 drafts, 32 MiB, batches of 256 drafts and 1 MiB, one second. */
        public static final Bounds DEFAULT = new Bounds(10_000, 32 << 20, 256, 1 << 20, Duration.ofSeconds(1));

        /** Checks the ranges: all at least 1, and patience above zero. */
        public Bounds {
            if (Math.min(maxDrafts, batchDrafts) < 1 || Math.min(maxBytes, batchBytes) < 1 || patience.toNanos() < 1) {
                throw new IllegalArgumentException("every bound of a queue must be above zero");
            }
        }
    }

    private final QueueLoad load;
    private final List<CommitLane> lanes;
    private final AtomicBoolean draining = new AtomicBoolean();

    /**
     * Makes a queue with as many lanes as the store can use.
     *
     * @param storeThreads runs the blocking calls; needs as many threads as there are lanes
     */
    public GroupCommitQueue(
            MessageStore store, RoomRouter router, Executor storeThreads, Scheduler scheduler, Bounds bounds) {
        this(store::append, store.appendConcurrency(), router, storeThreads, scheduler, bounds);
    }

    /** Makes one that appends under a fence. */
    public static GroupCommitQueue fenced(
            MessageStore store,
            Fence fence,
            RoomRouter router,
            Executor storeThreads,
            Scheduler scheduler,
            Bounds bounds) {
        return new GroupCommitQueue(
                batch -> store.append(batch, fence),
                store.appendConcurrency(),
                router,
                storeThreads,
                scheduler,
                bounds);
    }

    private GroupCommitQueue(
            Function<List<Draft>, List<Outcome>> append,
            int concurrency,
            RoomRouter router,
            Executor storeThreads,
            Scheduler scheduler,
            Bounds bounds) {
        load = new QueueLoad(bounds.maxDrafts(), bounds.maxBytes());
        lanes = IntStream.range(0, Math.max(1, concurrency))
                .mapToObj(i -> new CommitLane(append, router, storeThreads, scheduler, bounds, load))
                .toList();
    }

    @Override
    public CompletionStage<Outcome> append(Draft draft, Flow flow) {
        if (draining.get()) {
            return CompletableFuture.completedFuture(flow.breakWith(CommitLane.UNAVAILABLE));
        }
        return lane(draft).append(draft, flow);
    }

    private CommitLane lane(Draft draft) {
        int hash = draft.room().hashCode();
        return lanes.get(Math.floorMod(hash ^ hash >>> 16, lanes.size()));
    }

    @Override
    public QueueStats stats() {
        return load.stats(!draining.get() && lanes.stream().noneMatch(CommitLane::isStalled));
    }

    @Override
    public boolean drain(Duration timeout) {
        draining.set(true);
        try {
            return Waits.within(timeout, load.whenEmpty());
        } finally {
            close();
        }
    }

    @Override
    public void close() {
        draining.set(true);
        lanes.forEach(CommitLane::close);
    }
}
