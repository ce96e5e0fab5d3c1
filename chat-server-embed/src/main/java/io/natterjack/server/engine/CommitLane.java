package io.natterjack.server.engine;

import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import io.natterjack.core.Why;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.RoomRouter;
import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line of drafts to the store, for some of the rooms.
 *
 * <p>A batch whose outcome isn't known is appended again, unchanged: the store answers with the first result if it had it.
 * When the store has kept the lane waiting for longer than its patience, all that waits is refused, so that senders hear of it
 * within about a second, and what comes next is refused at once until the store answers again. A batch that the store
 * rejects is halved until the draft at fault stands alone.
 *
 * <p><b>Threads.</b>
 *
 * <pre>
 *   any thread      append
 *   store thread    run: at most one at a time; calls the store, publishes, completes stages
 *   timer           watch: refuses what waits for a store that is stuck
 * </pre>
 */
final class CommitLane {
    static final Outcome.Refused UNAVAILABLE = Outcome.Refused.retryAfter(ErrorCode.UNAVAILABLE, Duration.ofSeconds(1));
    private static final Outcome.Refused BUSY = Outcome.Refused.retryAfter(ErrorCode.BUSY, Duration.ofMillis(250));
    private static final Duration FIRST_RETRY = Duration.ofMillis(25);
    private static final Logger LOG = LoggerFactory.getLogger(CommitLane.class);

    private record Entry(Draft draft, Flow flow, CompletableFuture<Outcome> outcome) {}

    /** What is at the store, and since when. */
    private static final class Batch {
        static final Batch NONE = new Batch(List.of(), 0);

        final List<Entry> entries;
        final long startedAt;
        int failures;

        Batch(List<Entry> entries, long startedAt) {
            this.entries = entries;
            this.startedAt = startedAt;
        }
    }

    private final Function<List<Draft>, List<Outcome>> store;
    private final RoomRouter router;
    private final Executor storeThreads;
    private final Scheduler scheduler;
    private final GroupCommitQueue.Bounds bounds;
    private final QueueLoad load;
    private final Object lock = new Object();

    // Guarded by lock.
    private final Queue<Entry> waiting = new ArrayDeque<>();
    private Batch batch = Batch.NONE;
    private boolean running;
    private boolean watching;
    private boolean stalled;
    private boolean closed;
    /** It is said once that the store is away, and once that it is there again. */
    private boolean awayIsSaid;

    CommitLane(
            Function<List<Draft>, List<Outcome>> store,
            RoomRouter router,
            Executor storeThreads,
            Scheduler scheduler,
            GroupCommitQueue.Bounds bounds,
            QueueLoad load) {
        this.store = store;
        this.router = router;
        this.storeThreads = storeThreads;
        this.scheduler = scheduler;
        this.bounds = bounds;
        this.load = load;
    }

    CompletionStage<Outcome> append(Draft draft, Flow flow) {
        Entry entry = new Entry(draft, flow, new CompletableFuture<>());
        boolean start;
        synchronized (lock) {
            if (flow.broken().isPresent()) {
                return CompletableFuture.completedFuture(flow.broken().get());
            }
            if (stalled || closed) {
                return CompletableFuture.completedFuture(flow.breakWith(UNAVAILABLE));
            }
            if (!load.take(draft)) {
                return CompletableFuture.completedFuture(flow.breakWith(BUSY));
            }
            waiting.add(entry);
            start = !running;
            running = true;
        }
        if (start) {
            execute();
        }
        return entry.outcome;
    }

    boolean isStalled() {
        synchronized (lock) {
            return stalled;
        }
    }

    private void execute() {
        try {
            storeThreads.execute(this::run);
        } catch (RejectedExecutionException shutDown) {
            refuseAll(UNAVAILABLE);
        }
    }

    /** Writes one batch, and goes on with the next in another turn, so that lanes share threads fairly. */
    private void run() {
        Batch mine = nextBatch();
        if (mine.entries.isEmpty()) {
            return;
        }
        try {
            List<Outcome> outcomes = appendAll(mine.entries);
            sayThatItIsBack();
            settle(mine, outcomes);
        } catch (StoreException unavailable) {
            failed(mine, unavailable);
            return;
        }
        goOn();
    }

