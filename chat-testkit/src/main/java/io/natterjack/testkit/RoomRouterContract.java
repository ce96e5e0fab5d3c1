package io.natterjack.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import io.natterjack.core.Target;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.RoomRouter;
import io.natterjack.core.spi.RoomSink;
import io.natterjack.core.wire.WireFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link RoomRouter} must do. Extend it, say how to open a router, and the tests come along. */
public abstract class RoomRouterContract {
    private static final RoomId LOBBY = new RoomId("lobby");
    private static final UserId ADA = new UserId("ada");
    private static final Duration A_WHILE = Duration.ofSeconds(3);

    private FaultyStore store;
    private RoomRouter router;
    private int drafts;

    /** For subclasses. */
    protected RoomRouterContract() {}

    /** Opens an empty store for the router to read. */
    protected abstract MessageStore openStore();

    /** Opens a router over {@code store}. */
    protected abstract RoomRouter openRouter(MessageStore store);

    /** Lets {@code time} pass, so that all that is due by then has happened. */
    protected abstract void pass(Duration time);

    @BeforeEach
    final void open() {
        store = new FaultyStore(openStore());
        router = openRouter(store);
    }

    @AfterEach
    final void close() {
        router.close();
        store.close();
    }

    @Test
    void aSinkThatFollowsFromTheHeadGetsWhatIsCommittedAfterwards() {
        publish(append(LOBBY, 2));
        RecordingSink sink = new RecordingSink();
        assertThat(attach(sink).seq()).isEqualTo(2);
        assertThat(follow(sink, 2)).isEqualTo(new RoomRouter.Progress(2, true));

        List<RoomEvent> events = append(LOBBY, 3);
        publish(events);

        assertThat(sink.events()).isEqualTo(events);
    }

    @Test
    void whatMayChangeAccessIsToldToAllWhetherTheyAreLiveOrNot() {
        List<RoomChange> live = new ArrayList<>();
        List<RoomChange> idle = new ArrayList<>();
        RoomSink following = new ChangeSink(live);
        RoomSink waiting = new ChangeSink(idle);
        done(router.attach(LOBBY, following));
        done(router.attach(LOBBY, waiting));
        done(router.follow(LOBBY, following, 0));
        RoomChange change = new RoomChange.Member(ADA, false);
        Draft draft = Draft.change(LOBBY, ADA, new ClientId("gone"), change);
        publish(List.of(
                draft.accepted((Outcome.Accepted) store.append(List.of(draft)).get(0))));

        assertThat(live).containsExactly(change);
        assertThat(idle).containsExactly(change);
    }

    private <T> T done(CompletionStage<T> stage) {
        pass(Duration.ZERO);
        return stage.toCompletableFuture().getNow(null);
    }

    /** Keeps changes of access alone, and makes sure that they come before they are delivered. */
    private static final class ChangeSink implements RoomSink {
        private final List<RoomChange> changes;

        ChangeSink(List<RoomChange> changes) {
            this.changes = changes;
        }

        @Override
        public void events(List<RoomEvent> events, WireFrame frame) {
            assertThat(changes).as("told before").isNotEmpty();
        }

        @Override
        public void accessChanged(RoomEvent event, Optional<RoomChange> change) {
            changes.add(change.orElseThrow());
        }
    }

    @Test
    void anObserverHearsOfWhatIsCommittedInAnyRoom() {
        List<RoomEvent> observed = new ArrayList<>();
        router.observe(observed::addAll);
        List<RoomEvent> events = append(LOBBY, 3);
        router.committed(events);
        pass(Duration.ZERO);

        assertThat(observed).isEqualTo(events);
    }

    @Test
    void aRoomThatDoesNotExistYetHasHeadZero() {
        RecordingSink sink = new RecordingSink();
        assertThat(attach(sink).seq()).isZero();
        followUntilLive(sink, 0);
        publish(append(LOBBY, 1));
        assertThat(sink.seqs()).containsExactly(1L);
    }

    @Test
    void aSinkThatDoesNotFollowGetsNothing() {
        RecordingSink sink = new RecordingSink();
        attach(sink);
        publish(append(LOBBY, 1));
        assertThat(sink.events()).isEmpty();
    }

    @Test
    void allSinksOfARoomGetTheSameFrame() {
        RecordingSink one = live();
        RecordingSink other = live();
        publish(append(LOBBY, 2));
        assertThat(one.frames()).hasSize(1);
        assertThat(one.frames().get(0)).isSameAs(other.frames().get(0));
    }

