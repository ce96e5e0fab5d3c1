package io.natterjack.examples.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class LatenciesTest {
    private static final long MILLI = 1_000_000;

    private final Latencies latencies = new Latencies();

    @Test
    void whatWasSentInATimeIsLookedAtByItself() {
        latencies.add(5, 900 * MILLI);
        for (int i = 1; i <= 100; i++) {
            latencies.add(10 + i, i * MILLI);
        }

        assertThat(latencies.millis(0.5, 11, 111)).isEqualTo(50);
        assertThat(latencies.millis(0.99, 11, 111)).isEqualTo(99);
        assertThat(latencies.millis(1, 0, 111)).isEqualTo(900);
        assertThat(latencies.count(11, 111)).isEqualTo(100);
    }

    @Test
    void ofNothingThereIsNoFigure() {
        assertThat(latencies.millis(0.5, 0, 100)).isNaN();
    }

    @Test
    void itIsAsBeforeWhenTwoWindowsInTurnAre() {
        for (int i = 0; i < 300; i++) {
            latencies.add(i * 10 * MILLI, (i < 100 ? 500 : 2) * MILLI);
        }

        assertThat(latencies.millisUntilP99(5, Duration.ofMillis(500), 0, 3_000 * MILLI))
                .isEqualTo(1_000);
        assertThat(latencies.millisUntilP99(1, Duration.ofMillis(500), 0, 3_000 * MILLI))
                .isNaN();
    }
}
