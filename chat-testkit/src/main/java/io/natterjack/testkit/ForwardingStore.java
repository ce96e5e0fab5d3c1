package io.natterjack.testkit;

import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.Outcome;
import io.natterjack.core.Page;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.spi.MessageStore;
import java.util.Collection;
import java.util.List;
import java.util.Map;

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
    public Page changes(RoomId room, long sinceRev, int limit, int maxBytes) {
        return store.changes(room, sinceRev, limit, maxBytes);
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
