package io.natterjack.server.session;

import io.natterjack.core.ClientId;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthVerifier;
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.core.spi.RoomRouter;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.server.engine.StoreReads;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * What all sessions of a server share.
 *
 * @param lanes runs the sessions' work, which never blocks
 * @param sessionIds gives ids that nobody can guess
 * @param lowMark the transport's
 * @param services for rooms and people
 * @param blocked hears that one person has blocked another, or does so no more: what both may do in their direct room, and whom they may watch, is asked anew
 * @param log for what peers can bring about as often as they like
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
        SessionSettings settings,
        Services services,
        BiConsumer<UserId, UserId> blocked,
        SessionLog log) {
    /** Makes a context with a log of its own. */
    public SessionContext(
            AuthVerifier auth,
            PersistenceQueue queue,
            RoomRouter router,
            StoreReads store,
            Executor lanes,
            Scheduler scheduler,
            Supplier<SessionId> sessionIds,
            long lowMark,
            SessionSettings settings,
            Services services,
            BiConsumer<UserId, UserId> blocked) {
        this(
                auth,
                queue,
                router,
                store,
                lanes,
                scheduler,
                sessionIds,
                lowMark,
                settings,
                services,
                blocked,
                new SessionLog(scheduler));
    }

    SessionContext alsoTellingOfBlocks(BiConsumer<UserId, UserId> consumer) {
        BiConsumer<UserId, UserId> all = blocked.andThen(consumer);
        return new SessionContext(
                auth, queue, router, store, lanes, scheduler, sessionIds, lowMark, settings, services, all, log);
    }

    /** Returns a new client id for what a session does by itself. */
    ClientId ownClientId() {
        return new ClientId(ClientId.SERVERS_OWN + UUID.randomUUID());
    }
}
