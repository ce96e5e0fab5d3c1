package io.natterjack.server.engine;

import io.natterjack.core.Cursor;
import io.natterjack.core.RoomId;
import io.natterjack.core.spi.ChangedHeads;
import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks into the store for what other processes have committed and no hint has told of. It asks for the rooms that changed lately, so its
 * cost follows what happens, not how many rooms there are; and from time to time, and when hints may have been lost, for the heads of all
 * attached rooms.
 *
 * <p>Times are the store's own. It asks again from {@link #OVERLAP} before where it has got to: a transaction may become visible later than
 * the time that it wrote down.
 *
 * <p><b>Bounded.</b> Of rooms that nobody here cares for, {@value #MAX_UNWANTED} are read in one sweep: somebody here may have been invited.
 * Of the rest they hear when they look.
 *
 * <p><b>Threads.</b> Any thread starts, closes, and calls {@link #compareAll}. Sweeps are one after another, on threads that read the store.
 */
public final class Sweep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

    /** How far back each sweep looks once more. */
    static final Duration OVERLAP = Duration.ofSeconds(5);

    private static final Duration COMPARE_ALL = Duration.ofMinutes(1);
    private static final int ROOMS_AT_ONCE = 500;
    private static final int MAX_UNWANTED = 200;
    private static final int EVENTS_OF_A_ROOM = 20;
    private static final int BYTES_OF_A_ROOM = 64 << 10;

    /** Whether heads are being compared, and whether that is to be done again since somebody asked meanwhile. */
    private enum Comparing {
        NOT,
        ONCE,
        ONCE_MORE
    }

    private final StoreReads store;
    private final LocalRouter router;
    private final Scheduler scheduler;
    private final Duration interval;
    private final KnownHeads known;
    private final Predicate<RoomId> wanted;
    private final AtomicReference<Comparing> comparing = new AtomicReference<>(Comparing.NOT);
    private final AtomicLong found = new AtomicLong();

    // One sweep after another.
    private long since;
    private long nextCompare;

    private volatile boolean closed;

    /**
     * Makes one that doesn't look yet.
     *
     * @param wanted which rooms somebody here cares for
     * @param interval the pause between two looks
     */
    public Sweep(
            StoreReads store, LocalRouter router, Predicate<RoomId> wanted, Scheduler scheduler, Duration interval) {
        this.store = store;
        this.router = router;
        this.scheduler = scheduler;
        this.interval = interval;
        this.known = router.known();
        this.wanted = wanted;
    }

    /** Begins. */
    public void start() {
        nextCompare = scheduler.nanoTime() + COMPARE_ALL.toNanos();
        sweep();
    }

    /** Returns in how many rooms something was found that no hint had told of, since the start. */
    public long found() {
        return found.get();
    }

    private void sweepLater() {
        if (!closed) {
            scheduler.after(interval, this::sweep);
        }
    }

    private void sweep() {
        if (closed) {
            return;
        }
        if (scheduler.nanoTime() - nextCompare >= 0) {
            nextCompare = scheduler.nanoTime() + COMPARE_ALL.toNanos();
            compareAll();
        }
        long from = since == 0 ? 0 : Math.max(1, since - OVERLAP.toMillis());
        look(from, MAX_UNWANTED);
    }

    private void look(long from, int unwanted) {
        store.read(s -> s.headsChangedSince(from, ROOMS_AT_ONCE))
                .whenComplete((changed, failure) -> looked(from, changed, unwanted));
    }

    private void looked(long from, @Nullable ChangedHeads changed, int unwanted) {
        if (changed == null) {
            sweepLater();
            return;
        }
        List<CompletableFuture<?>> reading = new ArrayList<>();
        int left = unwanted;
        for (Map.Entry<RoomId, Cursor> entry : changed.heads().entrySet()) {
            RoomId room = entry.getKey();
            Cursor head = entry.getValue();
            if (known.has(room, head)) {
                continue;
            }
            boolean isWanted = wanted.test(room);
            if (isWanted || left > 0) {
                left -= isWanted ? 0 : 1;
                found.incrementAndGet();
                reading.add(read(room, head));
            }
        }
        int rest = left;
        CompletableFuture.allOf(reading.toArray(new CompletableFuture<?>[0])).whenComplete((read, failure) -> {
            since = changed.asOf();
            if (changed.hasMore() && !closed) {
                look(Math.max(changed.asOf(), from + 1), rest);
            } else {
                sweepLater();
            }
        });
    }

    /** Publishes the room's newest events as if the one who committed them had told; a feed reads what is before them by itself. */
    private CompletableFuture<?> read(RoomId room, Cursor head) {
        long after = Math.max(known.seq(room, head.epoch()), head.seq() - EVENTS_OF_A_ROOM);
        return store.read(s -> s.eventsAfter(room, after, EVENTS_OF_A_ROOM, BYTES_OF_A_ROOM))
                .whenComplete((events, failure) -> {
                    router.moved(room, head);
                    if (events != null && !events.isEmpty()) {
                        router.published(events);
                        known.add(room, head);
                    }
                });
    }

    /** Asks for the heads of all attached rooms, a part at a time; what is asked for meanwhile is done once more. */
    public void compareAll() {
        if (comparing.getAndUpdate(before -> before == Comparing.NOT ? Comparing.ONCE : Comparing.ONCE_MORE)
                == Comparing.NOT) {
            compare(router.attached(), 0);
        }
    }

    private void endComparing() {
        boolean isOver = closed || comparing.compareAndSet(Comparing.ONCE, Comparing.NOT);
        if (!isOver) {
            comparing.set(Comparing.ONCE);
            compare(router.attached(), 0);
        }
    }

    private void compare(List<RoomId> rooms, int from) {
        if (closed || from >= rooms.size()) {
            endComparing();
            return;
        }
        List<RoomId> part = rooms.subList(from, Math.min(rooms.size(), from + ROOMS_AT_ONCE));
        store.read(s -> s.heads(part)).whenComplete((heads, failure) -> {
            if (heads == null) {
                LOG.debug("The heads of attached rooms can't be compared; a later sweep does", failure);
                endComparing();
                return;
            }
            heads.forEach(router::moved);
            compare(rooms, from + part.size());
        });
    }

    @Override
    public void close() {
        closed = true;
    }
}
