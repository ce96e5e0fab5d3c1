package io.natterjack.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import io.natterjack.core.spi.ChangedHeads;
import io.natterjack.core.spi.Fence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What several servers of one store ask of it: fences, and which rooms have changed. */
abstract class MessageStoreClusterContract extends MessageStoreReadContract {
    MessageStoreClusterContract() {}

    // ---- fences

    @Test
    void whoHoldsTheFenceAppends() {
        Fence fence = store.raiseFence("queue:1");

        assertThat(fence.name()).isEqualTo("queue:1");
        assertThat(seqs(store.append(drafts(ROOM, "a", "b"), fence))).containsExactly(1L, 2L);
        assertThat(seqs(store.append(drafts(ROOM, "c"), fence))).containsExactly(3L);
    }

    @Test
    void underARaisedFenceNothingIsWritten() {
        Fence old = store.raiseFence("f");
        List<Draft> known = drafts(ROOM, "known");
        List<Outcome> outcomes = store.append(known, old);
        Fence raised = store.raiseFence("f");

        assertThat(raised.generation()).isGreaterThan(old.generation());
        assertFenced(List.of(draft(OTHER_ROOM, "a"), draft(ROOM, "b")), old);
        assertFenced(known, old);
        assertThat(texts(all(ROOM))).containsExactly("known");
        assertThat(all(OTHER_ROOM)).isEmpty();
        assertThat(head(OTHER_ROOM).seq()).isZero();
        assertThat(store.append(known, raised)).isEqualTo(asDuplicates(outcomes));
        assertThat(seqs(store.append(drafts(ROOM, "c"), raised))).containsExactly(2L);
    }

    @Test
    void aGenerationThatTheStoreDoesNotKnowIsNobodys() {
        Fence raised = store.raiseFence("f");

        assertFenced(drafts(ROOM, "a"), new Fence("f", raised.generation() + 1));
        assertFenced(drafts(ROOM, "a"), new Fence("lost", 1));
        assertThat(all(ROOM)).isEmpty();
        assertThat(seqs(store.append(drafts(ROOM, "a"), raised))).containsExactly(1L);
    }

    private void assertFenced(List<Draft> batch, Fence fence) {
        assertThatThrownBy(() -> store.append(batch, fence))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(StoreException.Kind.FENCED));
    }

    @Test
    void fencesOfOtherNamesAreOthers() {
        Fence fence = store.raiseFence("a");
        store.raiseFence("A");
        store.raiseFence("b");
        store.raiseFence("b");

        assertThat(seqs(store.append(drafts(ROOM, "a"), fence))).containsExactly(1L);
        assertThat(seqs(store.append(drafts(ROOM, "b")))).containsExactly(2L);
        assertThat(store.raiseFence("a").generation()).isGreaterThan(fence.generation());
    }

    // ---- what has changed

    @Test
    void whoAsksFromTheBeginningLearnsTheTimeOnly() {
        store.append(drafts(ROOM, "a"));
        ChangedHeads time = store.headsChangedSince(0, 10);

        assertThat(time.heads()).isEmpty();
        assertThat(time.hasMore()).isFalse();
        assertThat(time.asOf()).isPositive();
    }

    @Test
    void roomsThatChangedAreFoundAndOthersNot() {
        store.append(List.of(draft(ROOM, "a"), draft(room(1), "b"), draft(room(2), "c")));
        laterInTheStore();
        long since = store.headsChangedSince(0, 1).asOf();
        store.append(drafts(ROOM, "d"));
        laterInTheStore();
        store.append(drafts(OTHER_ROOM, "e", "f"));
        laterInTheStore();
        store.append(drafts(ROOM, "g"));
        store.hold(room(7), true);

        ChangedHeads changed = store.headsChangedSince(since, 10);
        assertThat(changed.heads().keySet()).containsExactly(OTHER_ROOM, ROOM);
        assertThat(changed.heads()).isEqualTo(store.heads(List.of(ROOM, OTHER_ROOM)));
        assertThat(changed.hasMore()).isFalse();
        assertThat(changed.asOf()).isGreaterThanOrEqualTo(since);
        laterInTheStore();
        assertThat(store.headsChangedSince(store.headsChangedSince(0, 1).asOf(), 10)
                        .heads())
                .isEmpty();
    }

    @Test
    void aReaderThatGoesOnPageByPageMissesNoRoom() {
        long since = store.headsChangedSince(0, 1).asOf();
        List<RoomId> rooms = new ArrayList<>();
        for (int part = 0; part < 4; part++) {
            List<Draft> batch = new ArrayList<>();
            for (int i = 0; i <= 2 * part; i++) {
                rooms.add(room(rooms.size()));
                batch.add(draft(rooms.get(rooms.size() - 1), "a"));
            }
            store.append(batch);
            laterInTheStore();
        }

        for (int limit : new int[] {1, 3, 5, rooms.size()}) {
            assertThat(readAll(since, limit)).as("limit " + limit).isEqualTo(store.heads(rooms));
        }
    }

    private Map<RoomId, Cursor> readAll(long since, int limit) {
        Map<RoomId, Cursor> found = new HashMap<>();
        ChangedHeads page = store.headsChangedSince(since, limit);
        found.putAll(page.heads());
        for (int pages = 0; page.hasMore(); pages++) {
            assertThat(pages).as("pages").isLessThan(100);
            assertThat(page.heads()).isNotEmpty();
            page = store.headsChangedSince(page.asOf(), limit);
            found.putAll(page.heads());
        }
        return found;
    }

    /** Waits until the store's clock, which may be another than that of its callers, says something else. */
    private void laterInTheStore() {
        long before = store.headsChangedSince(0, 1).asOf();
        Await.until("the store's clock goes on", () -> {
            later();
            return store.headsChangedSince(0, 1).asOf() != before;
        });
    }
}
