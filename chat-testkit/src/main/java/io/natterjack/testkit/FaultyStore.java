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
import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A store with faults to switch on, in front of one without.
 *
 * <p><b>Threads.</b> As the store behind it; faults may be switched by any thread.
 */
public final class FaultyStore extends ForwardingStore {
    private final AtomicBoolean away = new AtomicBoolean();
    private final AtomicInteger lostAnswers = new AtomicInteger();
    private final List<List<Draft>> batches = new ArrayList<>();
    private volatile Predicate<Draft> poison = draft -> false;
    private volatile Runnable beforeAppend = () -> {};
    private volatile UnaryOperator<List<Outcome>> change = outcomes -> outcomes;

    /** Puts itself before {@code store}. */
    public FaultyStore(MessageStore store) {
        super(store);
    }

    /** {@inheritDoc} This one does where a test says so, whatever the other does. */
    @Override
    public boolean mayBlock() {
        return true;
    }

    /** From now on every call fails as unavailable, or no longer does. */
    public void away(boolean isAway) {
        away.set(isAway);
    }

    /** The next {@code times} appends are carried out, but fail as unavailable all the same. */
    public void loseAnswers(int times) {
        lostAnswers.set(times);
    }

    /** Rejects each batch that has a draft of this kind. */
    public void reject(Predicate<Draft> drafts) {
        poison = drafts;
    }

    /** Runs {@code task} at the beginning of every append, on its thread. */
    public void beforeAppend(Runnable task) {
        beforeAppend = task;
    }

    /** Has each append answer what {@code change} makes of the outcomes, as a store does that breaks its contract. */
    public void changeOutcomes(UnaryOperator<List<Outcome>> change) {
        this.change = change;
    }

    /** Returns the batches that were appended or tried to, each time. */
    public List<List<Draft>> batches() {
        synchronized (batches) {
            return List.copyOf(batches);
        }
    }

    @Override
    public List<Outcome> append(List<Draft> batch) {
        synchronized (batches) {
            batches.add(List.copyOf(batch));
        }
        beforeAppend.run();
        requireHere();
        if (batch.stream().anyMatch(poison)) {
            throw new StoreException(StoreException.Kind.REJECTED, "planted: a draft is rejected");
        }
        List<Outcome> outcomes = super.append(batch);
        if (lostAnswers.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "planted: the answer is lost");
        }
        return change.apply(outcomes);
    }

    private void requireHere() {
        if (away.get()) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "planted: the store is away");
        }
    }

    @Override
    public List<RoomEvent> eventsAfter(RoomId room, long seq, int maxEvents, int maxBytes) {
        requireHere();
        return super.eventsAfter(room, seq, maxEvents, maxBytes);
    }

    @Override
    public Map<RoomId, Cursor> heads(Collection<RoomId> rooms) {
        requireHere();
        return super.heads(rooms);
    }

    @Override
    public Page history(HistoryQuery query, int maxBytes) {
        requireHere();
        return super.history(query, maxBytes);
    }

    @Override
    public long floor(RoomId room, UserId reader) {
        requireHere();
        return super.floor(room, reader);
    }

    @Override
    public Page changes(RoomId room, long floor, long sinceRev, int limit, int maxBytes) {
        requireHere();
        return super.changes(room, floor, sinceRev, limit, maxBytes);
    }

    @Override
    public Optional<Membership> membership(RoomId room, UserId user) {
        requireHere();
        return super.membership(room, user);
    }

    @Override
    public List<Membership> members(RoomId room, Optional<UserId> after, int limit) {
        requireHere();
        return super.members(room, after, limit);
    }

    @Override
    public void mark(RoomId room, UserId user, long delivered, long read) {
        requireHere();
        super.mark(room, user, delivered, read);
    }

    @Override
    public List<InboxEntry> inbox(UserId user, Optional<InboxEntry> after, int limit) {
        requireHere();
        return super.inbox(user, after, limit);
    }

    @Override
    public SearchPage search(SearchQuery query) {
        requireHere();
        return super.search(query);
    }
}
