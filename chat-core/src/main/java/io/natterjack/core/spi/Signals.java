package io.natterjack.core.spi;

import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Brings signals to those who listen, at most once. Unstable until 1.0.
 *
 * <p><b>Threads.</b> Any thread may call any method, and none blocks. Sinks are called by the thread that sends, and must not block.
 */
public interface Signals {
    /** Takes signals. */
    @FunctionalInterface
    interface Sink {
        /** Takes the next one. */
        void signal(Signal signal);
    }

    /** A listening that goes on until it is closed. */
    interface Listening extends AutoCloseable {
        /** Ends it. Closing twice does nothing. */
        @Override
        void close();
    }

    /** Listens, as a session of {@code user}, to what is sent to them. */
    Listening listen(UserId user, SessionId session, Sink sink);

    /** Listens, as a session of {@code user}, to what is sent to {@code room}. */
    Listening listen(RoomId room, UserId user, SessionId session, Sink sink);

    /** Sends to all sessions of the user, but for one if it is named. */
    void toUser(UserId user, Signal signal, Optional<SessionId> except);

    /** Sends to all that listen to the room, but for one session if it is named. */
    void toRoom(RoomId room, Signal signal, Optional<SessionId> except);

    /** Sends to one session of the user. */
    void toSession(UserId user, SessionId session, Signal signal);

    /** Returns about how many people listen to the room now. Never fails. */
    CompletionStage<Integer> present(RoomId room);
}
