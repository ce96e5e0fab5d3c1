package io.natterjack.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.core.spi.RoomRouter;
import io.natterjack.core.spi.RoomSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link PersistenceQueue} must do. Extend it, say how to open a queue, and the tests come along. */
public abstract class PersistenceQueueContract {
    /** How many drafts the queue under test may hold. */
    protected static final int MAX_DRAFTS = 50;

    private static final RoomId LOBBY = new RoomId("lobby");
    private static final UserId ADA = new UserId("ada");

    private final AtomicInteger storeCloses = new AtomicInteger();
    private FaultyStore store;
    private RecordingRouter router;
    private PersistenceQueue queue;

    /** For subclasses. */
    protected PersistenceQueueContract() {}

    /** Opens an empty store. */
    protected abstract MessageStore openStore();

    /** Opens a queue that holds {@link #MAX_DRAFTS} drafts at most. */
    protected abstract PersistenceQueue openQueue(MessageStore store, RoomRouter router);

    /** Lets {@code time} pass, so that all that is due by then has happened. */
    protected abstract void pass(Duration time);

    /** Returns the store that the queue under test writes to. */
    protected final FaultyStore store() {
        return store;
    }

    /** Returns the router that the queue under test publishes to. */
    protected final RoomRouter router() {
        return router;
    }

    /** Returns the queue under test. */
    protected final PersistenceQueue queue() {
        return queue;
    }

    @BeforeEach
    final void open() {
        store = new FaultyStore(new ForwardingStore(openStore()) {
            @Override
            public void close() {
                storeCloses.incrementAndGet();
                super.close();
            }
        });
        router = new RecordingRouter();
        queue = openQueue(store, router);
    }

    @AfterEach
    final void close() {
        queue.close();
        store.close();
    }

    @Test
    void whatIsAcceptedIsInTheStoreAndPublished() {
        CompletionStage<Outcome> outcome = queue.append(draft("a"), new Flow());
        settle();
        assertThat(accepted(outcome).at().seq()).isEqualTo(1);
        assertThat(stored()).containsExactly("a");
        assertThat(router.published).extracting(RoomEvent::seq).containsExactly(1L);
    }

    @Test
    void draftsOfARoomKeepTheirOrder() {
        Flow flow = new Flow();
        List<CompletionStage<Outcome>> outcomes = IntStream.range(0, MAX_DRAFTS)
                .mapToObj(i -> queue.append(draft("m" + i), flow))
                .toList();
        settle();
        assertThat(outcomes)
                .extracting(outcome -> accepted(outcome).at().seq())
                .isEqualTo(LongStream.rangeClosed(1, MAX_DRAFTS).boxed().toList());
        assertThat(router.published)
                .extracting(RoomEvent::seq)
                .isEqualTo(LongStream.rangeClosed(1, MAX_DRAFTS).boxed().toList());
    }

    @Test
    void aResendGetsTheFirstResultAndIsNotPublishedAgain() {
        CompletionStage<Outcome> first = queue.append(draft("a"), new Flow());
        settle();
        CompletionStage<Outcome> again = queue.append(draft("a"), new Flow());
        settle();
        assertThat(accepted(again).isDuplicate()).isTrue();
        assertThat(accepted(again).at()).isEqualTo(accepted(first).at());
        assertThat(router.published).hasSize(1);
    }

    @Test
    void aDuplicateTellsTheRouterThatTheRoomMayHaveWhatNobodyPublished() {
        store.append(List.of(draft("a")));
        CompletionStage<Outcome> again = queue.append(draft("a"), new Flow());
        settle();
        assertThat(accepted(again).isDuplicate()).isTrue();
        assertThat(router.knows(LOBBY, 1)).isTrue();
    }

    @Test
    void anUnknownOutcomeIsAskedForWithTheSameBatch() {
        store.loseAnswers(1);
        CompletionStage<Outcome> outcome = queue.append(draft("a"), new Flow());
        pass(Duration.ofMillis(500));
        assertThat(accepted(outcome).at().seq()).isEqualTo(1);
        assertThat(stored()).containsExactly("a");
        assertThat(router.knows(LOBBY, 1))
                .as("published, or said to have changed")
                .isTrue();
    }