    private void sayThatItIsBack() {
        boolean wasAway;
        synchronized (lock) {
            wasAway = awayIsSaid;
            awayIsSaid = false;
        }
        if (wasAway) {
            LOG.info("The store can be written to again");
        }
    }

    private void goOn() {
        boolean more;
        synchronized (lock) {
            batch = Batch.NONE;
            stalled = false;
            more = !waiting.isEmpty();
            running = more;
        }
        if (more) {
            execute();
        }
    }

    private Batch nextBatch() {
        List<Entry> broken = new ArrayList<>();
        Batch next;
        boolean watch;
        synchronized (lock) {
            if (batch.entries.isEmpty()) {
                batch = new Batch(takeWaiting(broken), scheduler.nanoTime());
                running = !batch.entries.isEmpty();
            }
            next = batch;
            watch = running && !watching;
            watching |= watch;
        }
        broken.forEach(this::refuse);
        if (watch) {
            watchLater();
        }
        return next;
    }

    /** Guarded by lock. Those whose flow has broken since they came go into {@code broken}. */
    private List<Entry> takeWaiting(List<Entry> broken) {
        List<Entry> taken = new ArrayList<>();
        long bytes = 0;
        while (!waiting.isEmpty() && taken.size() < bounds.batchDrafts()) {
            Entry entry = waiting.element();
            if (!taken.isEmpty() && bytes + entry.draft.size() > bounds.batchBytes()) {
                break;
            }
            waiting.remove();
            if (entry.flow.broken().isPresent()) {
                broken.add(entry);
            } else {
                taken.add(entry);
                bytes += entry.draft.size();
            }
        }
        return taken;
    }

