package io.natterjack.server.engine;

import io.natterjack.core.Cursor;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.lane.Lane;
import io.natterjack.core.spi.RoomRouter.Progress;
import io.natterjack.core.spi.RoomSink;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.WireFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One room's stream of events to its sinks, in order and without a hole.
 *
 * <p>The feed knows the {@code last} seq that it has delivered. An event that follows it goes out at once. One further on
 * waits a moment for those before it, since two processes that write to one room cross each other all the time; then the feed
 * reads what is missing from the store. Nothing else but {@code last} decides, so a publication may be lost, repeated or late.
 *
 * <p>A sink that isn't live costs nothing here: it asks for the next part when its reader is ready, and gets it from the
 * recent events or the store. It becomes live in the same step in which it reaches {@code last}, so nothing falls in between.
 *
 * <p><b>Threads.</b> All state belongs to the room's lane; the methods without a modifier may be called by any thread.
 */
final class RoomFeed {
    private static final Logger LOG = LoggerFactory.getLogger(RoomFeed.class);

    private static final int PART_EVENTS = 500;
    /** How many events may wait for one before them; beyond that the store serves. */
    private static final int MAX_EARLY = 64;

    private static final long NOT_LOADED = -1;
    private static final Duration PATIENCE = Duration.ofMillis(20);
    private static final Duration READ_RETRY = Duration.ofMillis(250);

    private final RoomId room;
    private final RecentEvents recent;
    private final Publications published;
    private final StoreReads store;
    private final Lane lane;
    private final Scheduler scheduler;
    private final LocalRouter.Bounds bounds;
    private final Consumer<RoomFeed> whenClosed;

    // Lane only.
    private final Map<RoomSink, CompletableFuture<Cursor>> waitingForHead = new LinkedHashMap<>();
    private final Set<RoomSink> idle = new HashSet<>();
    private final Set<RoomSink> live = new LinkedHashSet<>();
    private final TreeMap<Long, RoomEvent> early = new TreeMap<>();
    private long epoch;
    private long last = NOT_LOADED;
    private boolean catchingUp;
    private boolean catchingUpLater;
    private int failedReads;
    private boolean closed;
    /** Whether the store may have what nobody published, and hasn't been asked since. */
    private boolean missing;

    private Scheduler.Cancellable lingering = () -> {};

    RoomFeed(
            RoomId room,
            RecentEvents recent,
            Publications published,
            StoreReads store,
            Executor lanes,
            Scheduler scheduler,
            LocalRouter.Bounds bounds,
            Consumer<RoomFeed> whenClosed) {
        this.room = room;
        this.recent = recent;
        this.published = published;
        this.store = store;
        this.lane = new Lane(lanes);
        this.scheduler = scheduler;
        this.bounds = bounds;
        this.whenClosed = whenClosed;
    }

    void attach(RoomSink sink, CompletableFuture<Cursor> head, Runnable ifClosed) {
        lane.execute(() -> {
            lingering.cancel();
            if (closed) {
                ifClosed.run();
            } else if (isLoaded()) {
                idle.add(sink);
                head.complete(new Cursor(epoch, last));
            } else {
                waitingForHead.put(sink, head);
                if (waitingForHead.size() == 1) {
                    readHead();
                }
            }
        });
    }

