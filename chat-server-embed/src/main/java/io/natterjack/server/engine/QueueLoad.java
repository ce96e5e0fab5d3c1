package io.natterjack.server.engine;

import io.natterjack.core.Draft;
import io.natterjack.core.spi.QueueStats;
import java.util.concurrent.CompletableFuture;

/** Counts what a queue holds over all its lanes, against its bounds. <p><b>Threads.</b> Any; guarded by this. */
final class QueueLoad {
    private final int maxDrafts;
    private final long maxBytes;

    // Guarded by this.
    private int drafts;
    private long bytes;
    private CompletableFuture<Void> empty = CompletableFuture.completedFuture(null);

    QueueLoad(int maxDrafts, long maxBytes) {
        this.maxDrafts = maxDrafts;
        this.maxBytes = maxBytes;
    }

    /** Makes room for the draft; false if there is none. One draft always fits into an empty queue. */
    synchronized boolean take(Draft draft) {
        if (drafts >= maxDrafts || drafts > 0 && bytes + draft.size() > maxBytes) {
            return false;
        }
        if (drafts++ == 0) {
            empty = new CompletableFuture<>();
        }
        bytes += draft.size();
        return true;
    }

    void give(Draft draft) {
        CompletableFuture<Void> emptied = null;
        synchronized (this) {
            bytes -= draft.size();
            if (--drafts == 0) {
                emptied = empty;
            }
        }
        if (emptied != null) {
            emptied.complete(null);
        }
    }

    synchronized QueueStats stats(boolean accepting) {
        return new QueueStats(drafts, bytes, accepting && drafts < maxDrafts && bytes < maxBytes);
    }

    /** Returns a future that completes when nothing is held. */
    synchronized CompletableFuture<Void> whenEmpty() {
        return empty;
    }
}
