package io.natterjack.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.RoomEvent;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.testkit.ManualScheduler;
import io.natterjack.testkit.MessageStoreContract;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class InMemoryStoreTest extends MessageStoreContract {
    private final ManualScheduler time = new ManualScheduler();

    @Override
    protected MessageStore open() {
        return new InMemoryStore(time::wallMillis);
    }

    @Override
    protected void later() {
        time.advance(Duration.ofMillis(1));
    }

    @Test
    void itsEpochIsTheTimeWhenItWasMade() {
        time.advance(Duration.ofDays(1));

        assertThat(store().heads(List.of(ROOM)).get(ROOM).epoch()).isEqualTo(ManualScheduler.START_MILLIS);
        assertThat(open().heads(List.of(ROOM)).get(ROOM).epoch()).isEqualTo(time.wallMillis());
    }

    @Test
    void aClockThatIsSetBackDoesNotSetTimestampsBack() {
        store().append(drafts(ROOM, "a"));
        time.jumpWall(Duration.ofHours(-1));
        store().append(drafts(ROOM, "b"));
        time.jumpWall(Duration.ofHours(2));
        store().append(drafts(ROOM, "c"));

        long start = ManualScheduler.START_MILLIS;
        assertThat(all(ROOM)).extracting(RoomEvent::timestamp).containsExactly(start, start, start + 3_600_000);
    }
}
