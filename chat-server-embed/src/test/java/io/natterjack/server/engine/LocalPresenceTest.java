package io.natterjack.server.engine;

import io.natterjack.core.spi.Presence;
import io.natterjack.testkit.ManualScheduler;
import io.natterjack.testkit.PresenceContract;
import java.time.Duration;

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
}
