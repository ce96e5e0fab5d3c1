package io.natterjack.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.Terms;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.core.spi.RoomRouter;
import io.natterjack.core.spi.RoomSink;
import io.natterjack.server.InMemoryStore;
import io.natterjack.testkit.ManualScheduler;
import io.natterjack.testkit.PersistenceQueueContract;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class GroupCommitQueueTest extends PersistenceQueueContract {
    private static final GroupCommitQueue.Bounds BOUNDS =
            new GroupCommitQueue.Bounds(MAX_DRAFTS, 1 << 20, 10, 1 << 20, Duration.ofSeconds(1));

    private final ManualScheduler time = new ManualScheduler();

    @Override
    protected MessageStore openStore() {
        return new InMemoryStore();
    }

    @Override
    protected PersistenceQueue openQueue(MessageStore store, RoomRouter router) {
        return new GroupCommitQueue(store, router, time, time, BOUNDS);
    }

    @Override
    protected void pass(Duration duration) {
        time.advance(duration);
    }

    @Test
    void whatGathersDuringACommitGoesIntoTheNextOneTogether() {
        store().beforeAppend(() -> {
            if (store().batches().size() == 1) {
                queue().append(draft("b"), new Flow());
                queue().append(draft("c"), new Flow());
            }
        });
        queue().append(draft("a"), new Flow());
        settle();
        assertThat(store().batches()).extracting(List::size).containsExactly(1, 2);
    }

    @Test
    void aBatchHasNoMoreDraftsThanItsBound() {
        for (int i = 0; i < 25; i++) {
            queue().append(draft("m" + i), new Flow());
        }
        settle();
        assertThat(store().batches()).extracting(List::size).containsExactly(10, 10, 5);
    }

    @Test
    void aStoreThatNeitherAnswersNorFailsKeepsNobodyWaiting() {
        // The append of the first draft takes two seconds of the clock that the lane watches.
        var stuck = new Object() {
            CompletionStage<Outcome> behind;
            CompletionStage<Outcome> during;
        };
        ManualScheduler clock = new ManualScheduler();
        try (GroupCommitQueue queue = new GroupCommitQueue(store(), router(), time, clock, BOUNDS)) {
            store().beforeAppend(() -> {
                if (store().batches().size() == 1) {
                    stuck.behind = queue.append(draft("b"), new Flow());
                    clock.advance(Duration.ofSeconds(2));
                    stuck.during = queue.append(draft("c"), new Flow());
                }
            });
            CompletionStage<Outcome> first = queue.append(draft("a"), new Flow());
            time.runAll();

            assertThat(refused(first).code()).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(refused(stuck.behind).code()).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(refused(stuck.during).code()).isEqualTo(ErrorCode.UNAVAILABLE);
            // It was kept after all; the resend finds out.
            CompletionStage<Outcome> again = queue.append(draft("a"), new Flow());
            time.runAll();
            assertThat(accepted(again).isDuplicate()).isTrue();
        }
    }

    @Test
    void aStoreThatThrowsAnErrorStopsNothing() {
        store().beforeAppend(() -> {
            if (store().batches().size() == 1) {
                throw new StackOverflowError("planted");
            }
        });
        CompletionStage<Outcome> first = queue().append(draft("a"), new Flow());
        settle();
        pass(Duration.ofSeconds(1));
        assertThat(accepted(first).at().seq()).isEqualTo(1);
    }

    @Test
    void nothingOvertakesADraftOfItsFlowThatIsStaleInARejectedBatch() {
        UserId host = new UserId("host");
        Draft kick = Draft.change(
                draft("a").room(), host, new ClientId("kick"), new RoomChange.Member(new UserId("bob"), false));
        CompletionStage<Outcome> kicked = queue().append(kick, new Flow());
        settle();
        long rev = accepted(kicked).at().seq();
        long epoch = accepted(kicked).at().epoch();
        store().reject(draft -> draft.clientId().value().equals("poison"));
        Flow flow = new Flow();
        CompletionStage<Outcome> stale = queue().append(draft("a").under(new Terms(epoch, 0, false, 0)), flow);
        CompletionStage<Outcome> rejected = queue().append(draft("poison"), new Flow());
        CompletionStage<Outcome> behind = queue().append(draft("b").under(new Terms(epoch, rev, false, 0)), flow);
        CompletionStage<Outcome> other = queue().append(draft("c"), new Flow());
        settle();

        assertThat(refused(stale).code()).isEqualTo(ErrorCode.BUSY);
        assertThat(refused(rejected).code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(refused(behind)).isEqualTo(refused(stale));
        accepted(other);
    }

    @Test
    void anErrorWhileEventsArePublishedStopsNothing() {
        AtomicBoolean fails = new AtomicBoolean(true);
        RoomRouter failing = new RoomRouter() {
            @Override
            public CompletionStage<Cursor> attach(RoomId room, RoomSink sink) {
                return router().attach(room, sink);
            }

            @Override
            public CompletionStage<Progress> follow(RoomId room, RoomSink sink, long seq) {
                return router().follow(room, sink, seq);
            }

            @Override
            public CompletionStage<Void> detach(RoomId room, RoomSink sink) {
                return router().detach(room, sink);
            }

            @Override
            public void committed(List<RoomEvent> events) {
                if (fails.getAndSet(false)) {
                    throw new StackOverflowError("planted");
                }
            }

            @Override
            public void changed(RoomId room) {}

            @Override
            public void close() {}
        };
        try (PersistenceQueue queue = openQueue(store(), failing)) {
            CompletionStage<Outcome> first = queue.append(draft("a"), new Flow());
            settle();
            CompletionStage<Outcome> second = queue.append(draft("b"), new Flow());
            settle();
            assertThat(accepted(first).at().seq()).isEqualTo(1);
            assertThat(accepted(second).at().seq()).isEqualTo(2);
        }
    }

    @Test
    void aStoreThatAnswersTooLittleIsAskedAgain() {
        store().changeOutcomes(outcomes -> store().batches().size() == 1 ? List.of() : outcomes);
        CompletionStage<Outcome> first = queue().append(draft("a"), new Flow());
        settle();
        pass(Duration.ofSeconds(1));
        assertThat(accepted(first).at().seq()).isEqualTo(1);
        assertThat(stored()).containsExactly("a");
    }

    @Test
    void afterClosingALaneTakesNothing() {
        CommitLane lane = new CommitLane(store()::append, router(), time, time, BOUNDS, new QueueLoad(10, 1 << 20));
        lane.close();
        assertThat(refused(lane.append(draft("a"), new Flow())).code()).isEqualTo(ErrorCode.UNAVAILABLE);
    }

    @Test
    void drainingSettlesWhatThereIsAndTakesNothingMore() throws Exception {
        CompletionStage<Outcome> before = queue().append(draft("a"), new Flow());
        Thread drain = new Thread(() -> queue().drain(Duration.ofSeconds(30)), "test-drain");
        drain.start();
        while (drain.isAlive()) {
            settle();
            Thread.onSpinWait();
        }
        assertThat(accepted(before).at().seq()).isEqualTo(1);
        assertThat(refused(queue().append(draft("b"), new Flow())).code()).isEqualTo(ErrorCode.UNAVAILABLE);
    }
}
