package io.natterjack.server;

import io.natterjack.core.RoomEvent;

/**
 * Hears of every event of every room, after it was committed: a bot, a webhook, an archive. Where it has got to is kept in the store under
 * its name, so that it goes on there after a restart.
 *
 * <p><b>Order.</b> Each room's events in their order; rooms among each other in any. At least once: an event may come again after a
 * crash, or if the listener threw when it came.
 *
 * <p><b>Threads.</b> Called on threads of its own, 8 at most; several rooms at once, each by one thread at a time. It may block: that
 * holds up its own later events, of that room and, while it blocks for 8 rooms, of all; and nothing else.
 */
@FunctionalInterface
public interface EventListener {
    /** The next event of its room. If this throws, the same comes again a little later. */
    void onEvent(RoomEvent event) throws Exception;
}
