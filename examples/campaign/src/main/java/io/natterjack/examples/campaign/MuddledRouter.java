package io.natterjack.examples.campaign;

import io.natterjack.core.Cursor;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.spi.RoomRouter;
import io.natterjack.core.spi.RoomSink;
import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * A router whose publications get lost, come twice, late and out of order.
 *
 * <p><b>Threads.</b> One.
 */
final class MuddledRouter implements RoomRouter {
    private final RoomRouter router;
    private final Scheduler scheduler;
    private final Random random;
    private boolean muddling = true;

    MuddledRouter(RoomRouter router, Scheduler scheduler, Random random) {
        this.router = router;
        this.scheduler = scheduler;
        this.random = random;
    }

    /** From now on publications come as they should. */
    void calm() {
        muddling = false;
    }

    @Override
    public CompletionStage<Cursor> attach(RoomId room, RoomSink sink) {
        return router.attach(room, sink);
    }

    @Override
    public CompletionStage<Progress> follow(RoomId room, RoomSink sink, long seq) {
        return router.follow(room, sink, seq);
    }

    @Override
    public CompletionStage<Void> detach(RoomId room, RoomSink sink) {
        return router.detach(room, sink);
    }

    @Override
    public void committed(List<RoomEvent> events) {
        if (!muddling) {
            router.committed(events);
            return;
        }
        List<RoomEvent> rest = new ArrayList<>(events);
        while (!rest.isEmpty()) {
            int size = 1 + random.nextInt(rest.size());
            List<RoomEvent> part = List.copyOf(rest.subList(0, size));
            rest.subList(0, size).clear();
            switch (random.nextInt(10)) {
                case 0 -> {} // lost
                case 1 -> {
                    router.committed(part);
                    router.committed(part);
                }
                case 2, 3 -> scheduler.after(Duration.ofMillis(random.nextInt(200)), () -> router.committed(part));
                default -> router.committed(part);
            }
        }
    }

    @Override
    public void observe(Consumer<List<RoomEvent>> observer) {
        router.observe(observer);
    }

    @Override
    public void changed(RoomId room) {
        if (!muddling || random.nextInt(10) > 0) {
            router.changed(room);
        }
    }

    @Override
    public void close() {
        router.close();
    }
}
