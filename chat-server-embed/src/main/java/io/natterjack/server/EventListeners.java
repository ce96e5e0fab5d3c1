package io.natterjack.server;

import io.natterjack.core.Cursor;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.server.engine.StoreReads;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one listener every room's events, from where it has got to. A commit here is a hint that a room has more; a look at the store
 * every few seconds finds what no hint was given for: what another process committed, and what was left when this one began. Of several
 * processes with a listener of that name one hears at a time.
 *
 * <p><b>Threads.</b> Any. A room is read and heard by one task at a time.
 */
final class EventListeners {
    private static final Logger LOG = LoggerFactory.getLogger(EventListeners.class);
    private static final Duration SWEEP = Duration.ofSeconds(5);
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** How many times as long as a look for rooms that are behind took nobody looks again: with many rooms it takes long. */
    private static final int REST_AFTER_LOOK = 20;

    /** For how long a process that has died keeps the others from hearing in its place. */
    private static final Duration TURN = Duration.ofSeconds(15);

    private static final Duration GIVING_UP = Duration.ofMillis(50);
    private static final int GIVING_UP_TRIES = 20;
    private static final int PART = 100;
    private static final int PART_BYTES = 1 << 20;
    private static final int ROOMS_OF_A_SWEEP = 500;

    /** What is to be done in a room that has something new. */
    private enum Todo {
        RUNNING,
        RUNNING_AND_MORE
    }

    private final String name;
    private final EventListener listener;
    private final StoreReads store;
    private final Executor threads;
    private final Scheduler scheduler;
    private final Map<RoomId, Todo> busy = new ConcurrentHashMap<>();
    private volatile boolean closed;
    private final String holder = UUID.randomUUID().toString();
    private volatile long turnEnds;
    private volatile long nextLook;

    /** How many calls and sweeps are under way, all that may still note something or take the turn. */
    private final AtomicInteger underWay = new AtomicInteger();

    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    EventListeners(String name, EventListener listener, StoreReads store, Executor threads, Scheduler scheduler) {
        this.name = name;
        this.listener = listener;
        this.store = store;
        this.threads = threads;
        this.scheduler = scheduler;
        this.nextLook = scheduler.nanoTime();
    }

    /**
     * Begins; blocks until the store knows the listener, so that it misses nothing of what comes after.
     *
     * @throws StoreException if the store can't be used
     */
    void start() {
        try {
            store.read(s -> {
                        s.listeners().register(name);
                        return true;
                    })
                    .join();
        } catch (CompletionException failure) {
            throw failure.getCause() instanceof StoreException known ? known : failure;
        }
        sweep();
    }

    /** Tells whether it is this process that hears now. */
    boolean isTurn() {
        return !closed && turnEnds - scheduler.nanoTime() > 0;
    }

    /** Events were committed. */
    void committed(List<RoomEvent> events) {
        if (isTurn()) {
            events.stream().map(RoomEvent::room).distinct().forEach(this::wake);
        }
    }

    private void sweep() {
        // Counted before it is looked: a sweep that took the turn after it was given up would keep others from it.
        underWay.incrementAndGet();
        if (closed) {
            underWay.decrementAndGet();
            return;
        }
        store.read(s -> {
                    // By this process's own clock, begun before it was asked: a process that is stopped for longer
                    // finds its turn over.
                    long ends = scheduler.nanoTime() + TURN.toNanos();
                    boolean had = isTurn();
                    boolean taken = s.listeners().take(name, holder, TURN);
                    turnEnds = taken ? ends : scheduler.nanoTime();
                    boolean isLooking = taken && (!had || scheduler.nanoTime() - nextLook >= 0);
                    return isLooking ? look(s) : Map.<RoomId, Long>of();
                })
                .whenComplete((behind, failure) -> {
                    underWay.decrementAndGet();
                    if (behind != null) {
                        behind.keySet().forEach(this::wake);
                    }
                    scheduler.after(SWEEP, this::sweep);
                });
    }

    private Map<RoomId, Long> look(MessageStore s) {
        long begun = scheduler.nanoTime();
        Map<RoomId, Long> behind = s.listeners().behind(name, ROOMS_OF_A_SWEEP);
        long ended = scheduler.nanoTime();
        nextLook = ended + (ended - begun) * REST_AFTER_LOOK;
        return behind;
    }

    private void wake(RoomId room) {
        Todo before = busy.merge(room, Todo.RUNNING, (running, more) -> Todo.RUNNING_AND_MORE);
        if (before == Todo.RUNNING) {
            read(room);
        }
    }

    private void read(RoomId room) {
        if (!isTurn()) {
            busy.remove(room); // whoever has the turn finds it
            return;
        }
        store.read(s -> s.eventsAfter(room, s.listeners().heard(name, room), PART, PART_BYTES))
                .whenComplete((events, failure) -> {
                    if (events == null) {
                        later(room);
                    } else if (events.isEmpty()) {
                        rest(room);
                    } else {
                        hear(room, events);
                    }
                });
    }

    /** Nothing is left, unless something came while it was looked. */
    private void rest(RoomId room) {
        Todo now = busy.computeIfPresent(room, (same, todo) -> todo == Todo.RUNNING ? null : Todo.RUNNING);
        if (now != null) {
            read(room);
        }
    }

    private void later(RoomId room) {
        scheduler.after(RETRY, () -> read(room));
    }

    private void hear(RoomId room, List<RoomEvent> events) {
        try {
            threads.execute(() -> call(room, events));
        } catch (RejectedExecutionException full) {
            later(room);
        }
    }

    /** Tells whether the store is still in the epoch of an event: another event may have its place otherwise. */
    private static boolean isPresent(MessageStore store, RoomId room, Cursor heard) {
        Cursor head = store.heads(List.of(room)).get(room);
        return head != null && head.epoch() == heard.epoch();
    }

    private void call(RoomId room, List<RoomEvent> events) {
        underWay.incrementAndGet();
        long heard = 0;
        boolean failed = false;
        for (RoomEvent event : events) {
            if (!isTurn()) {
                break;
            }
            try {
                listener.onEvent(event);
                heard = event.seq();
            } catch (Throwable failure) { // an Error too: else the room would be held for good
                LOG.warn("Listener {} failed on event {} of room {}; it comes again", name, event.seq(), room, failure);
                failed = true;
                break;
            }
        }
        Cursor upto = new Cursor(events.get(0).at().epoch(), heard);
        boolean isFailed = failed;
        store.read(s -> {
                    if (upto.seq() > 0 && isPresent(s, room, upto)) {
                        s.listeners().heard(name, room, upto.seq());
                    }
                    return true;
                })
                .whenComplete((kept, failure) -> {
                    underWay.decrementAndGet();
                    if (isFailed || failure != null) {
                        later(room);
                    } else {
                        read(room);
                    }
                });
    }

    /** Hears no more, and begins to give the turn up. */
    void close() {
        closed = true;
        giveUp(0);
    }

    /**
     * Completes after {@link #close} when another process may hear, or would have to wait until the turn is over by itself; that takes
     * about a second at most while the store answers.
     */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /** Gives the turn up when it is noted what was heard; a call that doesn't end keeps it until it is over by itself. */
    private void giveUp(int tries) {
        if (underWay.get() == 0) {
            store.read(s -> s.listeners().take(name, holder, Duration.ZERO))
                    .whenComplete((given, failure) -> ended.complete(null));
        } else if (tries < GIVING_UP_TRIES) {
            scheduler.after(GIVING_UP, () -> giveUp(tries + 1));
        } else {
            ended.complete(null);
        }
    }
}