    CompletionStage<Void> detach(RoomSink sink) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        lane.execute(() -> {
            idle.remove(sink);
            live.remove(sink);
            CompletableFuture<Cursor> head = waitingForHead.remove(sink);
            if (head != null) {
                head.completeExceptionally(LocalRouter.notAttached(room));
            }
            closeIfUnused();
            done.complete(null);
        });
        return done;
    }

    CompletionStage<Progress> follow(RoomSink sink, long seq) {
        CompletableFuture<Progress> progress = new CompletableFuture<>();
        lane.execute(() -> {
            if (!idle.contains(sink)) {
                progress.completeExceptionally(LocalRouter.notAttached(room));
            } else if (seq > last) {
                progress.completeExceptionally(
                        new IllegalArgumentException("seq " + seq + " is above the head " + last));
            } else {
                followFrom(sink, seq, progress);
            }
        });
        return progress;
    }

    void committed(List<RoomEvent> events) {
        if (published.add(events)) {
            lane.execute(this::onPublished);
        }
    }

    void changed() {
        if (published.miss()) {
            lane.execute(this::onPublished);
        }
    }

    /** Says that the store has the room's head there. */
    void moved(Cursor head) {
        lane.execute(() -> {
            if (!isLoaded()) {
                missing = true;
            } else if (isOfThisPast(head) && head.seq() > last) {
                missing = true;
                catchUp();
            }
        });
    }

    void close() {
        lane.execute(this::closeNow);
    }

    // All below: lane only.

    private boolean isLoaded() {
        return last != NOT_LOADED;
    }

    private void readHead() {
        store.read(s -> s.heads(List.of(room))).whenCompleteAsync(this::onHead, lane);
    }

    private void onHead(@Nullable Map<RoomId, Cursor> heads, @Nullable Throwable failure) {
        List<CompletableFuture<Cursor>> waiting = List.copyOf(waitingForHead.values());
        Set<RoomSink> sinks = Set.copyOf(waitingForHead.keySet());
        waitingForHead.clear();
        Cursor head = heads == null ? null : heads.get(room);
        if (head == null) {
            Throwable cause =
                    failure != null ? failure : new IllegalStateException("the store gave no head of " + room);
            waiting.forEach(each -> each.completeExceptionally(cause));
            closeIfUnused();
            return;
        }
        epoch = head.epoch();
        last = head.seq();
        idle.addAll(sinks);
        waiting.forEach(each -> each.complete(head));
        if (missing) {
            catchUp();
        }
    }

    private void onPublished() {
        Publications.Batch batch = published.take();
        missing |= batch.incomplete() || !isLoaded();
        if (!isLoaded() || closed) {
            return;
        }
        batch.events().stream().filter(this::isNews).forEach(event -> early.put(event.seq(), event));
        deliverInOrder();
        if (early.size() > MAX_EARLY) {
            early.clear();
            missing = true;
        }
        if (missing) {
            catchUp();
        } else if (!early.isEmpty()) {
            catchUpLater(PATIENCE);
        }
    }

    private boolean isNews(RoomEvent event) {
        return isOfThisPast(event.at()) && event.seq() > last;
    }

    /**
     * Tells whether a place is of the past that this feed delivers. One of a later epoch ends the feed: the store has forgotten something,
     * and who follows has to begin anew from what it has.
     */
    private boolean isOfThisPast(Cursor at) {
        if (at.epoch() > epoch && !closed) {
            LOG.warn("The store begins a new past of room {}: epoch {} after {}", room, at.epoch(), epoch);
            List<RoomSink> sinks = new ArrayList<>(idle);
            sinks.addAll(live);
            closeNow();
            sinks.forEach(RoomSink::reset);
        }
        return at.epoch() == epoch && !closed;
    }

    private void deliverInOrder() {
        List<RoomEvent> part = new ArrayList<>();
        long bytes = 0;
        for (RoomEvent event = early.remove(last + 1); event != null; event = early.remove(last + 1)) {
            if (!part.isEmpty() && bytes + event.size() > bounds.partBytes()) {
                deliver(part);
                part = new ArrayList<>();
                bytes = 0;
            }
            part.add(event);
            bytes += event.size();
            last = event.seq();
        }
        early.headMap(last, true).clear();
        if (!part.isEmpty()) {
            deliver(part);
        }
    }

    private void deliver(List<RoomEvent> part) {
        for (RoomEvent event : part) {
            recent.add(event);
            if (event.kind().changesAccess()) {
                Optional<RoomChange> change = RoomChange.readable(event);
                idle.forEach(sink -> sink.accessChanged(event, change));
                live.forEach(sink -> sink.accessChanged(event, change));
            }
        }
        if (live.isEmpty()) {
            return;
        }
        WireFrame frame = encode(part);
        live.removeIf(sink -> !takes(sink, part, frame));
    }

    /** A sink that throws has a hole from then on, so it gets nothing more; no other notices. */
    private boolean takes(RoomSink sink, List<RoomEvent> part, WireFrame frame) {
        try {
            sink.events(part, frame);
            return true;
        } catch (Throwable fault) {
            LOG.error("A sink of room {} failed", room, fault);
            return false;
        }
    }

    private WireFrame encode(List<RoomEvent> part) {
        return FrameCodec.encode(new ServerFrame.Ev(room, epoch, part));
    }

    private void catchUpLater(Duration pause) {
        if (catchingUpLater) {
            return;
        }
        catchingUpLater = true;
        scheduler.after(
                pause,
                () -> lane.execute(() -> {
                    catchingUpLater = false;
                    if (missing || !early.isEmpty()) {
                        catchUp();
                    }
                }));
    }

    /** Reads what follows {@code last}; what is said to be missing meanwhile is asked for again. */
    private void catchUp() {
        if (catchingUp || closed) {
            return;
        }
        catchingUp = true;
        missing = false;
        long from = last;
        store.read(s -> s.eventsAfter(room, from, PART_EVENTS, bounds.partBytes()))
                .whenCompleteAsync(this::onMissing, lane);
    }

    private void onMissing(@Nullable List<RoomEvent> events, @Nullable Throwable failure) {
        catchingUp = false;
        if (closed) {
            return;
        }
        if (events == null) {
            LOG.debug("Room {} can't be read after {}, trying again: {}", room, last, String.valueOf(failure));
            missing = true;
            catchUpLater(READ_RETRY.multipliedBy(1L << Math.min(2, failedReads++)));
            return;
        }
        failedReads = 0;
        long before = last;
        events.stream().filter(this::isNews).forEach(event -> early.putIfAbsent(event.seq(), event));
        deliverInOrder();
        // A store that leaves out what is next isn't asked again and again at once.
        if (missing || last > before) {
            catchUp();
        } else if (!early.isEmpty()) {
            catchUpLater(READ_RETRY);
        }
    }

    private void followFrom(RoomSink sink, long seq, CompletableFuture<Progress> progress) {
        if (seq == last) {
            goLive(sink, progress);
            return;
        }
        List<RoomEvent> part = recent.after(seq, bounds.partBytes());
        if (!part.isEmpty()) {
            deliverPart(sink, part, progress);
            return;
        }
        store.read(s -> s.eventsAfter(room, seq, PART_EVENTS, bounds.partBytes()))
                .whenCompleteAsync((events, failure) -> onPart(sink, events, failure, progress), lane);
    }

    private void onPart(
            RoomSink sink,
            @Nullable List<RoomEvent> events,
            @Nullable Throwable failure,
            CompletableFuture<Progress> progress) {
        // What lies above last is delivered to all when it's its turn; a sink must not have it before.
        List<RoomEvent> part = events == null
                ? List.of()
                : events.stream()
                        .filter(event -> isOfThisPast(event.at()) && event.seq() <= last)
                        .toList();
        if (part.isEmpty() || !idle.contains(sink)) {
            progress.completeExceptionally(failure != null ? failure : LocalRouter.notAttached(room));
        } else {
            deliverPart(sink, part, progress);
        }
    }

    private void deliverPart(RoomSink sink, List<RoomEvent> part, CompletableFuture<Progress> progress) {
        if (!takes(sink, part, encode(part))) {
            idle.remove(sink);
            progress.completeExceptionally(LocalRouter.notAttached(room));
            return;
        }
        long reached = part.get(part.size() - 1).seq();
        if (reached == last) {
            goLive(sink, progress);
        } else {
            progress.complete(new Progress(reached, false));
        }
    }

    private void goLive(RoomSink sink, CompletableFuture<Progress> progress) {
        idle.remove(sink);
        live.add(sink);
        progress.complete(new Progress(last, true));
    }

    private boolean isUnused() {
        return idle.isEmpty() && live.isEmpty() && waitingForHead.isEmpty();
    }

    /** A room that was left stays for a while if it has something to tell who comes back after a moment. */
    private void closeIfUnused() {
        if (!isUnused()) {
            return;
        }
        if (recent.isEmpty()) {
            closeNow();
        } else {
            lingering.cancel();
            lingering = scheduler.after(
                    bounds.linger(),
                    () -> lane.execute(() -> {
                        if (isUnused()) {
                            closeNow();
                        }
                    }));
        }
    }

    private void closeNow() {
        if (closed) {
            return;
        }
        closed = true;
        recent.clear();
        early.clear();
        live.clear();
        idle.clear();
        waitingForHead.values().forEach(head -> head.completeExceptionally(LocalRouter.notAttached(room)));
        waitingForHead.clear();
        whenClosed.accept(this);
    }
}
