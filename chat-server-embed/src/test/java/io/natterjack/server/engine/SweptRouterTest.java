package io.natterjack.server.engine;

import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.RoomRouter;
import java.time.Duration;

/** Nodes that hear nothing of each other, and find everything in the store. */
final class SweptRouterTest extends SharedRouterContract {
    @Override
    protected RoomRouter openRouter(MessageStore store) {
        medium.away(true);
        return super.openRouter(store);
    }

    @Override
    Duration untilItIsSwept() {
        return Duration.ofSeconds(2);
    }
}
