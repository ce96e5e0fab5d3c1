package io.natterjack.core.spi;

import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;

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

    /** Listens to what is sent to {@code user}. */
    Listening listen(UserId user, Sink sink);

    /** Listens, as a device of {@code user}, to what is sent to {@code room}. */
    Listening listen(RoomId room, UserId user, Sink sink);

    /** Sends to all devices of the user but {@code except}, which may be any object that isn't a sink for none. */
    void toUser(UserId user, Signal signal, Object except);

    /** Sends to all that listen to the room but {@code except}, which may be any object that isn't a sink for none. */
    void toRoom(RoomId room, Signal signal, Object except);

    /** Returns how many people listen to the room now. */
    int present(RoomId room);
}
