package io.natterjack.server;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.InboxEntry;
import io.natterjack.core.Membership;
import io.natterjack.core.Message;
import io.natterjack.core.Notify;
import io.natterjack.core.Outcome;
import io.natterjack.core.Page;
import io.natterjack.core.Receipts;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomView;
import io.natterjack.core.SearchPage;
import io.natterjack.core.SearchQuery;
import io.natterjack.core.Standing;
import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.ChangedHeads;
import io.natterjack.core.spi.Fence;
import io.natterjack.core.spi.ListenerStore;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.PeopleStore;
import io.natterjack.core.text.SearchWords;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongSupplier;

/**
 * A store for trying things out and for tests. Nothing in it is durable: what was acknowledged is lost with the process.
 *
 * <p><b>Unbounded.</b> It keeps every message until it is garbage itself, so memory grows with each; it searches by looking at
 * each.
 *
 * <p><b>Epoch.</b> Each store begins an epoch of its own, so that clients of the one before notice that their past is gone.
 *
 * <p><b>Threads.</b> Any thread may call; rooms don't wait for one another.
 */
public final class InMemoryStore implements MessageStore {
    private static final Comparator<InboxEntry> LATEST_FIRST = Comparator.comparingLong(InboxEntry::timestamp)
            .thenComparing(entry -> entry.room().value())
            .reversed();

    private final long epoch;
    private final LongSupplier wallMillis;
    private final Map<RoomId, RoomLog> logs = new ConcurrentHashMap<>();
    private final ReadWriteLock fencing = new ReentrantReadWriteLock();

    // Guarded by fencing.
    private final Map<String, Long> fences = new HashMap<>();

