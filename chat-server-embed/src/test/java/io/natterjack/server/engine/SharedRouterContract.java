package io.natterjack.server.engine;

import io.natterjack.core.Cursor;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.RoomRouter;
import io.natterjack.core.spi.RoomSink;
import io.natterjack.server.InMemoryStore;
import io.natterjack.server.node.Nodes;
import io.natterjack.testkit.InMemoryMedium;
import io.natterjack.testkit.ManualScheduler;
import io.natterjack.testkit.RoomRouterContract;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** What a router must do, where everything is committed on one node and heard on another. */
abstract class SharedRouterContract extends RoomRouterContract {
    private static final LocalRouter.Bounds BOUNDS =
            new LocalRouter.Bounds(10, 1 << 20, 1 << 20, Duration.ofSeconds(30), 256 << 10);

    final ManualScheduler time = new ManualScheduler();
    final InMemoryMedium medium = new InMemoryMedium(time);

    /** Two nodes as one router. */
    private record Pair(SharedRouter here, SharedRouter there) implements RoomRouter {
        @Override
        public CompletionStage<Cursor> attach(RoomId room, RoomSink sink) {
            return here.attach(room, sink);
        }

        @Override
        public CompletionStage<Progress> follow(RoomId room, RoomSink sink, long seq) {
            return here.follow(room, sink, seq);
        }

        @Override
        public CompletionStage<Void> detach(RoomId room, RoomSink sink) {
            return here.detach(room, sink);
        }

        @Override
        public void observe(Consumer<List<RoomEvent>> observer) {
            here.observe(observer);
        }

        @Override
        public void committed(List<RoomEvent> events) {
            there.committed(events);
        }

        @Override
        public void changed(RoomId room) {
            there.changed(room);
        }

        @Override
        public void close() {
            here.close();
            there.close();
        }
    }

    @Override
    protected MessageStore openStore() {
        return new InMemoryStore(time::wallMillis);
    }

    @Override
    protected RoomRouter openRouter(MessageStore store) {
        return new Pair(node("here", store), node("there", store));
    }

    private SharedRouter node(String name, MessageStore store) {
        StoreReads reads = new StoreReads(store, time);
        LocalRouter local = new LocalRouter(reads, time, time, BOUNDS);
        Nodes nodes = new Nodes(medium.join(name), time, time);
        SharedRouter router = new SharedRouter(local, nodes);
        router.alsoOf(room -> true);
        Sweep sweep = new Sweep(reads, local, room -> true, time, Duration.ofSeconds(1));
        nodes.whenLost(sweep::compareAll);
        nodes.start();
        sweep.start();
        time.runAll();
        return router;
    }

    /** Returns how long it takes until all has arrived that was said just now. */
    Duration untilItIsSwept() {
        return Duration.ZERO;
    }

    @Override
    protected void pass(Duration duration) {
        time.advance(duration.plus(untilItIsSwept()));
    }
}
