package io.natterjack.core.spi;

import io.natterjack.core.RoomId;
import java.time.Duration;
import java.util.Map;

/**
 * How far listeners have come that hear of every event, across restarts. Unstable until 1.0.
 *
 * <p><b>Threads, errors.</b> As for {@link MessageStore}, which this is a part of.
 */
public interface ListenerStore {
    /** Makes a listener known; one that is new begins at the heads that rooms have now. */
    void register(String listener);

    /**
     * Has {@code holder} be the one process that hears on behalf of the listener, if no other is: for {@code validity} from now, unless it
     * asks again.
     *
     * @param validity a second or more, as long for all who ask for one listener; zero to give it up
     * @return whether it is the one
     */
    boolean take(String listener, String holder, Duration validity);

    /** Returns rooms that have events the listener hasn't heard, at most {@code limit}, and the seq of the last that it has heard. */
    Map<RoomId, Long> behind(String listener, int limit);

    /** Returns the seq of the last event of the room that the listener has heard; 0 if none. */
    long heard(String listener, RoomId room);

    /** Notes that the listener has heard all up to {@code seq}. */
    void heard(String listener, RoomId room, long seq);
}
