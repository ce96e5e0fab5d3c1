package io.natterjack.core.lane;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class SeldomTest {
    @Test
    void whatHappensAllTheTimeIsSaidOnceASecondWithHowOftenItWas() {
        AtomicLong now = new AtomicLong();
        Seldom seldom = new Seldom(now::get);
        assertThat(seldom.take()).hasValue(0);
        for (int i = 0; i < 1_000; i++) {
            assertThat(seldom.take()).isEmpty();
        }
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(seldom.take()).hasValue(1_000);
        assertThat(seldom.take()).isEmpty();
        now.addAndGet(Duration.ofMinutes(1).toNanos());
        assertThat(seldom.take()).hasValue(1);
        now.addAndGet(Duration.ofMinutes(1).toNanos());
        assertThat(seldom.take()).hasValue(0);
    }
}
