package io.natterjack.server.engine;

import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.RoomRouter;
import java.time.Duration;
import java.util.Random;

/** Nodes between which texts get lost, and come twice. */
final class UnreliableBusRouterTest extends SharedRouterContract {
    @Override
    protected RoomRouter openRouter(MessageStore store) {
        Random random = new Random(1);
        medium.lose(text -> random.nextInt(3) == 0);
        medium.repeat(text -> random.nextInt(3) == 0);
        return super.openRouter(store);
    }

    @Override
    Duration untilItIsSwept() {
        return Duration.ofSeconds(2);
    }
}
