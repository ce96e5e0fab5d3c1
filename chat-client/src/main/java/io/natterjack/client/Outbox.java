package io.natterjack.client;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ServerFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Messages on their way out, in the order in which they were sent. One is forgotten when the server has answered it for
 * good, by {@code ack} or by a refusal without a retry, and by nothing else: not when the room shows it, not when the
 * connection is lost. Until then it goes out again under the same client id, in its old place; so does what was sent to a room that is
 * over since, for it may have been kept before that. What the server says to be
 * queued waits for its answer too, but takes no part in what may be on its way.
 *
 * <p><b>Order.</b> Within a room nothing overtakes: a refusal with a retry takes back all later ones of the room too (the
 * server refuses them as well), and they follow again in order when the time is over.
 *
 * <p><b>Bounded.</b> By count and bytes; what doesn't fit is refused where it is sent.
 *
 * <p><b>Threads.</b> Any thread reserves; all else is for the lane.
 */
final class Outbox {
    /** How many bytes may be on their way without an answer; one message may always. */
    static final long MAX_BYTES_IN_FLIGHT = 1 << 20;

    private static final int OVERHEAD_BYTES = 256;

    private final Loop loop;
    private final Deliveries deliveries;
    private final Runnable changed;
    private final int maxMessages;
    private final long maxBytes;
    private final Object lock = new Object();

    // Guarded by lock.
    private int reserved;
    private long reservedBytes;

    // Lane only. Both by number, which is the order of sending.
    private final TreeMap<Long, Entry> waiting = new TreeMap<>();
    private final TreeMap<Long, Entry> inFlight = new TreeMap<>();
    private final Map<RoomId, Integer> counts = new HashMap<>();
    private final Map<RoomId, Scheduler.Cancellable> postponed = new HashMap<>();
    private long lastNumber;

    /** What of this connection isn't answered yet, including what was taken back meanwhile: the server counts that too. */
    private int unanswered;

    private long unansweredBytes;

    /**
     * Makes an empty one.
     *
     * @param changed run on the lane when {@link #pump} may have more to do
     */
    Outbox(Loop loop, Deliveries deliveries, int maxMessages, long maxBytes, Runnable changed) {
        this.loop = loop;
        this.deliveries = deliveries;
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
        this.changed = changed;
    }

    /** Makes room for a message with that body; false if there is none. Any thread. */
    boolean reserve(MessageBody body) {
        int size = size(body);
        synchronized (lock) {
            if (reserved >= maxMessages || reservedBytes + size > maxBytes) {
                return false;
            }
            reserved++;
            reservedBytes += size;
            return true;
        }
    }

    private void release(int size) {
        synchronized (lock) {
            reserved--;
            reservedBytes -= size;
        }
    }

    private static int size(MessageBody body) {
        return OVERHEAD_BYTES + 2 * body.json().length();
    }

    /** Takes a message for which there is room. */
    void add(Outgoing what, CompletableFuture<Sent> promise) {
        Entry entry = new Entry(++lastNumber, what, promise);
        waiting.put(entry.number, entry);
        counts.merge(entry.room, 1, Integer::sum);
    }

    boolean has(RoomId room) {
        return counts.containsKey(room);
    }

    /** The connection is another one, or gone: nothing that wasn't answered will be. */
    void restart() {
        waiting.putAll(inFlight);
        inFlight.clear();
        unanswered = 0;
        unansweredBytes = 0;
        for (Entry entry : waiting.values()) {
            entry.flight = null;
        }
    }

    /** Sends what may go out now, at most {@code window} without an answer. */
    void pump(Link link, int window, Predicate<RoomId> joined) {
        Set<RoomId> held = new HashSet<>(); // nothing overtakes what waits before it in its room
        Iterator<Entry> entries = waiting.values().iterator();
        while (entries.hasNext() && unanswered < window && unansweredBytes < MAX_BYTES_IN_FLIGHT) {
            Entry entry = entries.next();
            boolean mayGo = !postponed.containsKey(entry.room)
                    && !held.contains(entry.room)
                    && (!entry.what.needsJoin() || entry.isRoomOver || joined.test(entry.room));
            if (!mayGo) {
                held.add(entry.room);
            } else {
                Flight flight = new Flight(link, entry);
                if (!link.trySend(flight::frame, flight)) {
                    return;
                }
                entries.remove();
                depart(entry, flight);
            }
        }
    }

    private void depart(Entry entry, Flight flight) {
        inFlight.put(entry.number, entry);
        entry.flight = flight;
        entry.sentBefore = true;
        unanswered++;
        unansweredBytes += entry.size;
    }

    private void postpone(Entry first, Duration retry) {
        Iterator<Entry> later = inFlight.tailMap(first.number).values().iterator();
        while (later.hasNext()) {
            Entry entry = later.next();
            if (entry.room.equals(first.room)) {
                later.remove();
                entry.flight = null;
                waiting.put(entry.number, entry);
            }
        }
        Scheduler.Cancellable over = loop.after(retry, () -> {
            postponed.remove(first.room);
            changed.run();
        });
        Scheduler.@Nullable Cancellable before = postponed.put(first.room, over);
        if (before != null) {
            before.cancel();
        }
    }

