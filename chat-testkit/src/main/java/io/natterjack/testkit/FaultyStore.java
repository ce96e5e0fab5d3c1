package io.natterjack.testkit;

import io.natterjack.core.Draft;
import io.natterjack.core.Outcome;
import io.natterjack.core.StoreException;
import io.natterjack.core.spi.Fence;
import io.natterjack.core.spi.MessageStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
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
    private volatile Runnable beforeEach = () -> {};
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

    /** Runs {@code task} at the beginning of every call of whatever kind, on its thread. */
    public void beforeEach(Runnable task) {
        beforeEach = task;
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
        return append(batch, () -> super.append(batch));
    }

    @Override
    public List<Outcome> append(List<Draft> batch, Fence fence) {
        return append(batch, () -> super.append(batch, fence));
    }

    private List<Outcome> append(List<Draft> batch, Supplier<List<Outcome>> append) {
        synchronized (batches) {
            batches.add(List.copyOf(batch));
        }
        beforeAppend.run();
        beforeCall();
        if (batch.stream().anyMatch(poison)) {
            throw new StoreException(StoreException.Kind.REJECTED, "planted: a draft is rejected");
        }
        List<Outcome> outcomes = append.get();
        if (lostAnswers.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "planted: the answer is lost");
        }
        return change.apply(outcomes);
    }

    @Override
    protected void beforeCall() {
        beforeEach.run();
        if (away.get()) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "planted: the store is away");
        }
    }
}
