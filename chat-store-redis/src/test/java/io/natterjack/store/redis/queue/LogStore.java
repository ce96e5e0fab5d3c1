package io.natterjack.store.redis.queue;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.DraftRules;
import io.natterjack.core.spi.Fence;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.testkit.ForwardingStore;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** As much of a store as a queue needs: the order of what was appended, duplicates, terms and fences. Any thread; guarded by this. */
final class LogStore extends ForwardingStore {
    private record Key(RoomId room, UserId sender, ClientId clientId) {}

    private final Map<RoomId, List<RoomEvent>> rooms = new HashMap<>();
    private final Map<Key, Known> known = new HashMap<>();
    private final Map<String, Long> fences = new HashMap<>();
    private long accessRev;
    private int fenced;

    LogStore() {
        super((MessageStore) Proxy.newProxyInstance(
                LogStore.class.getClassLoader(), new Class<?>[] {MessageStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        return null;
                    }
                    throw new UnsupportedOperationException(method.getName());
                }));
    }

    /** Refuses from now on, to be permitted anew, what was permitted before {@code rev}. */
    synchronized void accessRev(long rev) {
        accessRev = rev;
    }

    /** Forgets all fences, as a database may of which a replica takes over. */
    synchronized void forgetFences() {
        fences.clear();
    }

    /** Returns how many appends came to nothing because their fence had been raised. */
    synchronized int fenced() {
        return fenced;
    }

    /** Returns the client ids of the room's events, in order. */
    synchronized List<String> log(RoomId room) {
        return rooms.getOrDefault(room, List.of()).stream()
                .map(event -> event.clientId().value())
                .toList();
    }

    @Override
    public synchronized List<Outcome> append(List<Draft> batch) {
        Set<UserId> stale = new HashSet<>();
        List<Outcome> outcomes = new ArrayList<>();
        for (Draft draft : batch) {
            boolean isBehind = stale.contains(draft.sender()) && draft.terms().isPresent();
            Outcome outcome = isBehind ? DraftRules.stale() : append(draft);
            if (outcome.equals(DraftRules.stale())) {
                stale.add(draft.sender());
            }
            outcomes.add(outcome);
        }
        return outcomes;
    }

    private Outcome append(Draft draft) {
        Key key = new Key(draft.room(), draft.sender(), draft.clientId());
        Known first = known.get(key);
        if (first != null) {
            return first.answer(draft);
        }
        if (DraftRules.isStale(draft, 1, accessRev)) {
            return DraftRules.stale();
        }
        List<RoomEvent> log = rooms.computeIfAbsent(draft.room(), unused -> new ArrayList<>());
        if (draft.body().text().orElse("").equals("forbidden")) {
            return Outcome.Refused.forGood(ErrorCode.FORBIDDEN);
        }
        Cursor at = new Cursor(1, log.size() + 1L);
        Outcome.Accepted accepted = new Outcome.Accepted(at, log.size(), false);
        log.add(draft.accepted(accepted));
        known.put(key, new Known(draft.contentHash(), new Outcome.Accepted(at, accepted.timestamp(), true)));
        return accepted;
    }

    @Override
    public synchronized List<Outcome> append(List<Draft> batch, Fence fence) {
        if (fence.generation() != fences.getOrDefault(fence.name(), 0L)) {
            fenced++;
            throw new StoreException(StoreException.Kind.FENCED, fence.name() + " was raised");
        }
        return append(batch);
    }

    @Override
    public int appendConcurrency() {
        return 4;
    }

    @Override
    public synchronized Fence raiseFence(String name) {
        return new Fence(name, fences.merge(name, 1L, Long::sum));
    }

    @Override
    public synchronized Optional<Known> find(RoomId room, UserId sender, ClientId clientId) {
        return Optional.ofNullable(known.get(new Key(room, sender, clientId)));
    }

    @Override
    public synchronized List<RoomEvent> eventsAfter(RoomId room, long seq, int maxEvents, int maxBytes) {
        return rooms.getOrDefault(room, List.of()).stream()
                .skip(seq)
                .limit(maxEvents)
                .toList();
    }
}
