package io.natterjack.server.session;

import io.natterjack.core.SessionId;
import io.natterjack.core.spi.AuthVerifier;
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.core.spi.RoomRouter;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.server.engine.StoreReads;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * What all sessions of a server share.
 *
 * @param lanes runs the sessions' work, which never blocks
 * @param sessionIds gives ids that nobody can guess
 * @param lowMark the transport's
 */
public record SessionContext(
        AuthVerifier auth,
        PersistenceQueue queue,
        RoomRouter router,
        StoreReads store,
        Executor lanes,
        Scheduler scheduler,
        Supplier<SessionId> sessionIds,
        long lowMark,
        SessionSettings settings) {}
