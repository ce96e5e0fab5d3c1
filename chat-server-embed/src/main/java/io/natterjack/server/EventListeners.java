package io.natterjack.server;

import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.server.engine.StoreReads;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one listener every room's events, from where it has got to. A commit here is a hint that a room has more; a look at the store
 * every few seconds finds what no hint was given for: what another process committed, and what was left when this one began.
 *
 * <p><b>Threads.</b> Any. A room is read and heard by one task at a time.
 */
final class EventListeners implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventListeners.class);
    private static final Duration SWEEP = Duration.ofSeconds(5);
    private static final Duration RETRY = Duration.ofSeconds(1);
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
    private volatile boolean registered;

    EventListeners(String name, EventListener listener, StoreReads store, Executor threads, Scheduler scheduler) {
        this.name = name;
        this.listener = listener;
        this.store = store;
        this.threads = threads;
        this.scheduler = scheduler;
    }

    /** Begins; blocks until the store knows the listener, so that it misses nothing of what comes after. */
    void start() {
        store.read(s -> {
                    s.listeners().register(name);
                    return true;
                })
                .join();
        registered = true;
        sweep();
    }

    /** Events were committed. */
    void committed(List<RoomEvent> events) {
        if (registered) {
            events.stream().map(RoomEvent::room).distinct().forEach(this::wake);
        }
    }

    private void sweep() {
        if (closed) {
            return;
        }
        store.read(s -> s.listeners().behind(name, ROOMS_OF_A_SWEEP)).whenComplete((behind, failure) -> {
            if (behind != null) {
                behind.keySet().forEach(this::wake);
            }
            scheduler.after(SWEEP, this::sweep);
        });
    }

    private void wake(RoomId room) {
        Todo before = busy.merge(room, Todo.RUNNING, (running, more) -> Todo.RUNNING_AND_MORE);
        if (before == Todo.RUNNING) {
            read(room);
        }
    }

    private void read(RoomId room) {
        if (closed) {
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

    private void call(RoomId room, List<RoomEvent> events) {
        long heard = 0;
        boolean failed = false;
        for (RoomEvent event : events) {
            if (closed) {
                return;
            }
            try {
                listener.onEvent(event);
                heard = event.seq();
            } catch (Exception failure) {
                LOG.warn("Listener {} failed on event {} of room {}; it comes again", name, event.seq(), room, failure);
                failed = true;
                break;
            }
        }
        long upto = heard;
        boolean isFailed = failed;
        store.read(s -> {
                    if (upto > 0) {
                        s.listeners().heard(name, room, upto);
                    }
                    return true;
                })
                .whenComplete((kept, failure) -> {
                    if (isFailed || failure != null) {
                        later(room);
                    } else {
                        read(room);
                    }
                });
    }

    @Override
    public void close() {
        closed = true;
    }
}
