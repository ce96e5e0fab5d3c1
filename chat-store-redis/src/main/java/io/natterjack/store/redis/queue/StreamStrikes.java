package io.natterjack.store.redis.queue;

import java.util.concurrent.CompletionStage;

/**
 * How often workers have begun with what has waited longest in a stream and not got through. A draft that ends whoever works on it is found
 * out by that: from the second time on a worker is careful, and takes one draft at a time until it is past those that the one before had.
 *
 * <p><b>Threads.</b> Those of its worker, one step at a time.
 */
final class StreamStrikes {
    private final int stream;
    private final QueueScripts scripts;
    private final int batch;

    private int carefulRounds;
    private boolean struck;
    private boolean forgiven;

    /** Counts for a worker that takes {@code batch} drafts at a time. */
    StreamStrikes(int stream, QueueScripts scripts, int batch) {
        this.stream = stream;
        this.scripts = scripts;
        this.batch = batch;
    }

    /** The worker before ended for no fault of a draft's: the next strike is the first. */
    void forgive() {
        forgiven = true;
    }

    /** Notes in Redis that somebody begins with what has waited longest; the answer goes to {@link #struck}. */
    CompletionStage<Long> strike() {
        boolean anew = forgiven;
        forgiven = false;
        return scripts.strike(stream, anew);
    }

    /** Takes how often that has been noted by now. */
    void struck(int count) {
        struck = count > 0;
        if (count > 1) {
            carefulRounds = batch;
        }
    }

    /** Tells whether drafts are taken one at a time, each noted as the one that has waited longest. */
    boolean isCareful() {
        return carefulRounds > 0;
    }

    /** Another careful round begins. */
    void beginRound() {
        carefulRounds--;
    }

    void nothingWaits() {
        carefulRounds = 0;
    }

    /** The worker has lived through a round: what was noted for it is taken back. */
    void absolve() {
        if (struck) {
            struck = false;
            CompletionStage<Long> unused = scripts.absolve(stream);
        }
    }
}
