package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.spi.Scheduler;
import io.natterjack.testkit.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class HeartbeatsTest {
    private static final Duration INTERVAL = Duration.ofSeconds(25);
    private static final Duration PONG_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration A_BIT = Duration.ofMillis(1);

    private final ManualScheduler time = new ManualScheduler();
    private final StallingTime clock = new StallingTime(time);
    private final Heartbeats wheel = new Heartbeats(clock, INTERVAL, PONG_TIMEOUT);
    private final List<String> seen = new ArrayList<>();

    /** Time that can stand still for this process: then its clock has jumped, and its timers are late. */
    private static final class StallingTime implements Scheduler {
        private final ManualScheduler time;
        private long stalled;

        StallingTime(ManualScheduler time) {
            this.time = time;
        }

        void stall(Duration by) {
            stalled += by.toNanos();
        }

        @Override
        public long wallMillis() {
            return time.wallMillis();
        }

        @Override
        public long nanoTime() {
            return time.nanoTime() + stalled;
        }

        @Override
        public Cancellable after(Duration delay, Runnable task) {
            return time.after(delay, task);
        }
    }

    private Heartbeats.Beat start(String name) {
        Heartbeats.Beat beat = wheel.beat(new Heartbeats.Pulse() {
            @Override
            public void ping() {
                seen.add("ping " + name);
            }

            @Override
            public void lost() {
                seen.add("lost " + name);
            }
        });
        wheel.start(beat);
        return beat;
    }

    @Test
    void whoIsSilentIsPingedAndThenLost() {
        start("ada");
        time.advance(INTERVAL.minus(A_BIT));
        assertThat(seen).isEmpty();
        time.advance(A_BIT);
        assertThat(seen).containsExactly("ping ada");
        time.advance(PONG_TIMEOUT.minus(A_BIT));
        assertThat(seen).containsExactly("ping ada");
        time.advance(A_BIT);
        assertThat(seen).containsExactly("ping ada", "lost ada");
        time.advance(INTERVAL.multipliedBy(3));
        assertThat(seen).hasSize(2);
    }

    @Test
    void whoAnswersIsAskedAgainAfterTheNextSilence() {
        Heartbeats.Beat ada = start("ada");
        time.advance(INTERVAL);
        time.advance(TICK);
        wheel.heard(ada);
        time.advance(INTERVAL.minus(A_BIT));
        assertThat(seen).containsExactly("ping ada");
        time.advance(TICK.plus(A_BIT));
        assertThat(seen).containsExactly("ping ada", "ping ada");
    }

    @Test
    void whoTalksIsNeverAsked() {
        Heartbeats.Beat ada = start("ada");
        for (int i = 0; i < 100; i++) {
            time.advance(INTERVAL.minus(A_BIT).minus(TICK));
            wheel.heard(ada);
        }

        assertThat(seen).isEmpty();
    }

    @Test
    void whoGoesIsForgottenAndAnEmptyWheelStands() {
        Heartbeats.Beat ada = start("ada");
        Heartbeats.Beat bob = start("bob");
        wheel.stop(ada);
        wheel.stop(ada);
        time.advance(INTERVAL);
        assertThat(seen).containsExactly("ping bob");
        wheel.stop(bob);

        assertThat(time.waitingTimers()).isZero();
        time.advance(INTERVAL);
        start("eve");
        time.advance(INTERVAL);
        assertThat(seen).containsExactly("ping bob", "ping eve");
    }

    @Test
    void amongManyEachIsPingedInTimeAndOnlyWhenSilent() {
        Random random = new Random(7);
        List<Heartbeats.Beat> beats = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            beats.add(start(String.valueOf(i)));
            time.advance(Duration.ofMillis(random.nextInt(300)));
        }
        seen.clear();
        beats.forEach(wheel::heard);
        for (int second = 0; second < 30; second++) {
            time.advance(TICK);
            for (int i = 0; i < 100; i++) {
                wheel.heard(beats.get(i));
            }
        }

        assertThat(seen)
                .hasSize(100)
                .doesNotHaveDuplicates()
                .allSatisfy(each -> assertThat(each).matches("ping 1\\d\\d"));
    }

    @Test
    void afterAStallThoseWhoAreAskedHaveTheirTimeToAnswer() {
        Heartbeats.Beat ada = start("ada");
        time.advance(Duration.ofSeconds(24));
        clock.stall(Duration.ofSeconds(20));
        time.advance(Duration.ofSeconds(2));
        assertThat(seen).containsExactly("ping ada");
        time.advance(Duration.ofSeconds(7));
        wheel.heard(ada);
        time.advance(PONG_TIMEOUT);

        assertThat(seen).containsExactly("ping ada");
    }

    @Test
    void anAnswerThatCameDuringAStallCounts() {
        Heartbeats.Beat ada = start("ada");
        time.advance(INTERVAL);
        clock.stall(Duration.ofMinutes(1));
        time.advance(Duration.ofSeconds(2));
        wheel.heard(ada); // read only now
        time.advance(INTERVAL.minus(A_BIT));

        assertThat(seen).containsExactly("ping ada");
    }

    @Test
    void whoStaysSilentAfterAStallIsLost() {
        start("ada");
        time.advance(INTERVAL);
        clock.stall(Duration.ofMinutes(1));
        time.advance(PONG_TIMEOUT.plus(TICK));

        assertThat(seen).containsExactly("ping ada", "lost ada");
    }
}
