package io.natterjack.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.EventKind;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.RoomRouter;
import io.natterjack.core.spi.RoomSink;
import io.natterjack.core.wire.WireFrame;
import io.natterjack.server.InMemoryStore;
import io.natterjack.testkit.FaultyStore;
import io.natterjack.testkit.ForwardingStore;
import io.natterjack.testkit.ManualScheduler;
import io.natterjack.testkit.RecordingSink;
import io.natterjack.testkit.RoomRouterContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class LocalRouterTest extends RoomRouterContract {
    private static final RoomId ROOM = new RoomId("r");
    private static final LocalRouter.Bounds BOUNDS =
            new LocalRouter.Bounds(10, 1 << 20, 1 << 20, Duration.ofSeconds(30), 256 << 10);

    private final ManualScheduler time = new ManualScheduler();
    private int appended;

    @Override
    protected MessageStore openStore() {
        return new InMemoryStore();
    }

    @Override
    protected RoomRouter openRouter(MessageStore store) {
        return new LocalRouter(new StoreReads(store, time), time, time, BOUNDS);
    }

    @Override
    protected void pass(Duration duration) {
        time.advance(duration);
    }

    @Test
    void whoWasAwayForAMomentIsServedWithoutTheStore() {
        FaultyStore store = new FaultyStore(new InMemoryStore());
        LocalRouter router = new LocalRouter(new StoreReads(store, time), time, time, BOUNDS);
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
        LocalRouter router = new LocalRouter(new StoreReads(store, time), time, time, BOUNDS);
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

    @Test
    void aSinkThatThrowsCostsNoOtherItsEvents() {
        FaultyStore store = new FaultyStore(new InMemoryStore());
        LocalRouter router = new LocalRouter(new StoreReads(store, time), time, time, BOUNDS);
        goLive(router, (events, frame) -> {
            throw new IllegalStateException("planted");
        });
        RecordingSink other = new RecordingSink();
        goLive(router, other);
        router.committed(List.of(append(store)));
        router.committed(List.of(append(store)));
        time.runAll();
        assertThat(other.seqs()).containsExactly(1L, 2L);
    }

    @Test
    void aSinkThatThrowsWhileItFollowsHearsThatItDoesNot() {
        FaultyStore store = new FaultyStore(new InMemoryStore());
        LocalRouter router = new LocalRouter(new StoreReads(store, time), time, time, BOUNDS);
        append(store);
        RoomSink sink = (events, frame) -> {
            throw new IllegalStateException("planted");
        };
        router.attach(ROOM, sink);
        time.runAll();
        CompletionStage<RoomRouter.Progress> progress = router.follow(ROOM, sink, 0);
        time.runAll();
        assertThat(progress.toCompletableFuture()).isCompletedExceptionally();
    }

    @Test
    void whatChangesWhileTheStoreIsReadIsReadToo() {
        InMemoryStore store = new InMemoryStore();
        ManualScheduler readers = new ManualScheduler();
        AtomicReference<Runnable> duringRead = new AtomicReference<>(() -> {});
        MessageStore slow = new SlowReads(store, duringRead);
        LocalRouter router = new LocalRouter(new StoreReads(slow, readers), time, time, BOUNDS);
        RecordingSink sink = new RecordingSink();
        router.attach(ROOM, sink);
        time.runAll();
        readers.runAll();
        router.follow(ROOM, sink, 0);
        time.runAll();

        duringRead.set(() -> {
            duringRead.set(() -> {});
            append(store);
            router.changed(ROOM);
            time.runAll();
        });
        router.changed(ROOM);
        for (int i = 0; i < 5; i++) {
            time.advance(Duration.ofSeconds(1));
            readers.runAll();
        }
        time.runAll();
        assertThat(sink.seqs()).containsExactly(1L);
    }

    @Test
    void whileTheStoreIsAwayRetriesDoNotPileUp() {
        FaultyStore store = new FaultyStore(new InMemoryStore());
        LocalRouter router = new LocalRouter(new StoreReads(store, time), time, time, BOUNDS);
        RecordingSink sink = new RecordingSink();
        goLive(router, sink);
        store.away(true);
        for (int i = 0; i < 100; i++) {
            router.changed(ROOM);
            time.advance(Duration.ofMillis(10));
        }
        assertThat(time.waitingTimers()).isEqualTo(1);
        store.away(false);
        append(store);
        time.advance(Duration.ofSeconds(1));
        assertThat(sink.seqs()).containsExactly(1L);
        assertThat(time.waitingTimers()).isZero();
    }

    @Test
    void comingAndGoingLeavesOneTimerBehind() {
        FaultyStore store = new FaultyStore(new InMemoryStore());
        LocalRouter router = new LocalRouter(new StoreReads(store, time), time, time, BOUNDS);
        RecordingSink sink = new RecordingSink();
        goLive(router, sink);
        router.committed(List.of(append(store)));
        for (int i = 0; i < 100; i++) {
            router.detach(ROOM, sink);
            time.runAll();
            router.attach(ROOM, sink);
            time.runAll();
        }
        router.detach(ROOM, sink);
        time.runAll();
        assertThat(time.waitingTimers()).isEqualTo(1);
    }

    @Test
    void aRoomWhoseLaneLagsReadsFromTheStoreWhatDoesNotFit() {
        FaultyStore store = new FaultyStore(new InMemoryStore());
        LocalRouter router = new LocalRouter(new StoreReads(store, time), time, time, BOUNDS);
        RecordingSink sink = new RecordingSink();
        goLive(router, sink);
        String long30k = "x".repeat(30_000);
        for (int i = 0; i < 1_500; i++) {
            Draft draft = new Draft(ROOM, new UserId("ada"), new ClientId("c" + i), MessageBody.text(long30k));
            router.committed(List.of(draft.accepted(
                    (Outcome.Accepted) store.append(List.of(draft)).get(0))));
        }
        assertThat(time.waitingTasks()).isEqualTo(1);
        time.runAll();
        assertThat(sink.seqs()).hasSize(1_500);
    }

    @Test
    void whatIsPublishedToARoomThatJustClosedTakesNothingFromTheBudget() {
        FaultyStore store = new FaultyStore(new InMemoryStore());
        LocalRouter.Bounds small = new LocalRouter.Bounds(10, 1 << 20, 1_500, Duration.ofSeconds(30), 256 << 10);
        LocalRouter router = new LocalRouter(new StoreReads(store, time), time, time, small);
        RecordingSink sink = new RecordingSink();
        for (int i = 0; i < 10; i++) {
            goLive(router, new RecordingSink());
            goLive(router, sink);
            router.close();
            router.committed(List.of(append(store)));
            time.runAll();
        }
        goLive(router, sink);
        router.committed(List.of(append(store)));
        time.runAll();
        store.away(true);
        RecordingSink back = new RecordingSink();
        router.attach(ROOM, back);
        router.follow(ROOM, back, 10);
        time.runAll();
        assertThat(back.seqs()).containsExactly(11L);
    }

    @Test
    void aChangeOfANewerVersionIsDeliveredAndMayHaveChangedAnything() {
        LocalRouter router = new LocalRouter(new StoreReads(new InMemoryStore(), time), time, time, BOUNDS);
        List<Optional<RoomChange>> changes = new ArrayList<>();
        List<Long> seqs = new ArrayList<>();
        Cursor head = goLive(router, new RoomSink() {
            @Override
            public void events(List<RoomEvent> events, WireFrame frame) {
                events.forEach(event -> seqs.add(event.seq()));
            }

            @Override
            public void accessChanged(RoomEvent event, Optional<RoomChange> change) {
                changes.add(change);
            }
        });
        router.committed(List.of(
                event(head, 1, EventKind.MEMBER, "{\"user\":\"bob\",\"is\":\"muted\"}"),
                event(head, 2, EventKind.MESSAGE, "{\"text\":\"hi\"}")));
        time.runAll();

        assertThat(seqs).containsExactly(1L, 2L);
        assertThat(changes).containsExactly(Optional.empty());
    }

    @Test
    void anObserverThatThrowsCostsNobodyAnything() {
        InMemoryStore store = new InMemoryStore();
        LocalRouter router = new LocalRouter(new StoreReads(store, time), time, time, BOUNDS);
        List<RoomEvent> observed = new ArrayList<>();
        router.observe(events -> {
            throw new IllegalStateException("planted");
        });
        router.observe(observed::addAll);
        RecordingSink sink = new RecordingSink();
        goLive(router, sink);
        router.committed(List.of(append(store)));
        time.runAll();

        assertThat(sink.seqs()).containsExactly(1L);
        assertThat(observed).hasSize(1);
    }

    private static RoomEvent event(Cursor head, long seq, EventKind kind, String body) {
        return new RoomEvent(
                ROOM,
                new Cursor(head.epoch(), seq),
                kind,
                new UserId("ada"),
                new ClientId("c" + seq),
                0,
                MessageBody.json(body));
    }

    private Cursor goLive(LocalRouter router, RoomSink sink) {
        CompletionStage<Cursor> head = router.attach(ROOM, sink);
        time.runAll();
        router.follow(ROOM, sink, head.toCompletableFuture().join().seq());
        time.runAll();
        return head.toCompletableFuture().join();
    }

    /** A store whose reads of events answer what was there before {@code meanwhile} happened. */
    private static final class SlowReads extends ForwardingStore {
        private final AtomicReference<Runnable> meanwhile;

        SlowReads(MessageStore store, AtomicReference<Runnable> meanwhile) {
            super(store);
            this.meanwhile = meanwhile;
        }

        @Override
        public List<RoomEvent> eventsAfter(RoomId room, long seq, int maxEvents, int maxBytes) {
            List<RoomEvent> events = super.eventsAfter(room, seq, maxEvents, maxBytes);
            meanwhile.get().run();
            return events;
        }
    }

    private RoomEvent append(MessageStore store) {
        Draft draft = new Draft(ROOM, new UserId("ada"), new ClientId("a" + ++appended), MessageBody.text("hello"));
        return draft.accepted((Outcome.Accepted) store.append(List.of(draft)).get(0));
    }
}
