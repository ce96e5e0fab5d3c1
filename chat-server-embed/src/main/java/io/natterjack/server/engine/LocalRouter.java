package io.natterjack.server.engine;

import io.natterjack.core.Cursor;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import io.natterjack.core.lane.Budget;
import io.natterjack.core.spi.RoomRouter;
import io.natterjack.core.spi.RoomSink;
import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link RoomRouter} for the sessions of one process. Each attached room has a {@link RoomFeed}.
 *
 * <p>What another process commits to the same store comes by {@link SharedRouter} and {@link Sweep}, or when a later event of this
 * process shows the hole.
 *
 * <p><b>Threads.</b> Any thread calls. The work of a room runs on its lane, reads of the store on the threads for that.
 */
public final class LocalRouter implements RoomRouter {
    private static final Logger LOG = LoggerFactory.getLogger(LocalRouter.class);

    /**
     * The bounds of a router.
     *
     * @param recentEvents how many recent events a room keeps at most
     * @param recentBytes how many bytes those of one room take at most
     * @param totalRecentBytes how many bytes those of all rooms take at most
     * @param linger how long a room that nobody is attached to keeps them
     * @param partBytes where a frame of events, or what is read at once, ends; well below what a connection may have unsent
     */
    public record Bounds(int recentEvents, long recentBytes, long totalRecentBytes, Duration linger, int partBytes) {
        /** 512 events, 512 KiB, 64 MiB over all, 30 seconds, parts of 256 KiB. */
        public static final Bounds DEFAULT = new Bounds(512, 512 << 10, 64 << 20, Duration.ofSeconds(30), 256 << 10);

        /** Returns the same with parts of {@code bytes}. */
        public Bounds withPartBytes(int bytes) {
            return new Bounds(recentEvents, recentBytes, totalRecentBytes, linger, bytes);
        }
    }

    /** How many bytes of publications may wait for their rooms' lanes, over all rooms. */
    private static final long MAX_PUBLISHED_BYTES = 32 << 20;

    private final Executor lanes;
    private final StoreReads reads;
    private final Scheduler scheduler;
    private final Bounds bounds;
    private final Budget recentBudget;
    private final Budget publishedBudget = new Budget(MAX_PUBLISHED_BYTES);
    private final List<Consumer<List<RoomEvent>>> observers = new CopyOnWriteArrayList<>();
    private final Map<RoomId, RoomFeed> feeds = new ConcurrentHashMap<>();
    private final KnownHeads known = new KnownHeads();

    /**
     * Makes a router without rooms.
     *
     * @param lanes runs the rooms' work, which never blocks
     */
    public LocalRouter(StoreReads reads, Executor lanes, Scheduler scheduler, Bounds bounds) {
        this.reads = reads;
        this.lanes = lanes;
        this.scheduler = scheduler;
        this.bounds = bounds;
        this.recentBudget = new Budget(bounds.totalRecentBytes());
    }

    @Override
    public CompletionStage<Cursor> attach(RoomId room, RoomSink sink) {
        CompletableFuture<Cursor> head = new CompletableFuture<>();
        attach(room, sink, head);
        return head;
    }

    private void attach(RoomId room, RoomSink sink, CompletableFuture<Cursor> head) {
        RoomFeed feed = feeds.computeIfAbsent(room, this::newFeed);
        // A feed that has just closed is out of the map already: the next try makes a new one.
        feed.attach(sink, head, () -> attach(room, sink, head));
    }

    private RoomFeed newFeed(RoomId room) {
        RecentEvents recent = new RecentEvents(bounds.recentEvents(), bounds.recentBytes(), recentBudget);
        Publications published = new Publications(publishedBudget);
        Consumer<RoomFeed> whenClosed = feed -> feeds.remove(room, feed);
        return new RoomFeed(room, recent, published, reads, lanes, scheduler, bounds, whenClosed);
    }

    @Override
    public CompletionStage<Progress> follow(RoomId room, RoomSink sink, long seq) {
        RoomFeed feed = feeds.get(room);
        if (feed == null) {
            CompletableFuture<Progress> gone = new CompletableFuture<>();
            gone.completeExceptionally(notAttached(room));
            return gone;
        }
        return feed.follow(sink, seq);
    }

    static StoreException notAttached(RoomId room) {
        return new StoreException(StoreException.Kind.UNAVAILABLE, "the sink isn't attached to room " + room);
    }

    @Override
    public CompletionStage<Void> detach(RoomId room, RoomSink sink) {
        RoomFeed feed = feeds.get(room);
        return feed == null ? CompletableFuture.completedFuture(null) : feed.detach(sink);
    }

    @Override
    public void observe(Consumer<List<RoomEvent>> observer) {
        observers.add(observer);
    }

    @Override
    public void committed(List<RoomEvent> events) {
        published(events);
    }

    /** Publishes what was committed, here or by another process: a hint, that may come twice, late, or never. */
    void published(List<RoomEvent> events) {
        published(events, byRoom(events));
    }

    static Map<RoomId, List<RoomEvent>> byRoom(List<RoomEvent> events) {
        return events.stream().collect(Collectors.groupingBy(RoomEvent::room, LinkedHashMap::new, Collectors.toList()));
    }

    /** Publishes the same events, given twice: as they came, and room by room. */
    void published(List<RoomEvent> events, Map<RoomId, List<RoomEvent>> byRoom) {
        byRoom.forEach(
                (room, ofRoom) -> known.add(room, ofRoom.get(ofRoom.size() - 1).at()));
        byRoom.forEach((room, ofRoom) -> {
            RoomFeed feed = feeds.get(room);
            if (feed != null) {
                feed.committed(ofRoom);
            }
        });
        observers.forEach(observer -> tell(observer, events));
    }

    /** An observer that throws costs no other anything. */
    private static void tell(Consumer<List<RoomEvent>> observer, List<RoomEvent> events) {
        try {
            observer.accept(events);
        } catch (Throwable fault) {
            LOG.error("What was committed could not be told to one who observes", fault);
        }
    }

    @Override
    public void changed(RoomId room) {
        RoomFeed feed = feeds.get(room);
        if (feed != null) {
            feed.changed();
        }
    }

    /** Says that the store has the room's head there. */
    void moved(RoomId room, Cursor head) {
        RoomFeed feed = feeds.get(room);
        if (feed != null) {
            feed.moved(head);
        }
    }

    /** Returns how far rooms are known to have got, by whatever was heard of them. */
    KnownHeads known() {
        return known;
    }

    /** Tells whether anybody is attached to the room, or was a moment ago. */
    boolean isAttached(RoomId room) {
        return feeds.containsKey(room);
    }

    /** Returns the rooms that somebody is attached to, or was a moment ago. */
    public List<RoomId> attached() {
        return List.copyOf(feeds.keySet());
    }

    @Override
    public void close() {
        feeds.values().forEach(RoomFeed::close);
    }
}
