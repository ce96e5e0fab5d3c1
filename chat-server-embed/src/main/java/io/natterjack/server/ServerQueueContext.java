package io.natterjack.server;

import io.natterjack.core.Draft;
import io.natterjack.core.spi.Fence;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.core.spi.QueueFactory;
import io.natterjack.core.spi.RoomRouter;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.server.engine.GroupCommitQueue;
import io.natterjack.server.session.Permits;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * What a queue may use of its server.
 *
 * @param threads run what blocks on the store
 */
record ServerQueueContext(MessageStore store, RoomRouter router, Executor threads, Scheduler scheduler, Permits permits)
        implements QueueFactory.Context {

    /** Opens the queue of a server of which nothing else was asked. */
    PersistenceQueue inProcess() {
        return new GroupCommitQueue(store, router, threads, scheduler, GroupCommitQueue.Bounds.DEFAULT);
    }

    @Override
    public PersistenceQueue committing(Fence fence) {
        return GroupCommitQueue.fenced(store, fence, router, threads, scheduler, GroupCommitQueue.Bounds.DEFAULT);
    }

    @Override
    public CompletionStage<QueueFactory.Permit> permitAgain(Draft draft) {
        return permits.again(draft);
    }
}
