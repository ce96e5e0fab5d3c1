package io.natterjack.server;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.Message;
import io.natterjack.core.Outcome;
import io.natterjack.core.Page;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * A store for trying things out and for tests. Nothing in it is durable: what was acknowledged is lost with the process.
 *
 * <p><b>Unbounded.</b> It keeps every message until it is garbage itself, so memory grows with each.
 *
 * <p><b>Epoch.</b> Each store begins an epoch of its own, so that clients of the one before notice that their past is gone.
 *
 * <p><b>Threads.</b> Any thread may call; rooms don't wait for one another.
 */
public final class InMemoryStore implements MessageStore {
    private final long epoch;
    private final LongSupplier wallMillis;
    private final Map<RoomId, Log> logs = new ConcurrentHashMap<>();

    /** Makes an empty store; its epoch is the time of now. */
    public InMemoryStore() {
        this(System::currentTimeMillis);
    }

    /**
     * Makes an empty store.
     *
     * @param wallMillis the clock in Unix milliseconds; what it says now is the epoch
     */
    public InMemoryStore(LongSupplier wallMillis) {
        this.wallMillis = wallMillis;
        this.epoch = wallMillis.getAsLong();
    }

    @Override
    public boolean mayBlock() {
        return false;
    }

    @Override
    public List<Outcome> append(List<Draft> batch) {
        if (batch.isEmpty()) {
            throw new IllegalArgumentException("a batch must have at least one draft");
        }
        Map<RoomId, List<Integer>> placesByRoom = new LinkedHashMap<>();
        for (int i = 0; i < batch.size(); i++) {
            placesByRoom
                    .computeIfAbsent(batch.get(i).room(), room -> new ArrayList<>())
                    .add(i);
        }
        Outcome[] outcomes = new Outcome[batch.size()];
        placesByRoom.forEach((room, places) ->
                logs.computeIfAbsent(room, first -> new Log()).append(batch, places, wallMillis.getAsLong(), outcomes));
        return List.copyOf(Arrays.asList(outcomes));
    }

    @Override
    public List<RoomEvent> eventsAfter(RoomId room, long seq, int maxEvents, int maxBytes) {
        return log(room).part(seq, maxEvents, maxBytes, 1);
    }

    @Override
    public Map<RoomId, Cursor> heads(Collection<RoomId> rooms) {
        Map<RoomId, Cursor> heads = new HashMap<>();
        for (RoomId room : rooms) {
            heads.put(room, new Cursor(epoch, log(room).lastSeq()));
        }
        return heads;
    }

    @Override
    public Page history(HistoryQuery query, int maxBytes) {
        Log log = log(query.room());
        synchronized (log) {
            long seq = query.seq();
            int limit = query.limit();
            return switch (query.direction()) {
                case BEFORE -> page(log, log.part(seq, limit, maxBytes, -1), true, false);
                case AFTER -> page(log, log.part(seq, limit, maxBytes, 1), false, true);
                case AROUND -> {
                    List<RoomEvent> events = log.part(seq, limit / 2, maxBytes / 2, -1);
                    events.addAll(log.part(seq - 1, limit - limit / 2, maxBytes / 2, 1));
                    yield page(log, events, true, true);
                }
            };
        }
    }

    /** {@inheritDoc} Messages don't change in this version, so a message's rev is its seq. */
    @Override
    public Page changes(RoomId room, long sinceRev, int limit, int maxBytes) {
        Log log = log(room);
        synchronized (log) {
            return page(log, log.part(sinceRev, limit, maxBytes, 1), false, true);
        }
    }

    private Page page(Log log, List<RoomEvent> events, boolean moreBelow, boolean moreAbove) {
        long last = log.lastSeq();
        boolean more = !events.isEmpty()
                && (moreBelow && events.get(0).seq() > 1
                        || moreAbove && events.get(events.size() - 1).seq() < last);
        List<Message> messages = new ArrayList<>();
        events.forEach(event -> messages.add(Message.of(event)));
        return new Page(messages, more, new Cursor(epoch, last));
    }

    private Log log(RoomId room) {
        return logs.getOrDefault(room, new Log());
    }

    /** Does nothing: there is nothing to release, and a router may still read. */
    @Override
    public void close() {}

    /** One room. Every method holds this object's monitor. */
    private final class Log {
        private final List<RoomEvent> events = new ArrayList<>();
        private final Map<UserId, Map<ClientId, RoomEvent>> sent = new HashMap<>();

        synchronized void append(List<Draft> batch, List<Integer> places, long now, Outcome[] outcomes) {
            for (int place : places) {
                outcomes[place] = append(batch.get(place), now);
            }
        }

        private Outcome append(Draft draft, long now) {
            Map<ClientId, RoomEvent> bySender = sent.computeIfAbsent(draft.sender(), first -> new HashMap<>());
            RoomEvent before = bySender.get(draft.clientId());
            if (before == null) {
                Outcome.Accepted accepted = new Outcome.Accepted(nextPlace(), Math.max(now, lastTimestamp()), false);
                RoomEvent event = draft.accepted(accepted);
                events.add(event);
                bySender.put(draft.clientId(), event);
                return accepted;
            }
            // All that was ever written is here, so there is no need for its hash.
            if (before.body().equals(draft.body())) {
                return new Outcome.Accepted(before.at(), before.timestamp(), true);
            }
            return Outcome.Refused.forGood(ErrorCode.CID_CONFLICT);
        }

        private Cursor nextPlace() {
            return new Cursor(epoch, events.size() + 1L);
        }

        private long lastTimestamp() {
            return events.isEmpty() ? 0 : events.get(events.size() - 1).timestamp();
        }

        synchronized long lastSeq() {
            return events.size();
        }

        /** Returns events next to {@code seq}, oldest first: those above it for {@code step} 1, those below for -1. */
        synchronized List<RoomEvent> part(long seq, int maxEvents, int maxBytes, int step) {
            List<RoomEvent> part = new ArrayList<>();
            long bytes = 0;
            long next = step > 0 ? Math.max(0, seq) + 1 : Math.min(seq, events.size() + 1L) - 1;
            while (part.size() < maxEvents && next >= 1 && next <= events.size()) {
                RoomEvent event = events.get((int) (next - 1));
                bytes += event.size();
                if (bytes > maxBytes && !part.isEmpty()) {
                    break;
                }
                part.add(event);
                next += step;
            }
            if (step < 0) {
                Collections.reverse(part);
            }
            return part;
        }
    }
}