    /** Whatever a store does other than to answer, the lane lives on: the outcome isn't known then. */
    private List<Outcome> appendAll(List<Entry> entries) {
        try {
            return appendHalving(entries);
        } catch (Error fault) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "the store failed to append", fault);
        }
    }

    private List<Outcome> appendTogether(List<Entry> entries) {
        List<Outcome> outcomes = store.apply(entries.stream().map(Entry::draft).toList());
        if (outcomes.size() != entries.size()) {
            throw new StoreException(
                    StoreException.Kind.UNAVAILABLE,
                    "the store gave " + outcomes.size() + " outcomes for " + entries.size() + " drafts");
        }
        return outcomes;
    }

    /** Appends all; if the store rejects that, the halves in order; a single one it rejects is refused for good. */
    private List<Outcome> appendHalving(List<Entry> entries) {
        try {
            return appendTogether(entries);
        } catch (RuntimeException failure) {
            if (failure instanceof StoreException known && known.kind() == StoreException.Kind.UNAVAILABLE) {
                throw known;
            }
            if (failure instanceof StoreException known && known.kind() == StoreException.Kind.FENCED) {
                LOG.info("Somebody else appends by now what this process was about to: {}", known.getMessage());
                return Collections.nCopies(entries.size(), UNAVAILABLE);
            }
            if (entries.size() == 1) {
                LOG.warn(
                        "The store rejects a draft for room {}; it is refused: {}",
                        entries.get(0).draft.room(),
                        Why.of(failure));
                LOG.debug("Why the store rejects it", failure);
                return List.of(Outcome.Refused.forGood(ErrorCode.INTERNAL));
            }
            int half = entries.size() / 2;
            return appendBoth(entries.subList(0, half), entries.subList(half, entries.size()));
        }
    }

    /** What the first refuse for now, those of the same flow among the others mustn't overtake: the store only knows of one append. */
    private List<Outcome> appendBoth(List<Entry> first, List<Entry> others) {
        List<Outcome> outcomes = new ArrayList<>(appendHalving(first));
        Map<Flow, Outcome> broken = new HashMap<>();
        for (int i = 0; i < first.size(); i++) {
            if (outcomes.get(i) instanceof Outcome.Refused refused && !refused.isFinal()) {
                broken.putIfAbsent(first.get(i).flow, refused);
            }
        }
        List<Entry> whole =
                others.stream().filter(each -> !broken.containsKey(each.flow)).toList();
        Iterator<Outcome> ofWhole = (whole.isEmpty() ? List.<Outcome>of() : appendHalving(whole)).iterator();
        for (Entry each : others) {
            Outcome refused = broken.get(each.flow);
            outcomes.add(refused == null ? ofWhole.next() : refused);
        }
        return outcomes;
    }

    /** Senders first: their answers then leave together with the events. */
    private void settle(Batch mine, List<Outcome> outcomes) {
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof Outcome.Refused refused && !refused.isFinal()) {
                mine.entries.get(i).flow.breakWith(refused);
            }
        }
        for (int i = 0; i < outcomes.size(); i++) {
            complete(mine.entries.get(i), outcomes.get(i));
        }
        try {
            if (mine.failures > 0) {
                // A duplicate may be of the first try, and nobody has published that.
                roomsChanged(mine);
            } else {
                publish(mine, outcomes);
            }
        } catch (Throwable fault) { // an Error too: the lane lives on
            LOG.error("What was committed could not be published; it shows later", fault);
        }
    }

    private void publish(Batch mine, List<Outcome> outcomes) {
        List<RoomEvent> committed = new ArrayList<>();
        Set<RoomId> known = new HashSet<>();
        for (int i = 0; i < outcomes.size(); i++) {
            Draft draft = mine.entries.get(i).draft;
            if (outcomes.get(i) instanceof Outcome.Accepted accepted) {
                if (accepted.isEvent()) {
                    committed.add(draft.accepted(accepted));
                } else if (accepted.isDuplicate()) {
                    // Perhaps of a commit whose outcome nobody learned, or of another process.
                    known.add(draft.room());
                }
            }
        }
        known.forEach(router::changed);
        if (!committed.isEmpty()) {
            router.committed(committed);
        }
    }

    private void failed(Batch mine, StoreException failure) {
        boolean givenUp;
        boolean isNew;
        synchronized (lock) {
            mine.failures++;
            givenUp = stalled
                    || scheduler.nanoTime() - mine.startedAt
                            >= bounds.patience().toNanos();
            isNew = givenUp && !awayIsSaid;
            awayIsSaid |= givenUp;
        }
        if (isNew) {
            LOG.warn("Nothing can be written to the store, what is sent is refused until it can: {}", Why.of(failure));
        } else {
            LOG.debug("Nothing can be written to the store, try {} failed: {}", mine.failures, Why.of(failure));
        }
        if (givenUp) {
            refuseAll(UNAVAILABLE);
            roomsChanged(mine);
            goOn();
        } else {
            Duration pause = FIRST_RETRY.multipliedBy(1L << Math.min(3, mine.failures - 1));
            scheduler.after(pause, this::execute);
        }
    }

    private void roomsChanged(Batch mine) {
        mine.entries.stream().map(entry -> entry.draft.room()).distinct().forEach(router::changed);
    }

    private void watchLater() {
        scheduler.after(bounds.patience().dividedBy(4), this::watch);
    }

    /** A store that neither answers nor fails must not keep senders waiting. */
    private void watch() {
        boolean stuck;
        boolean goOn;
        synchronized (lock) {
            watching = running;
            goOn = running;
            stuck = !batch.entries.isEmpty()
                    && scheduler.nanoTime() - batch.startedAt
                            >= bounds.patience().toNanos();
            stalled |= stuck;
        }
        if (stuck) {
            refuseAll(UNAVAILABLE);
        }
        if (goOn) {
            watchLater();
        }
    }

    /** Refuses what there is and what comes. */
    void close() {
        synchronized (lock) {
            closed = true;
        }
        refuseAll(UNAVAILABLE);
    }

    /** Refuses what is at the store, whose outcome isn't known then, and all that waits behind it. */
    private void refuseAll(Outcome.Refused refusal) {
        List<Entry> refused;
        synchronized (lock) {
            refused = new ArrayList<>(batch.entries);
            refused.addAll(waiting);
            waiting.clear();
            // All at once and before any stage completes: nothing of these flows gets in between.
            refused.forEach(entry -> entry.flow.breakWith(refusal));
        }
        refused.forEach(this::refuse);
    }

    private void refuse(Entry entry) {
        complete(entry, entry.flow.broken().orElse(UNAVAILABLE));
    }

    private void complete(Entry entry, Outcome outcome) {
        if (entry.outcome.complete(outcome)) {
            load.give(entry.draft);
        }
    }
}
