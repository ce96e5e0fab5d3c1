package io.natterjack.testkit;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.InboxEntry;
import io.natterjack.core.Membership;
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
import io.natterjack.core.UserId;
import io.natterjack.core.spi.ChangedHeads;
import io.natterjack.core.spi.Fence;
import io.natterjack.core.spi.ListenerStore;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.PeopleStore;
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.core.spi.Scheduler;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * A store that hands every call to another; a subclass changes what it wants to.
 *
 * <p><b>Threads.</b> As the store behind it.
 */
public abstract class ForwardingStore implements MessageStore {
    private final Supplier<MessageStore> stores;

    /** Puts itself before {@code store}. */
    protected ForwardingStore(MessageStore store) {
        this(() -> store);
    }

    /** Puts itself before the store that there is at each call. */
    protected ForwardingStore(Supplier<MessageStore> stores) {
        this.stores = stores;
    }

    /** Called before every call of the store but {@link #append}; may throw in its place. */
    protected void beforeCall() {}

    private MessageStore called() {
        beforeCall();
        return stores.get();
    }

    @Override
    public List<Outcome> append(List<Draft> batch) {
        return stores.get().append(batch);
    }

    @Override
    public List<Outcome> append(List<Draft> batch, Fence fence) {
        return stores.get().append(batch, fence);
    }

    @Override
    public Fence raiseFence(String name) {
        return called().raiseFence(name);
    }

    @Override
    public List<RoomEvent> eventsAfter(RoomId room, long seq, int maxEvents, int maxBytes) {
        return called().eventsAfter(room, seq, maxEvents, maxBytes);
    }

    @Override
    public Map<RoomId, Cursor> heads(Collection<RoomId> rooms) {
        return called().heads(rooms);
    }

    @Override
    public ChangedHeads headsChangedSince(long since, int limit) {
        return called().headsChangedSince(since, limit);
    }

    @Override
    public Page history(HistoryQuery query, int maxBytes) {
        return called().history(query, maxBytes);
    }

    @Override
    public RoomView view(RoomId room, UserId user) {
        return called().view(room, user);
    }

    @Override
    public Optional<Known> find(RoomId room, UserId sender, ClientId clientId) {
        return called().find(room, sender, clientId);
    }

    @Override
    public Page changes(RoomId room, UserId reader, long floor, long sinceRev, int limit, int maxBytes) {
        return called().changes(room, reader, floor, sinceRev, limit, maxBytes);
    }

    @Override
    public Optional<Membership> membership(RoomId room, UserId user) {
        return called().membership(room, user);
    }

    @Override
    public List<Membership> members(RoomId room, Standing standing, Optional<UserId> after, int limit) {
        return called().members(room, standing, after, limit);
    }

    @Override
    public void mark(RoomId room, UserId user, long delivered, long read) {
        called().mark(room, user, delivered, read);
    }

    @Override
    public void notifications(RoomId room, UserId user, Notify wanted) {
        called().notifications(room, user, wanted);
    }

    @Override
    public Receipts receipts(RoomId room, long seq, UserId sender) {
        return called().receipts(room, seq, sender);
    }

    @Override
    public List<InboxEntry> inbox(UserId user, Collection<RoomId> rooms) {
        return called().inbox(user, rooms);
    }

    @Override
    public PeopleStore people() {
        return called().people();
    }

    @Override
    public ListenerStore listeners() {
        return called().listeners();
    }

    @Override
    public void hold(RoomId room, boolean held) {
        called().hold(room, held);
    }

    @Override
    public List<InboxEntry> inbox(UserId user, Optional<InboxEntry> after, int limit) {
        return called().inbox(user, after, limit);
    }

    @Override
    public SearchPage search(SearchQuery query) {
        return called().search(query);
    }

    @Override
    public Upkeep begin(PersistenceQueue queue, Scheduler scheduler, Executor threads) {
        return stores.get().begin(queue, scheduler, threads);
    }

    @Override
    public boolean isShared() {
        return stores.get().isShared();
    }

    @Override
    public boolean mayBlock() {
        return stores.get().mayBlock();
    }

    @Override
    public int appendConcurrency() {
        return stores.get().appendConcurrency();
    }

    @Override
    public void close() {
        stores.get().close();
    }
}
