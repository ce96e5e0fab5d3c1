package io.natterjack.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.Draft;
import io.natterjack.core.EventKind;
import io.natterjack.core.RoomId;
import io.natterjack.core.spi.MessageStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long rooms keep what was written, on every database. */
abstract class JdbcRetentionContract extends JdbcOutboxContract {
    /** Lets servers look at all rooms, as often as it takes. */
    private void keepHouse() {
        try (MessageStore.Upkeep upkeep = serve(new DirectQueue(store()))) {
            time.advance(Duration.ofMinutes(5));
        }
    }

    @Test
    void whatIsTooOldGoesWithAnEvent() {
        archive().keep(ROOM, Duration.ofDays(10));
        store().append(drafts(ROOM, "a", "b"));
        store().append(drafts(OTHER, "other"));
        time.advance(Duration.ofDays(9));
        store().append(drafts(ROOM, "c"));
        keepHouse();
        assertThat(all(ROOM)).hasSize(3);

        time.advance(Duration.ofDays(1));
        keepHouse();
        assertThat(all(ROOM)).extracting(event -> event.body().isGone()).containsExactly(true, true, false, false);
        assertThat(all(ROOM).get(3).kind()).isEqualTo(EventKind.TRIMMED);
        assertThat(all(OTHER).get(0).body().isGone())
                .as("of a room without a rule")
                .isFalse();
        keepHouse();
        assertThat(all(ROOM)).as("no event without need").hasSize(4);

        time.advance(Duration.ofDays(20));
        keepHouse();
        keepHouse();
        assertThat(all(ROOM)).as("nothing but what was told").hasSize(5);
    }

    private static final RoomId OTHER = new RoomId("other-room");

    @Test
    void aShortRoomIsTrimmedOnceAndThenLeftAlone() {
        archive().keepLast(ROOM, 5);
        fillRoom(ROOM, 7);
        keepHouse();
        keepHouse();

        assertThat(all(ROOM)).hasSize(8);
        assertThat(store().view(ROOM, SHOP).floor()).isEqualTo(2);
    }

    @Test
    void whatIsTooMuchGoesInStepsOfATenth() {
        archive().keepLast(ROOM, 50);
        fillRoom(ROOM, 55);
        keepHouse();
        assertThat(store().view(ROOM, SHOP).floor()).isZero();

        store().append(drafts(ROOM, "one more"));
        keepHouse();
        assertThat(store().view(ROOM, SHOP).floor()).isEqualTo(6);
        assertThat(all(ROOM)).hasSize(57);
    }

    @Test
    void aLongPastGoesInPartsASecondApart() {
        archive().keepLast(ROOM, 100);
        for (int i = 0; i < 6; i++) {
            fillRoom(ROOM, 450);
        }
        try (MessageStore.Upkeep upkeep = serve(new DirectQueue(store()))) {
            time.advance(Duration.ofSeconds(5));
        }

        assertThat(store().view(ROOM, SHOP).floor()).isGreaterThanOrEqualTo(2_600);
        assertThat(all(ROOM).stream().filter(event -> event.kind() == EventKind.TRIMMED))
                .hasSize(3);
    }

    @Test
    void whatIsOldGoesAsFastAsItWasWritten() {
        archive().keep(ROOM, Duration.ofDays(1));
        for (int i = 0; i < 5; i++) {
            fillRoom(ROOM, 500);
        }
        time.advance(Duration.ofDays(1));
        try (MessageStore.Upkeep upkeep = serve(new DirectQueue(store()))) {
            time.advance(Duration.ofSeconds(5));
        }

        assertThat(store().view(ROOM, SHOP).floor()).isEqualTo(2_500);
    }

    @Test
    void aRoomsOwnRuleCountsBeforeThatOfAll() {
        archive().keepByDefault(Duration.ofDays(1));
        archive().keepForEver(room(1));
        archive().keep(room(2), Duration.ofDays(100));
        for (int i = 0; i < 3; i++) {
            store().append(drafts(room(i), "a"));
        }
        time.advance(Duration.ofDays(50));
        keepHouse();
        assertThat(List.of(gone(room(0)), gone(room(1)), gone(room(2)))).containsExactly(true, false, false);

        archive().keepForEverByDefault();
        archive().keepByDefault(room(2));
        time.advance(Duration.ofDays(100));
        keepHouse();
        assertThat(List.of(gone(room(1)), gone(room(2)))).containsExactly(false, false);
    }

    @Test
    void aClockThatIsPutRightDoesNotStopIt() {
        archive().keep(ROOM, Duration.ofDays(1));
        time.jumpWall(Duration.ofDays(365));
        keepHouse();
        time.jumpWall(Duration.ofDays(-365));
        store().append(drafts(ROOM, "a"));
        time.advance(Duration.ofDays(2));
        keepHouse();

        assertThat(gone(ROOM)).isTrue();
    }

    @Test
    void aRoomOnHoldKeepsWhatIsTooOld() {
        archive().keep(ROOM, Duration.ofDays(1));
        store().append(drafts(ROOM, "a"));
        store().hold(ROOM, true);
        time.advance(Duration.ofDays(10));
        keepHouse();
        assertThat(gone(ROOM)).isFalse();

        store().hold(ROOM, false);
        keepHouse();
        assertThat(gone(ROOM)).isTrue();
    }

    @Test
    void manyRoomsAreAllLookedAt() {
        archive().keepByDefault(Duration.ofDays(1));
        List<Draft> batch = new ArrayList<>();
        for (int i = 0; i < 450; i++) {
            batch.addAll(drafts(room(i), "a"));
        }
        store().append(batch);
        time.advance(Duration.ofDays(2));
        keepHouse();

        for (int i = 0; i < 450; i++) {
            assertThat(gone(room(i))).as("room " + i).isTrue();
        }
    }
}
