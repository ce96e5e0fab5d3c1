package io.natterjack.server.session;

import io.natterjack.core.lane.Lane;
import io.natterjack.core.spi.Connection;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What sends a lot: replays and pages. One step at a time, and the next only when the client has taken most of what was sent,
 * so that nobody is cut for reading slowly what they asked for.
 *
 * <p><b>Threads.</b> The session's lane only.
 */
final class PacedWork {
    private static final Logger LOG = LoggerFactory.getLogger(PacedWork.class);

    /** A job of one or more steps. */
    interface Job {
        /** Does the next bit; the stage tells whether the job is done. It completes on any thread. */
        CompletionStage<Boolean> step();
    }

    private final Connection connection;
    private final Lane lane;
    private final long lowMark;
    private final int maxJobs;
    private final Queue<Job> jobs = new ArrayDeque<>();
    private boolean stepping;

    PacedWork(Connection connection, Lane lane, long lowMark, int maxJobs) {
        this.connection = connection;
        this.lane = lane;
        this.lowMark = lowMark;
        this.maxJobs = maxJobs;
    }

    /** Takes a job; false if there are too many. */
    boolean add(Job job) {
        if (jobs.size() >= maxJobs) {
            return false;
        }
        jobs.add(job);
        goOn();
        return true;
    }

    /** To be called when the connection has drained. */
    void goOn() {
        Job job = jobs.peek();
        if (job == null || stepping || connection.queuedBytes() >= lowMark) {
            return;
        }
        stepping = true;
        job.step().whenCompleteAsync(this::stepped, lane);
    }

    private void stepped(@Nullable Boolean done, @Nullable Throwable failure) {
        stepping = false;
        if (failure != null) {
            LOG.error("{}: a replay or page failed", connection.id(), failure);
        }
        if (failure != null || Boolean.TRUE.equals(done)) {
            jobs.poll();
        }
        goOn();
    }

    void clear() {
        jobs.clear();
    }
}
