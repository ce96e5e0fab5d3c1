package io.natterjack.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.PresenceState;
import io.natterjack.core.PresenceState.Availability;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Presence;
import io.natterjack.testkit.ManualScheduler;
import io.natterjack.testkit.PresenceContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class LocalPresenceTest extends PresenceContract {
    private final ManualScheduler time = new ManualScheduler();

    @Override
    protected Presence open() {
        return new LocalPresence(time, Duration.ofSeconds(10));
    }

    @Override
    protected void pass(Duration duration) {
        time.advance(duration);
    }

    @Test
    void theLastStateIsToldLastWhoeverChangesIt() {
        UserId ada = new UserId("ada");
        Presence presence = open();
        List<Availability> seen = new ArrayList<>();
        presence.watch(List.of(ada), (user, state) -> {
            if (state.availability() == Availability.AWAY) {
                inAnotherThread(() -> presence.connected(ada, new SessionId("desk"), state(Availability.ONLINE)));
            }
            seen.add(state.availability());
        });
        presence.connected(ada, new SessionId("phone"), state(Availability.AWAY));

        assertThat(seen).containsExactly(Availability.AWAY, Availability.ONLINE);
    }

    private static PresenceState state(Availability availability) {
        return new PresenceState(availability, "", 0);
    }

    private static void inAnotherThread(Runnable task) {
        CompletableFuture.runAsync(task, each -> new Thread(each, "test-other").start())
                .join();
    }
}