    private final PeopleInMemory people = new PeopleInMemory(this::shareRoom);
    private final ListenersInMemory listeners;

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
        this.listeners = new ListenersInMemory(() -> heads(logs.keySet()), wallMillis);
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
        placesByRoom.forEach((room, places) -> logs.computeIfAbsent(room, first -> new RoomLog(room, epoch))
                .append(batch, places, wallMillis.getAsLong(), outcomes));
        return List.copyOf(Arrays.asList(outcomes));
    }

    @Override
    public List<Outcome> append(List<Draft> batch, Fence fence) {
        fencing.readLock().lock();
        try {
            long standing = fences.getOrDefault(fence.name(), 0L);
            if (fence.generation() != standing) {
                throw new StoreException(
                        StoreException.Kind.FENCED,
                        fence.name() + " is at generation " + standing + ", not " + fence.generation());
            }
            return append(batch);
        } finally {
            fencing.readLock().unlock();
        }
    }

    @Override
    public Fence raiseFence(String name) {
        fencing.writeLock().lock();
        try {
            return new Fence(name, fences.merge(name, 1L, Long::sum));
        } finally {
            fencing.writeLock().unlock();
        }
    }

    @Override
    public List<RoomEvent> eventsAfter(RoomId room, long seq, int maxEvents, int maxBytes) {
        return log(room).part(seq, maxEvents, maxBytes);
    }

    @Override
    public Map<RoomId, Cursor> heads(Collection<RoomId> rooms) {
        Map<RoomId, Cursor> heads = new HashMap<>();
        for (RoomId room : rooms) {
            heads.put(room, log(room).head());
        }
        return heads;
    }

    @Override
    public ChangedHeads headsChangedSince(long since, int limit) {
        long now = wallMillis.getAsLong();
        if (since == 0) {
            return new ChangedHeads(Map.of(), false, now);
        }
        // With the times of now: rooms go on while they are sorted.
        NavigableMap<Long, List<RoomLog>> changed = new TreeMap<>();
        logs.values()
                .forEach(log -> changed.computeIfAbsent(log.lastTimestamp(), first -> new ArrayList<>())
                        .add(log));
        Map<RoomId, Cursor> heads = new LinkedHashMap<>();
        for (Map.Entry<Long, List<RoomLog>> moment :
                changed.tailMap(since, true).entrySet()) {
            // What happened at one moment stays together, or a reader couldn't go on from it.
            if (!heads.isEmpty() && heads.size() + moment.getValue().size() > limit) {
                return new ChangedHeads(heads, true, moment.getKey());
            }
            moment.getValue().forEach(log -> heads.put(log.room(), log.head()));
        }
        return new ChangedHeads(heads, false, now);
    }

    @Override
    public RoomView view(RoomId room, UserId user) {
        return log(room).view(user, people::areApart);
    }

    @Override
    public Optional<Known> find(RoomId room, UserId sender, ClientId clientId) {
        return log(room).find(sender, clientId);
    }

    @Override
    public Page history(HistoryQuery query, int maxBytes) {
        return log(query.room()).history(query, maxBytes);
    }

    @Override
    public Page changes(RoomId room, UserId reader, long floor, long sinceRev, int limit, int maxBytes) {
        return log(room).changes(reader, floor, sinceRev, limit, maxBytes);
    }

    @Override
    public Optional<Membership> membership(RoomId room, UserId user) {
        return log(room).membership(user);
    }

    @Override
    public List<Membership> members(RoomId room, Standing standing, Optional<UserId> after, int limit) {
        return log(room).members(standing, after, limit);
    }

    @Override
    public void mark(RoomId room, UserId user, long delivered, long read) {
        log(room).mark(user, delivered, read);
    }

    @Override
    public void notifications(RoomId room, UserId user, Notify wanted) {
        log(room).notifications(user, wanted);
    }

    @Override
    public Receipts receipts(RoomId room, long seq, UserId sender) {
        return log(room).receipts(seq, sender);
    }

    @Override
    public List<InboxEntry> inbox(UserId user, Collection<RoomId> rooms) {
        return rooms.stream().flatMap(room -> log(room).inbox(user).stream()).toList();
    }

    @Override
    public PeopleStore people() {
        return people;
    }

    @Override
    public ListenerStore listeners() {
        return listeners;
    }

    @Override
    public List<InboxEntry> inbox(UserId user, Optional<InboxEntry> after, int limit) {
        List<InboxEntry> entries = new ArrayList<>();
        logs.values().forEach(log -> log.inbox(user).ifPresent(entries::add));
        entries.removeIf(entry -> after.isPresent() && LATEST_FIRST.compare(entry, after.get()) <= 0);
        entries.sort(LATEST_FIRST);
        return List.copyOf(entries.subList(0, Math.min(limit, entries.size())));
    }

    @Override
    public SearchPage search(SearchQuery query) {
        SearchWords.Wanted wanted = new SearchWords.Wanted(query.text());
        if (wanted.isEmpty()) {
            return new SearchPage(List.of(), null);
        }
        Set<RoomId> rooms = Set.copyOf(query.rooms());
        List<Message> found = new ArrayList<>();
        logs.forEach((room, log) -> {
            boolean searched = rooms.isEmpty()
                    ? log.membership(query.reader()).filter(Membership::isIn).isPresent()
                    : rooms.contains(room);
            if (searched) {
                found.addAll(log.search(query.reader(), wanted));
            }
        });
        found.sort(Comparator.comparingLong(Message::timestamp)
                .thenComparing(message -> message.room().value())
                .thenComparingLong(Message::seq)
                .reversed());
        int from = query.after().map(Integer::parseInt).orElse(0);
        int to = Math.min(found.size(), from + query.limit());
        List<Message> page = from >= to ? List.of() : found.subList(from, to);
        return new SearchPage(page, to < found.size() ? String.valueOf(to) : null);
    }

    @Override
    public void hold(RoomId room, boolean held) {
        logs.computeIfAbsent(room, first -> new RoomLog(room, epoch)).hold(held);
    }

    private boolean shareRoom(UserId one, UserId other) {
        return logs.values().stream()
                .anyMatch(log -> log.membership(one).filter(Membership::isIn).isPresent()
                        && log.membership(other).filter(Membership::isIn).isPresent());
    }

    private RoomLog log(RoomId room) {
        return logs.getOrDefault(room, new RoomLog(room, epoch));
    }

    /** Does nothing: there is nothing to release, and a router may still read. */
    @Override
    public void close() {}

    /** For lists that are read from their end. */
    static <T> List<T> reversed(List<T> list) {
        List<T> reversed = new ArrayList<>(list);
        Collections.reverse(reversed);
        return reversed;
    }

    @Override
    public String toString() {
        return "memory";
    }
}