    /** The server keeps a message for the store; its answer comes later, and others may go meanwhile. */
    void queued(RoomId room, ClientId clientId) {
        for (Entry entry : inFlight.values()) {
            if (entry.room.equals(room) && entry.clientId.equals(clientId) && entry.flight != null) {
                entry.flight.shelve();
                changed.run();
                return;
            }
        }
    }

    /** The room has the message, or the change, of this user that {@code event} brings; whether that was answered or not. */
    void shown(RoomEvent event) {
        for (Entry entry : all(event.room())) {
            if (entry.sentBefore && entry.clientId.equals(event.clientId())) {
                entry.shown = new Sent(event.clientId(), event.at(), event.timestamp(), true);
            }
        }
    }

    /** What the room had above {@code base} is gone. */
    void gone(RoomId room, Cursor base) {
        for (Entry entry : all(room)) {
            if (entry.shown != null && entry.shown.at().seq() > base.seq()) {
                entry.shown = null;
            }
        }
    }

    private List<Entry> all(RoomId room) {
        List<Entry> all = new ArrayList<>(inFlight.values());
        all.addAll(waiting.values());
        all.removeIf(entry -> !entry.room.equals(room));
        return all;
    }

    /** Gives up all messages to {@code room}, which is over. What became of those that it may have kept before, the server still says. */
    void fail(RoomId room, Function<ClientId, Throwable> failure) {
        for (Entry entry : all(room)) {
            if (entry.shown != null) {
                succeed(entry, entry.shown);
            } else if (entry.sentBefore) {
                entry.isRoomOver = true;
            } else {
                fail(entry, failure.apply(entry.clientId));
            }
        }
    }

    private void fail(Entry entry, Throwable failure) {
        if (forget(entry)) {
            deliveries.deliver(0, () -> entry.promise.completeExceptionally(failure));
        }
    }

    /** What is about a message that was refused would be refused too; what is on its way already is answered by the server. */
    private void dropDependents(Entry refused) {
        List<Entry> dependents = new ArrayList<>();
        for (Entry entry : waiting.values()) {
            if (entry.room.equals(refused.room) && entry.what.isAbout(refused.clientId)) {
                dependents.add(entry);
            }
        }
        for (Entry entry : dependents) {
            fail(entry, new SendRefusedException(entry.room, entry.clientId, ErrorCode.TARGET_UNKNOWN, ""));
        }
    }

    private void succeed(Entry entry, Sent sent) {
        if (forget(entry)) {
            deliveries.deliver(0, () -> entry.promise.complete(sent));
        }
    }

    private boolean forget(Entry entry) {
        boolean known = (inFlight.containsKey(entry.number) ? inFlight : waiting).remove(entry.number) != null;
        if (known) {
            release(entry.size);
            counts.computeIfPresent(entry.room, (room, count) -> count == 1 ? null : count - 1);
        }
        return known;
    }

    private static final class Entry {
        final long number;
        final Outgoing what;
        final RoomId room;
        final ClientId clientId;
        final CompletableFuture<Sent> promise;
        final int size;
        boolean sentBefore;

        /** Where the room has shown it, if it has. */
        @Nullable
        Sent shown;

        /** Whether it waits only to hear what became of it. */
        boolean isRoomOver;

        /** The one whose refusal counts; none while it isn't in flight. */
        @Nullable
        Flight flight;

        Entry(long number, Outgoing what, CompletableFuture<Sent> promise) {
            this.number = number;
            this.what = what;
            this.room = what.room;
            this.clientId = what.clientId;
            this.promise = promise;
            this.size = size(what.body);
        }

        ClientFrame frame(int id) {
            return what.frame(id, sentBefore);
        }
    }

    /** One time that a message goes out; it may not be the last. */
    private final class Flight implements Request {
        private final Link link;
        private final Entry entry;
        private boolean returned;
        private int id;

        Flight(Link link, Entry entry) {
            this.link = link;
            this.entry = entry;
        }

        @Override
        public void answered(ServerFrame answer) {
            if (answer instanceof ServerFrame.Ack ack
                    && ack.room().equals(entry.room)
                    && ack.clientId().equals(entry.clientId)) {
                returned();
                succeed(entry, new Sent(entry.clientId, ack.at(), ack.timestamp(), ack.isDuplicate()));
                changed.run();
            } else {
                link.violated("an answer to a send that is none");
            }
        }

        @Override
        public void refused(ServerFrame.Refused refusal) {
            returned();
            if (refusal.code() == ErrorCode.NOT_MEMBER && entry.shown != null) {
                succeed(entry, entry.shown); // this user isn't a member any more, but was
            } else if (!refusal.retry().isPresent()) {
                fail(
                        entry,
                        new SendRefusedException(
                                entry.room,
                                entry.clientId,
                                refusal.code(),
                                refusal.message().orElse("")));
                dropDependents(entry);
            } else if (entry.flight == this) {
                postpone(entry, refusal.retry().get());
            }
            changed.run();
        }

        ClientFrame frame(int newId) {
            id = newId;
            return entry.frame(newId);
        }

        void shelve() {
            returned();
            link.shelve(id);
        }

        private void returned() {
            if (!returned) {
                returned = true;
                unanswered--;
                unansweredBytes -= entry.size;
            }
        }
    }
}
