package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.testkit.ManualScheduler;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class TokenBucketTest {
    private final ManualScheduler time = new ManualScheduler();
    private final TokenBucket bucket = new TokenBucket(time, 10, 3);

    @Test
    void aBurstPassesAtOnce() {
        for (int i = 0; i < 3; i++) {
            assertThat(bucket.take()).isZero();
        }
        assertThat(bucket.take()).as("one for the debt, one to take").isEqualTo(Duration.ofMillis(200));
    }

    @Test
    void itFillsAtItsRateUpToTheBurst() {
        aBurstPassesAtOnce();
        time.advance(Duration.ofMillis(200));
        assertThat(bucket.take()).as("one for the debt, one to take").isZero();
        time.advance(Duration.ofHours(1));
        for (int i = 0; i < 3; i++) {
            assertThat(bucket.take()).isZero();
        }
        assertThat(bucket.take()).isPositive();
    }

    @Test
    void whoGoesOnRunsIntoDebt() {
        for (int i = 0; i < 13; i++) {
            bucket.take();
        }
        assertThat(bucket.debt()).isEqualTo(10);
    }

    @Test
    void withoutARateEverythingPasses() {
        TokenBucket open = new TokenBucket(time, 0, 0);
        for (int i = 0; i < 1_000; i++) {
            assertThat(open.take()).isZero();
        }
        assertThat(open.debt()).isZero();
    }

    @Test
    void whoComesBackWhenItWasToldIsServed() {
        TokenBucket bucket = new TokenBucket(time, 20, 1);
        bucket.take();
        for (int i = 0; i < 100; i++) {
            Duration wait = bucket.take();
            assertThat(wait).isPositive();
            time.advance(wait);
            assertThat(bucket.take()).isZero();
        }
    }

    @Test
    void whoIsTurnedAwayIsToldWhenOneIsThere() {
        TokenBucket bucket = new TokenBucket(time, 1, 1);
        bucket.take();
        assertThat(bucket.tryTake()).isEqualTo(Duration.ofSeconds(1));
        time.advance(Duration.ofMillis(999));
        assertThat(bucket.tryTake()).isPositive();
        time.advance(Duration.ofMillis(1));
        assertThat(bucket.tryTake()).isZero();
    }
}
