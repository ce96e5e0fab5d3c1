package io.natterjack.server.session;

import io.natterjack.core.Cursor;
import io.natterjack.core.LogText;
import io.natterjack.core.RoomId;
import io.natterjack.core.lane.Seldom;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log what peers can bring about as often as they like. Of each sort there is a line a second at most, which tells how many more
 * there were since the one before: so nobody fills the disk, or hides in the crowd.
 *
 * <p><b>Threads.</b> Any.
 */
public final class SessionLog {
    private static final Logger LOG = LoggerFactory.getLogger(SessionLog.class);

    private final Seldom refusedTokens;
    private final Seldom failedVerifiers;
    private final Seldom cursorsAhead;

    SessionLog(Scheduler scheduler) {
        refusedTokens = new Seldom(scheduler::nanoTime);
        failedVerifiers = new Seldom(scheduler::nanoTime);
        cursorsAhead = new Seldom(scheduler::nanoTime);
    }

    void refusedToken(Connection connection, String reason) {
        refusedTokens
                .take()
                .ifPresent(more -> LOG.info(
                        "{}: {} refused: {}{}",
                        connection.id(),
                        LogText.escape(connection.remote()),
                        LogText.escape(reason),
                        and(more)));
    }

    /** The application's verifier threw, or the store couldn't say whether the token was revoked. */
    void failedVerifier(Throwable failure) {
        failedVerifiers.take().ifPresent(more -> LOG.error("The token verifier failed{}", and(more), failure));
    }

    /** A client has seen more of a room than there is. A client may say anything, so this alone proves nothing. */
    void cursorAhead(Connection connection, RoomId room, Cursor known, Cursor head) {
        cursorsAhead
                .take()
                .ifPresent(more -> LOG.warn(
                        "{}: a client says that it has seen seq {} of room {}, whose head is {}; if many do, has the store lost something?{}",
                        connection.id(),
                        known.seq(),
                        room,
                        head.seq(),
                        and(more)));
    }

    private static String and(long more) {
        return more == 0 ? "" : " (and " + more + " more since the last such line)";
    }
}