    @Test
    void whatWasMissedComesInBoundedPartsAndThenLive() {
        appendLarge(LOBBY, 40);
        RecordingSink sink = new RecordingSink();
        assertThat(attach(sink).seq()).isEqualTo(40);

        RoomRouter.Progress first = follow(sink, 0);
        assertThat(first.isLive()).isFalse();
        assertThat(sink.events().stream().mapToLong(RoomEvent::size).sum()).isLessThan(512 << 10);

        // What happens meanwhile isn't held back anywhere: it is read when its turn comes.
        publish(append(LOBBY, 1));
        followUntilLive(sink, first.seq());
        publish(append(LOBBY, 1));
        assertThat(sink.seqs()).isEqualTo(upTo(42));
    }

    @Test
    void aPublicationThatIsLostIsReadFromTheStore() {
        RecordingSink sink = live();
        append(LOBBY, 3);
        publish(append(LOBBY, 1));
        pass(A_WHILE);
        assertThat(sink.seqs()).isEqualTo(upTo(4));
    }

    @Test
    void publicationsThatCrossOrComeTwiceAreDeliveredOnceAndInOrder() {
        RecordingSink sink = live();
        List<RoomEvent> events = append(LOBBY, 3);
        publish(events.subList(2, 3));
        publish(events.subList(0, 2));
        publish(events);
        pass(A_WHILE);
        assertThat(sink.seqs()).isEqualTo(upTo(3));
    }

    @Test
    void anErasureTakesBodiesOfMessagesAndTheirEditsAndOfNothingElse() {
        List<RoomEvent> messages = append(LOBBY, 2);
        publish(messages);
        publish(append(List.of(edit(messages.get(0)), edit(messages.get(1)))));
        publish(append(List.of(change(new RoomChange.Erased(List.of(2L, 3L)))))); // 3 is an edit

        RecordingSink sink = new RecordingSink();
        attach(sink);
        followUntilLive(sink, 0);
        assertThat(sink.events())
                .filteredOn(event -> event.body().isGone())
                .extracting(RoomEvent::seq)
                .containsExactly(2L, 4L);
    }

    @Test
    void aRoomSaidToHaveChangedIsReadFromTheStore() {
        RecordingSink sink = live();
        append(LOBBY, 2);
        router.changed(LOBBY);
        pass(A_WHILE);
        assertThat(sink.seqs()).isEqualTo(upTo(2));
    }

    @Test
    void aHoleIsFilledWhenTheStoreIsBack() {
        RecordingSink sink = live();
        append(LOBBY, 1);
        List<RoomEvent> second = append(LOBBY, 1);
        store.away(true);
        publish(second);
        pass(A_WHILE);
        assertThat(sink.seqs()).isEmpty();

        store.away(false);
        pass(A_WHILE);
        assertThat(sink.seqs()).isEqualTo(upTo(2));
    }

    @Test
    void attachingWhileTheStoreIsAwayFailsAndMayBeRepeated() {
        RecordingSink sink = new RecordingSink();
        store.away(true);
        assertThatThrownBy(() -> attach(sink)).hasRootCauseInstanceOf(StoreException.class);

        store.away(false);
        assertThat(attach(sink).seq()).isZero();
    }

    @Test
    void followingWhileTheStoreIsAwayFailsAndMayBeRepeated() {
        append(LOBBY, 2);
        RecordingSink sink = new RecordingSink();
        attach(sink);
        store.away(true);
        assertThatThrownBy(() -> follow(sink, 0)).hasRootCauseInstanceOf(StoreException.class);

        store.away(false);
        followUntilLive(sink, 0);
        assertThat(sink.seqs()).isEqualTo(upTo(2));
    }

    @Test
    void aSinkThatWasDetachedGetsNothingMore() {
        RecordingSink sink = live();
        publish(append(LOBBY, 1));
        await(router.detach(LOBBY, sink));
        publish(append(LOBBY, 1));
        assertThat(sink.seqs()).isEqualTo(upTo(1));
    }

    @Test
    void aSinkThatWasDetachedCanComeBackAndMissesNothing() {
        RecordingSink sink = live();
        publish(append(LOBBY, 1));
        await(router.detach(LOBBY, sink));
        publish(append(LOBBY, 2));
        assertThat(attach(sink).seq()).isEqualTo(3);
        followUntilLive(sink, 1);
        assertThat(sink.seqs()).isEqualTo(upTo(3));
    }

