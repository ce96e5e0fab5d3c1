package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.lane.Lane;
import io.natterjack.testkit.ManualScheduler;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class InboxTest {
    private final ManualScheduler time = new ManualScheduler();
    private final TestConnection connection = new TestConnection();
    private final List<String> read = new ArrayList<>();
    private final Inbox inbox = new Inbox(connection, new Lane(time), read::add);

    @Test
    void framesAreReadInOrder() {
        receive(40);
        time.runAll();
        assertThat(read).hasSize(40).startsWith("0", "1", "2").endsWith("39");
    }

    @Test
    void aFullInboxStopsReadingFromTheConnectionUntilItHasDrained() {
        receive(64);
        assertThat(connection.isReading()).isFalse();
        time.runAll();
        assertThat(connection.isReading()).isTrue();
        assertThat(read).hasSize(64);
    }

    @Test
    void largeFramesFillItToo() {
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