    @Test
    void whileTheStoreIsAwayDraftsAreRefusedWithinAboutASecond() {
        store.away(true);
        CompletionStage<Outcome> outcome = queue.append(draft("a"), new Flow());
        pass(Duration.ofMillis(1_500));
        assertThat(refused(outcome).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(refused(outcome).isFinal()).isFalse();
    }

    @Test
    void whenTheStoreIsBackDraftsAreTakenAgain() {
        store.away(true);
        queue.append(draft("a"), new Flow());
        pass(Duration.ofSeconds(2));
        store.away(false);
        CompletionStage<Outcome> outcome = queue.append(draft("a"), new Flow());
        settle();
        assertThat(accepted(outcome).at().seq()).isEqualTo(1);
        assertThat(stored()).containsExactly("a");
    }

    @Test
    void nothingInAFlowOvertakesADraftThatWasRefusedForNow() {
        Flow flow = new Flow();
        store.away(true);
        queue.append(draft("a"), flow);
        pass(Duration.ofSeconds(2));
        store.away(false);

        CompletionStage<Outcome> later = queue.append(draft("b"), flow);
        settle();
        assertThat(refused(later).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        // A queue that keeps the first one all the same may have brought it to the store by now.
        assertThat(stored()).doesNotContain("b");

        Flow anew = new Flow();
        queue.append(draft("a"), anew);
        queue.append(draft("b"), anew);
        settle();
        assertThat(stored()).containsExactly("a", "b");
    }

    @Test
    void aFinalRefusalLetsTheRestOfTheFlowPass() {
        Flow flow = new Flow();
        queue.append(draft("a"), flow);
        CompletionStage<Outcome> conflict = queue.append(draft("a", "other words"), flow);
        CompletionStage<Outcome> next = queue.append(draft("b"), flow);
        settle();
        assertThat(refused(conflict)).isEqualTo(Outcome.Refused.forGood(ErrorCode.CID_CONFLICT));
        assertThat(accepted(next).at().seq()).isEqualTo(2);
    }

    @Test
    void oneDraftThatTheStoreRejectsCostsNoOtherAnything() {
        store.reject(draft -> draft.clientId().value().equals("bad"));
        List<CompletionStage<Outcome>> outcomes = new ArrayList<>();
        for (String cid : List.of("a", "b", "bad", "c", "d")) {
            outcomes.add(queue.append(draft(cid), new Flow()));
        }
        settle();
        assertThat(refused(outcomes.get(2)).isFinal()).isTrue();
        assertThat(stored()).containsExactly("a", "b", "c", "d");
        assertThat(accepted(outcomes.get(4)).at().seq()).isEqualTo(4);
    }

    @Test
    void aFullQueueRefusesForNowAndTakesAgainWhenItHasRoom() {
        CountDownLatch full = holdTheStore();
        List<CompletionStage<Outcome>> outcomes = IntStream.range(0, MAX_DRAFTS + 1)
                .mapToObj(i -> queue.append(draft("m" + i), new Flow()))
                .toList();
        assertThat(refused(outcomes.get(MAX_DRAFTS)).code()).isEqualTo(ErrorCode.BUSY);
        assertThat(queue.stats().isAccepting()).isFalse();
        full.countDown();
        settle();
        assertThat(queue.stats().drafts()).isZero();
        assertThat(queue.stats().bytes()).isZero();
        assertThat(queue.stats().isAccepting()).isTrue();
        CompletionStage<Outcome> late = queue.append(draft("late"), new Flow());
        settle();
        assertThat(accepted(late).at().seq()).isEqualTo(MAX_DRAFTS + 1);
    }

    @Test
    void whatWaitsWhenItIsClosedIsRefusedNotForgotten() {
        CountDownLatch closed = holdTheStore();
        CompletionStage<Outcome> outcome = queue.append(draft("a"), new Flow());
        queue.close();
        assertThat(refused(outcome).isFinal()).isFalse();
        assertThat(refused(queue.append(draft("b"), new Flow())).isFinal()).isFalse();
        closed.countDown();
    }

    @Test
    void closingTwiceDoesNothingAndTheStoreStaysOpen() {
        CompletionStage<Outcome> outcome = queue.append(draft("a"), new Flow());
        settle();
        queue.close();
        queue.close();
        assertThat(accepted(outcome).at().seq()).isEqualTo(1);
        assertThat(refused(queue.append(draft("b"), new Flow())).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(storeCloses).hasValue(0);
        assertThat(stored()).containsExactly("a");
    }

    // ---- draining

    @Test
    void drainingWaitsUntilWhatIsThereIsAnsweredAndTakesNothingMore() {
        CountDownLatch held = holdTheStore();
        List<CompletionStage<Outcome>> there = appendNumbered(3, new Flow());
        CompletableFuture<Boolean> drained = drainElsewhere(there);
        try {
            Await.until("nothing is taken any more", () -> !queue.stats().isAccepting());
            assertThat(refused(queue.append(draft("late"), new Flow())))
                    .satisfies(PersistenceQueueContract::isUnavailable);
            assertThat(drained).as("drained, before the store has answered").isNotDone();
        } finally {
            held.countDown();
        }
        Await.until("drained", () -> {
            pass(Duration.ofMillis(1));
            return drained.isDone();
        });
        assertThat(drained.join()).as("settled in time").isTrue();
        assertThat(there).extracting(each -> accepted(each).at().seq()).containsExactly(1L, 2L, 3L);
        assertThat(refused(queue.append(draft("later"), new Flow())))
                .satisfies(PersistenceQueueContract::isUnavailable);
        assertThat(stored()).containsExactly("m0", "m1", "m2");
    }

    /** Drains by another thread, which looks whether all is answered when that is done. */
    private CompletableFuture<Boolean> drainElsewhere(List<CompletionStage<Outcome>> there) {
        return CompletableFuture.supplyAsync(
                () -> {
                    boolean settled = queue.drain(Await.PATIENCE);
                    there.forEach(PersistenceQueueContract::done);
                    return settled;
                },
                task -> new Thread(task, "chat-test-drain").start());
    }

    @Test
    void whatIsNotSettledWhenTheTimeToDrainIsOverIsRefused() {
        CountDownLatch held = holdTheStore();
        try {
            List<CompletionStage<Outcome>> there = appendNumbered(3, new Flow());
            assertThat(queue.drain(Duration.ofMillis(50))).as("settled in time").isFalse();
            assertThat(there).allSatisfy(each -> isUnavailable(refused(each)));
            assertThat(refused(queue.append(draft("late"), new Flow())))
                    .satisfies(PersistenceQueueContract::isUnavailable);
        } finally {
            held.countDown();
        }
    }

    @Test
    void whereNothingWaitsThereIsNothingToDrain() {
        queue.append(draft("a"), new Flow());
        settle();
        assertThat(queue.drain(Await.PATIENCE)).isTrue();
        assertThat(refused(queue.append(draft("b"), new Flow()))).satisfies(PersistenceQueueContract::isUnavailable);
    }

    private static void isUnavailable(Outcome.Refused refused) {
        assertThat(refused.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(refused.isFinal()).isFalse();
    }

    // ---- the order of answers

    @Test
    void theAnswersOfAFlowComeInItsOrder() {
        store.reject(draft -> draft.clientId().value().equals("m7"));
        Flow flow = new Flow();
        List<Integer> answered = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 30; i++) {
            // The last ones are resends, and conflicts.
            Draft draft = i < 20 ? draft("m" + i) : draft("m" + (i - 20), i % 2 == 0 ? "m" + (i - 20) : "other words");
            noteWhenAnswered(queue.append(draft, flow), i, answered);
        }
        settle();
        assertThat(answered).isEqualTo(IntStream.range(0, 30).boxed().toList());
    }

    @Test
    void theRefusalsOfAFlowComeInItsOrder() {
        store.away(true);
        Flow flow = new Flow();
        List<Integer> answered = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 20; i++) {
            noteWhenAnswered(queue.append(draft("m" + i), flow), i, answered);
        }
        pass(Duration.ofMillis(1_500));
        assertThat(answered).isEqualTo(IntStream.range(0, 20).boxed().toList());
    }

    private static void noteWhenAnswered(CompletionStage<Outcome> stage, int number, List<Integer> answered) {
        stage.whenComplete((outcome, failure) -> answered.add(number));
    }

    private List<CompletionStage<Outcome>> appendNumbered(int count, Flow flow) {
        return IntStream.range(0, count)
                .mapToObj(i -> queue.append(draft("m" + i), flow))
                .toList();
    }

    /** Has whatever is appended to the store wait until the latch is opened. */
    private CountDownLatch holdTheStore() {
        CountDownLatch latch = new CountDownLatch(1);
        store.beforeAppend(() -> {
            try {
                latch.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
        return latch;
    }

    private static final class RecordingRouter implements RoomRouter {
        private final List<RoomEvent> published = new ArrayList<>();
        private final Set<RoomId> changed = new HashSet<>();

        @Override
        public synchronized void committed(List<RoomEvent> events) {
            published.addAll(events);
        }

        @Override
        public synchronized void changed(RoomId room) {
            changed.add(room);
        }

        synchronized boolean knows(RoomId room, long seq) {
            return changed.contains(room)
                    || published.stream().anyMatch(event -> event.room().equals(room) && event.seq() == seq);
        }

        @Override
        public CompletionStage<Cursor> attach(RoomId room, RoomSink sink) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Progress> follow(RoomId room, RoomSink sink, long seq) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Void> detach(RoomId room, RoomSink sink) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {}
    }

    /** Lets everything that needs no time be done. */
    protected final void settle() {
        pass(Duration.ZERO);
    }

    /** Returns a draft for one room whose text is its client id. */
    protected static Draft draft(String clientId) {
        return draft(clientId, clientId);
    }

    private static Draft draft(String clientId, String text) {
        return new Draft(LOBBY, ADA, new ClientId(clientId), MessageBody.text(text));
    }

    /** Returns the client ids in the store, in order. */
    protected final List<String> stored() {
        return store.eventsAfter(LOBBY, 0, 10_000, Integer.MAX_VALUE).stream()
                .map(event -> event.clientId().value())
                .toList();
    }

    /** Returns the acceptance that the stage has completed with. */
    protected static Outcome.Accepted accepted(CompletionStage<Outcome> stage) {
        return (Outcome.Accepted) done(stage);
    }

    /** Returns the refusal that the stage has completed with. */
    protected static Outcome.Refused refused(CompletionStage<Outcome> stage) {
        return (Outcome.Refused) done(stage);
    }

    private static Outcome done(CompletionStage<Outcome> stage) {
        assertThat(stage.toCompletableFuture()).as("answered").isDone();
        return stage.toCompletableFuture().join();
    }
}
