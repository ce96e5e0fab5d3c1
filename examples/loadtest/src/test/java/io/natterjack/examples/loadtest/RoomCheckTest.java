package io.natterjack.examples.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The checker is checked: whatever a server might do wrong must show. */
final class RoomCheckTest {
    private final Tally tally = new Tally();
    private final RoomCheck room = new RoomCheck(tally);
    private final RoomCheck.Reader ada = room.reader();
    private final RoomCheck.Reader bob = room.reader();

    @BeforeEach
    void bothJoin() {
        room.joined(ada, 10);
        room.joined(bob, 10);
    }

    private void bothSee(long... seqs) {
        for (long seq : seqs) {
            room.seen(ada, seq);
            room.seen(bob, seq);
        }
    }

    private void assertFaults(int lost, int duplicates, int outOfOrder) {
        room.countLost();
        assertThat(tally.lost).isEqualTo(lost);
        assertThat(tally.duplicates).isEqualTo(duplicates);
        assertThat(tally.outOfOrder).isEqualTo(outOfOrder);
    }

    @Test
    void whatComesOnceAndInOrderIsClean() {
        room.acked(12);
        bothSee(11, 12);

        assertThat(room.isComplete()).isTrue();
        assertFaults(0, 0, 0);
    }

    @Test
    void aMessageThatNobodyGotIsMissedBecauseItWasAcknowledged() {
        bothSee(11);
        room.acked(12);

        assertThat(room.isComplete()).isFalse();
        assertFaults(2, 0, 0);
    }

    @Test
    void aMessageThatOneDidNotGetIsMissedBecauseTheOtherDid() {
        bothSee(11);
        room.seen(ada, 12);

        assertFaults(1, 0, 0);
    }

    @Test
    void aDoubledMessageShows() {
        bothSee(11, 12);
        assertThat(room.seen(ada, 12)).isFalse();

        assertFaults(0, 1, 0);
    }

    @Test
    void aHoleAndASwapShow() {
        bothSee(11);
        room.seen(ada, 13);
        room.seen(ada, 12);
        bob.last();
        room.seen(bob, 12);
        room.seen(bob, 13);

        assertFaults(0, 1, 1);
    }

    @Test
    void whoComesBackGoesOnWhereItWas() {
        bothSee(11);
        room.joined(ada, 11);
        bothSee(12);
        assertFaults(0, 0, 0);
        assertThat(tally.gaps).isZero();

        room.joined(ada, 20);
        assertThat(tally.gaps).isEqualTo(1);
    }
}
