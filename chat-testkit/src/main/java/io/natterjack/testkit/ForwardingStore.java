package io.natterjack.testkit;

import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.InboxEntry;
import io.natterjack.core.Membership;
import io.natterjack.core.Outcome;
import io.natterjack.core.Page;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.SearchPage;
import io.natterjack.core.SearchQuery;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.core.spi.Scheduler;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * A store that hands every call to another; a subclass changes what it wants to.
 *
 * <p><b>Threads.</b> As the store behind it.
 */
public abstract class ForwardingStore implements MessageStore {
    private final MessageStore store;

    /** Puts itself before {@code store}. */
    protected ForwardingStore(MessageStore store) {
        this.store = store;
    }

    @Override
    public List<Outcome> append(List<Draft> batch) {
        return store.append(batch);
    }

    @Override
    public List<RoomEvent> eventsAfter(RoomId room, long seq, int maxEvents, int maxBytes) {
        return store.eventsAfter(room, seq, maxEvents, maxBytes);
    }

    @Override
    public Map<RoomId, Cursor> heads(Collection<RoomId> rooms) {
        return store.heads(rooms);
    }

    @Override
    public Page history(HistoryQuery query, int maxBytes) {
        return store.history(query, maxBytes);
    }

    @Override
    public long floor(RoomId room, UserId reader) {
        return store.floor(room, reader);
    }

    @Override
    public Page changes(RoomId room, long floor, long sinceRev, int limit, int maxBytes) {
        return store.changes(room, floor, sinceRev, limit, maxBytes);
    }

    @Override
    public Optional<Membership> membership(RoomId room, UserId user) {
        return store.membership(room, user);
    }

    @Override
    public List<Membership> members(RoomId room, Optional<UserId> after, int limit) {
        return store.members(room, after, limit);
    }

    @Override
    public void mark(RoomId room, UserId user, long delivered, long read) {
        store.mark(room, user, delivered, read);
    }

    @Override
    public void hold(RoomId room, boolean held) {
        store.hold(room, held);
    }

    @Override
    public List<InboxEntry> inbox(UserId user, Optional<InboxEntry> after, int limit) {
        return store.inbox(user, after, limit);
    }

    @Override
    public SearchPage search(SearchQuery query) {
        return store.search(query);
    }

    @Override
    public Upkeep begin(PersistenceQueue queue, Scheduler scheduler, Executor threads) {
        return store.begin(queue, scheduler, threads);
    }

    @Override
    public boolean mayBlock() {
        return store.mayBlock();
    }

    @Override
    public int appendConcurrency() {
        return store.appendConcurrency();
    }

    @Override
    public void close() {
        store.close();
    }
}
