package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.testkit.ManualScheduler;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SessionLogTest {
    @Test
    void whatHappensAllTheTimeIsSaidOnceASecondWithHowOftenItWas() {
        ManualScheduler time = new ManualScheduler();
        SessionLog.Seldom seldom = new SessionLog.Seldom(time);
        assertThat(seldom.take()).hasValue(0);
        for (int i = 0; i < 1_000; i++) {
            assertThat(seldom.take()).isEmpty();
        }
        time.advance(Duration.ofSeconds(1));
        assertThat(seldom.take()).hasValue(1_000);
        assertThat(seldom.take()).isEmpty();
        time.advance(Duration.ofMinutes(1));
        assertThat(seldom.take()).hasValue(1);
        time.advance(Duration.ofMinutes(1));
        assertThat(seldom.take()).hasValue(0);
    }
}
