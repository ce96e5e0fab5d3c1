package io.natterjack.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natterjack.core.Draft;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Fence;
import io.natterjack.core.spi.MessageStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** What a {@link MessageStore} must do beyond {@link MessageStoreContract} if its data outlives it and may be shared. */
public abstract class DurableMessageStoreContract extends MessageStoreContract {
    /** For subclasses. */
    protected DurableMessageStoreContract() {}

    /**
     * Opens another store on the data of the one that the test began with, as another process or a later one would. That one may
     * have been closed by now or not. The test closes what it gets.
     */
    protected abstract MessageStore openAgain() throws Exception;

    @Test
    void whatWasAcceptedIsThereForTheNextStore() throws Exception {
        List<RoomEvent> events = write(store(), new UserId("ada"), 3);
        store().close();

        try (MessageStore next = openAgain()) {
            assertRoomsHold(next, events);
        }
    }

    @Test
    void anEpochOutlivesTheStore() throws Exception {
        store().append(drafts(ROOM, "a"));
        var heads = store().heads(List.of(ROOM, room(1)));
        store().close();

        try (MessageStore next = openAgain()) {
            assertThat(next.heads(List.of(ROOM, room(1)))).isEqualTo(heads);
            assertThat(next.history(HistoryQuery.latest(ROOM, 1), 1).upto()).isEqualTo(heads.get(ROOM));
        }
    }

    @Test
    void aResendIsKnownToTheNextStore() throws Exception {
        List<Draft> batch = drafts(ROOM, "a", "b");
        List<Outcome> outcomes = store().append(batch);
        store().close();

        try (MessageStore next = openAgain()) {
            assertThat(next.append(batch)).isEqualTo(asDuplicates(outcomes));
        }
    }

    @Test
    void theNextStoreGoesOnCounting() throws Exception {
        List<RoomEvent> events = new ArrayList<>(write(store(), new UserId("ada"), 3));
        store().close();

        try (MessageStore next = openAgain()) {
            events.addAll(write(next, new UserId("ada"), 3));
            assertRoomsHold(next, events);
        }
    }

    @Test
    void twoStoresOfTheSameDataLeaveNoHoleAndNothingTwice() throws Exception {
        try (MessageStore other = openAgain()) {
            List<RoomEvent> events = new ArrayList<>();
            List<Callable<List<RoomEvent>>> writers = List.of(
                    () -> write(store(), new UserId("ada"), 40),
                    () -> write(other, new UserId("bob"), 40),
                    () -> write(store(), new UserId("cy"), 40),
                    () -> write(other, new UserId("dan"), 40));
            for (List<RoomEvent> written : atOnce(writers)) {
                events.addAll(written);
            }

            assertRoomsHold(store(), events);
            assertRoomsHold(other, events);
        }
    }

    @Test
    void twoStoresThatGetTheSameBatchKeepItOnce() throws Exception {
        try (MessageStore other = openAgain()) {
            List<Draft> batch = drafts(ROOM, "a", "b", "c");
            List<List<Outcome>> outcomes = atOnce(List.of(() -> store().append(batch), () -> other.append(batch)));

            assertThat(all(ROOM)).hasSize(3);
            assertThat(asDuplicates(outcomes.get(0))).isEqualTo(asDuplicates(outcomes.get(1)));
        }
    }

    @Test
    void aFenceThatOneStoreRaisesIsKnownToTheOther() throws Exception {
        try (MessageStore other = openAgain()) {
            Fence old = store().raiseFence("queue-1");
            assertThat(other.append(drafts(ROOM, "a"), old)).hasSize(1);
            Fence raised = other.raiseFence("queue-1");

            assertThat(raised.generation()).isGreaterThan(old.generation());
            assertThatThrownBy(() -> store().append(drafts(ROOM, "b"), old))
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            fenced -> assertThat(fenced.kind()).isEqualTo(StoreException.Kind.FENCED));
            assertThat(store().append(drafts(ROOM, "c"), raised)).hasSize(1);
            assertThat(store().raiseFence("queue-1").generation()).isGreaterThan(raised.generation());
        }
    }

    @Test
    void whoRaisesAFenceAtOnceGetsAGenerationEach() throws Exception {
        try (MessageStore other = openAgain()) {
            List<Fence> raised = atOnce(List.of(
                    () -> store().raiseFence("f"),
                    () -> other.raiseFence("f"),
                    () -> store().raiseFence("f"),
                    () -> other.raiseFence("f")));

            assertThat(raised).doesNotHaveDuplicates();
        }
    }

    @Test
    void nothingIsAppendedBehindWhatARaisedFenceLetsIn() throws Exception {
        try (MessageStore other = openAgain()) {
            for (int round = 0; round < 20; round++) {
                RoomId room = room(round);
                Fence old = store().raiseFence("f");
                List<Draft> late = drafts(room, "old");
                List<List<RoomEvent>> seen = atOnce(List.of(() -> appendUnlessFenced(late, old), () -> {
                    Fence raised = other.raiseFence("f");
                    other.append(drafts(room, "new"), raised);
                    return other.eventsAfter(room, 0, 10, 1 << 20);
                }));

                assertThat(all(room)).isEqualTo(seen.get(1));
            }
        }
    }

    private List<RoomEvent> appendUnlessFenced(List<Draft> batch, Fence fence) {
        try {
            store().append(batch, fence);
        } catch (StoreException fenced) {
            assertThat(fenced.kind()).isEqualTo(StoreException.Kind.FENCED);
        }
        return List.of();
    }

    @Test
    void whatAnotherStoreAppendsIsFoundAsChanged() throws Exception {
        try (MessageStore other = openAgain()) {
            long before = store().headsChangedSince(0, 1).asOf();
            other.append(drafts(ROOM, "a", "b"));

            assertThat(store().headsChangedSince(before, 10).heads()).isEqualTo(store().heads(List.of(ROOM)));
            assertThat(store().isShared()).isTrue();
        }
    }
}