    @Test
    void detachingASinkThatIsNotAttachedDoesNothing() {
        await(router.detach(LOBBY, new RecordingSink()));
    }

    @Test
    void whatHappensInAnotherRoomIsNotDelivered() {
        RecordingSink sink = live();
        publish(append(new RoomId("elsewhere"), 2));
        assertThat(sink.events()).isEmpty();
    }

    @Test
    void whateverIsLostRepeatedOrReorderedEverySinkSeesOneOrderWithoutAHole() {
        for (int seed = 0; seed < 200; seed++) {
            RoomId room = new RoomId("room-" + seed);
            new Disorder(room, new Random(seed)).run();
        }
    }

    /** A room whose publications suffer every fault, and sinks that come and go. */
    private final class Disorder {
        private final RoomId room;
        private final Random random;
        private final List<RoomEvent> unpublished = new ArrayList<>();
        private final List<RecordingSink> sinks = new ArrayList<>();
        private long head;

        Disorder(RoomId room, Random random) {
            this.room = room;
            this.random = random;
        }

        void run() {
            for (int step = 0; step < 40; step++) {
                switch (random.nextInt(6)) {
                    case 0, 1 -> {
                        List<RoomEvent> events = append(room, 1 + random.nextInt(4));
                        head = events.get(events.size() - 1).seq();
                        unpublished.addAll(events);
                    }
                    case 2 -> publishSome();
                    case 3 -> pass(Duration.ofMillis(random.nextInt(40)));
                    case 4 -> comeAndFollow();
                    default -> router.changed(room);
                }
            }
            router.changed(room);
            pass(A_WHILE);
            sinks.forEach(sink -> assertThat(sink.seqs()).as("room %s", room).isEqualTo(upTo(head)));
            sinks.forEach(sink -> await(router.detach(room, sink)));
        }

        private void publishSome() {
            Collections.shuffle(unpublished, random);
            unpublished.removeIf(event -> random.nextInt(4) == 0);
            unpublished.forEach(event -> router.committed(List.of(event)));
            if (random.nextBoolean()) {
                unpublished.clear();
            }
        }

        private void comeAndFollow() {
            RecordingSink sink = new RecordingSink();
            await(router.attach(room, sink));
            long seq = 0;
            RoomRouter.Progress progress;
            do {
                progress = await(router.follow(room, sink, seq));
                seq = progress.seq();
            } while (!progress.isLive());
            sinks.add(sink);
        }
    }

    private RecordingSink live() {
        RecordingSink sink = new RecordingSink();
        followUntilLive(sink, attach(sink).seq());
        return sink;
    }

    private Cursor attach(RecordingSink sink) {
        return await(router.attach(LOBBY, sink));
    }

    private RoomRouter.Progress follow(RecordingSink sink, long seq) {
        return await(router.follow(LOBBY, sink, seq));
    }

    private void followUntilLive(RecordingSink sink, long from) {
        RoomRouter.Progress progress = follow(sink, from);
        while (!progress.isLive()) {
            progress = follow(sink, progress.seq());
        }
    }

    private <T> T await(CompletionStage<T> stage) {
        pass(Duration.ZERO);
        assertThat(stage.toCompletableFuture()).as("answered").isDone();
        return stage.toCompletableFuture().join();
    }

    private void publish(List<RoomEvent> events) {
        router.committed(events);
        pass(Duration.ZERO);
    }

    private List<RoomEvent> append(RoomId room, int count) {
        return append(room, count, "hello");
    }

    private void appendLarge(RoomId room, int count) {
        append(room, count, "x".repeat(30_000));
    }

    private List<RoomEvent> append(RoomId room, int count, String text) {
        List<Draft> batch = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batch.add(new Draft(room, ADA, new ClientId("c" + drafts++), MessageBody.text(text)));
        }
        return append(batch);
    }

    private List<RoomEvent> append(List<Draft> batch) {
        List<Outcome> outcomes = store.append(batch);
        List<RoomEvent> events = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            events.add(batch.get(i).accepted((Outcome.Accepted) outcomes.get(i)));
        }
        return events;
    }

    private Draft edit(RoomEvent message) {
        return change(new RoomChange.Edited(Target.at(message.at()), MessageBody.text("new"), OptionalLong.empty()));
    }

    private Draft change(RoomChange change) {
        return Draft.change(LOBBY, ADA, new ClientId("c" + drafts++), change);
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }
}
