package io.natterjack.core.spi;

import io.natterjack.core.Draft;
import io.natterjack.core.Outcome;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Takes drafts to the store and tells what became of them. What it accepted, it has published to the {@link RoomRouter} too.
 *
 * <p><b>Threads.</b> Any thread may call any method, and none blocks. Stages complete on the queue's threads: what follows
 * them must hand the work on.
 *
 * <p><b>Order.</b> Drafts of one room that are appended one after another reach the store in that order, and their stages
 * complete in that order within a {@link Flow}. Nothing in a flow overtakes a draft that was refused for now.
 *
 * <p><b>Bounded.</b> In count and in bytes. Beyond that, drafts are refused with {@code busy}; while the store can't be
 * reached, with {@code unavailable}, about a second after they came at the latest.
 *
 * <p>{@code PersistenceQueueContract} in chat-testkit tests what is promised here.
 */
public interface PersistenceQueue extends AutoCloseable {
    /**
     * Appends a draft.
     *
     * @return a stage that completes when the store has it, or with a refusal. It never fails.
     */
    CompletionStage<Outcome> append(Draft draft, Flow flow);

    /** Returns a look at the queue now. */
    QueueStats stats();

    /**
     * Refuses new drafts as {@code unavailable} and waits until those it has are settled, {@code timeout} at most; refuses the
     * rest. Blocks.
     *
     * @return whether all were settled in time
     */
    boolean drain(Duration timeout);

    /** Stops at once; what isn't settled is refused. Doesn't close the store. Closing twice does nothing. */
    @Override
    void close();
}
