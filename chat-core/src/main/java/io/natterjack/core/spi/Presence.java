package io.natterjack.core.spi;

import io.natterjack.core.PresenceState;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * Who is there. A person is as present as the most present of their sessions. Unstable until 1.0.
 *
 * <p><b>Threads.</b> Any thread may call any method, and none blocks. Sinks may be called by any thread, and must not block.
 */
public interface Presence {
    /** Hears how people are to be seen. */
    @FunctionalInterface
    interface Sink {
        /** {@code user} is to be seen so from now on. */
        void seen(UserId user, PresenceState state);
    }

    /** A watching that goes on until it is closed. */
    interface Watching extends AutoCloseable {
        /** Ends it. Closing twice does nothing. */
        @Override
        void close();
    }

    /** A session of {@code user} is there; or says otherwise of itself than before. */
    void connected(UserId user, SessionId session, PresenceState state);

    /**
     * The session is gone. Others don't notice if another one of the user comes within a grace time.
     *
     * @param forGood whether it said that it won't be back: then they notice at once
     */
    void disconnected(UserId user, SessionId session, boolean forGood);

    /** Returns how the users are seen by others now; those of whom nothing is known are offline. */
    CompletionStage<Map<UserId, PresenceState>> query(Collection<UserId> users);

    /** Has {@code sink} hear of every change of the users from now on. */
    Watching watch(Collection<UserId> users, Sink sink);
}
