package io.natterjack.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.RoomRouter;
import io.natterjack.server.InMemoryStore;
import io.natterjack.testkit.FaultyStore;
import io.natterjack.testkit.ManualScheduler;
import io.natterjack.testkit.RecordingSink;
import io.natterjack.testkit.RoomRouterContract;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LocalRouterTest extends RoomRouterContract {
    private static final RoomId ROOM = new RoomId("r");
    private static final LocalRouter.Bounds BOUNDS =
            new LocalRouter.Bounds(10, 1 << 20, 1 << 20, Duration.ofSeconds(30));

    private final ManualScheduler time = new ManualScheduler();

    @Override
    protected MessageStore openStore() {
        return new InMemoryStore();
    }

    @Override
    protected RoomRouter openRouter(MessageStore store) {
        return new LocalRouter(store, time, time, time, BOUNDS);
    }

    @Override
    protected void pass(Duration duration) {
        time.advance(duration);
    }

    @Test
    void whoWasAwayForAMomentIsServedWithoutTheStore() {
        FaultyStore store = new FaultyStore(new InMemoryStore());
        LocalRouter router = new LocalRouter(store, time, time, time, BOUNDS);
        RecordingSink sink = new RecordingSink();
        router.attach(ROOM, sink);
        time.runAll();
        router.detach(ROOM, sink);
        router.committed(List.of(append(store)));
        time.runAll();

        // The room is kept for as long as it lingers only while it has recent events, and there were none: so attach
        // first.
        router.attach(ROOM, sink);
        time.runAll();
        router.committed(List.of(append(store)));
        router.detach(ROOM, sink);
        time.advance(Duration.ofSeconds(29));
        store.away(true);
        RecordingSink back = new RecordingSink();
        router.attach(ROOM, back);
        router.follow(ROOM, back, 1);
        time.runAll();
        assertThat(back.seqs()).containsExactly(2L);
    }

    @Test
    void aRoomThatNobodyCameBackToIsForgotten() {
        FaultyStore store = new FaultyStore(new InMemoryStore());
        LocalRouter router = new LocalRouter(store, time, time, time, BOUNDS);
        RecordingSink sink = new RecordingSink();
        router.attach(ROOM, sink);
        time.runAll();
        router.committed(List.of(append(store)));
        router.detach(ROOM, sink);
        time.advance(Duration.ofSeconds(31));
        store.away(true);
        var head = router.attach(ROOM, sink).toCompletableFuture();
        time.runAll();
        assertThat(head).as("asked the store").isCompletedExceptionally();
    }

    private static RoomEvent append(MessageStore store) {
        Draft draft =
                new Draft(ROOM, new UserId("ada"), new ClientId("c" + System.nanoTime()), MessageBody.text("hello"));
        return draft.accepted((Outcome.Accepted) store.append(List.of(draft)).get(0));
    }
}
