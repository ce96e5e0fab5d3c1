package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.CloseReason;
import io.natterjack.core.lane.Budget;
import io.natterjack.core.lane.Lane;
import io.natterjack.testkit.ManualScheduler;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class InboxTest {
    private final ManualScheduler time = new ManualScheduler();
    private final TestConnection connection = new TestConnection();
    private final List<String> read = new ArrayList<>();
    private final Budget total = new Budget(1 << 20);
    private final Inbox inbox = new Inbox(connection, new Lane(time), total, read::add);

    @Test
    void beforeItIsKnownWhoThatIsLittleIsTaken() {
        inbox.hold();
        receive(7);
        assertThat(connection.isReading()).isTrue();
        receive(1);
        assertThat(connection.isReading()).isFalse();

        inbox.release();
        assertThat(connection.isReading()).isTrue();
        assertThat(read).hasSize(8);
    }

    @Test
    void aHelloOfManyRoomsIsTakenAndNothingBehindItUntilItWasLookedAt() {
        inbox.received("x".repeat(60_000));
        assertThat(connection.isReading()).isFalse();
        time.runAll();
        assertThat(connection.isReading()).isTrue();
        assertThat(read).hasSize(1);
    }

    @Test
    void beyondTheBudgetOfAllWhoIsNotLetInIsCut() {
        fillTotal();
        inbox.received("hello");
        assertThat(connection.closed()).contains(CloseReason.of(1013));
        time.runAll();
        assertThat(read).isEmpty();
    }

    @Test
    void beyondTheBudgetOfAllWhoIsLetInIsReadAgainWhenAllWasLookedAt() {
        inbox.release();
        fillTotal();
        inbox.received("hello");
        assertThat(connection.closed()).isEmpty();
        assertThat(connection.isReading()).isFalse();
        time.runAll();
        assertThat(connection.isReading()).isTrue();
        assertThat(read).containsExactly("hello");
    }

    @Test
    void whatWasLookedAtOrForgottenIsNotCountedAnyMore() {
        inbox.hold();
        receive(5);
        assertThat(total.used()).isPositive();
        inbox.close();
        assertThat(total.used()).isZero();
        receive(5);
        assertThat(total.used()).isZero();

        Inbox other = new Inbox(connection, new Lane(time), total, read::add);
        other.received("hello");
        assertThat(total.used()).isPositive();
        time.runAll();
        assertThat(total.used()).isZero();
        assertThat(read).containsExactly("hello");
    }

    /** What others have sent. */
    private void fillTotal() {
        Inbox others = new Inbox(new TestConnection(), new Lane(task -> {}), total, text -> {});
        others.release();
        others.received("x".repeat(1 << 20));
    }

    @Test
    void framesAreReadInOrder() {
        receive(40);
        time.runAll();
        assertThat(read).hasSize(40).startsWith("0", "1", "2").endsWith("39");
    }

    @Test
    void aFullInboxStopsReadingFromTheConnectionUntilItHasDrained() {
        inbox.release();
        receive(63);
        assertThat(connection.isReading()).isTrue();
        receive(1);
        assertThat(connection.isReading()).isFalse();
        time.runAll();
        assertThat(connection.isReading()).isTrue();
        assertThat(read).hasSize(64);
    }

    @Test
    void largeFramesFillItToo() {
        inbox.release();
        inbox.received("x".repeat(255 << 10));
        assertThat(connection.isReading()).isTrue();
        inbox.received("x".repeat(256 << 10));
        assertThat(connection.isReading()).isFalse();
        time.runAll();
        assertThat(connection.isReading()).isTrue();
    }

    @Test
    void whatIsHeldWaitsForTheRelease() {
        inbox.hold();
        receive(70);
        time.runAll();
        assertThat(read).isEmpty();
        assertThat(connection.isReading()).isFalse();

        inbox.release();
        time.runAll();
        assertThat(read).hasSize(70);
        assertThat(connection.isReading()).isTrue();
    }

    private void receive(int frames) {
        for (int i = 0; i < frames; i++) {
            inbox.received(String.valueOf(i));
        }
    }
}
