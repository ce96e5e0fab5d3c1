package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.server.node.Nodes;
import io.natterjack.testkit.InMemoryMedium;
import io.natterjack.testkit.ManualScheduler;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Rates over several nodes; {@link RateLimitsTest} has those of one. */
final class RatesTest {
    private static final RoomId LOBBY = new RoomId("lobby");
    private static final UserId ADA = new UserId("ada");
    private static final UserId BOB = new UserId("bob");

    private final ManualScheduler time = new ManualScheduler();
    private final InMemoryMedium medium = new InMemoryMedium(time);
    private final Rates here = node("here");
    private final Rates there = node("there");

    private Rates node(String name) {
        Nodes nodes = new Nodes(medium.join(name), time, time);
        Rates rates = new Rates(time, new Rates.Rate(1, 10), new Rates.Rate(100, 100), nodes);
        nodes.start();
        time.runAll();
        return rates;
    }

    private static int taken(Rates rates, UserId user, int wanted) {
        int taken = 0;
        for (int i = 0; i < wanted; i++) {
            taken += rates.take(LOBBY, user).isZero() ? 1 : 0;
        }
        return taken;
    }

    @Test
    void whatOneNodeLetsThroughIsTakenFromTheOther() {
        assertThat(taken(here, ADA, 7)).isEqualTo(7);
        time.advance(Duration.ofMillis(300));

        assertThat(taken(there, ADA, 10)).isEqualTo(3);
        assertThat(taken(there, BOB, 10)).isEqualTo(10);
    }

    @Test
    void whoTakesMoreOnTwoNodesAtOnceWaitsForItAfterwards() {
        assertThat(taken(here, ADA, 10)).isEqualTo(10);
        assertThat(taken(there, ADA, 10)).isEqualTo(10);
        time.advance(Duration.ofSeconds(5));

        assertThat(taken(here, ADA, 10) + taken(there, ADA, 10)).isZero();
        time.advance(Duration.ofSeconds(10));
        assertThat(taken(here, ADA, 10)).isBetween(4, 6);
    }

    @Test
    void slowModeHoldsOnAllNodes() {
        Duration pause = Duration.ofSeconds(30);
        assertThat(here.takeSlowly(LOBBY, ADA, pause, time.nanoTime())).isZero();
        time.runAll();
        time.advance(Duration.ofSeconds(10));

        assertThat(there.takeSlowly(LOBBY, ADA, pause, time.nanoTime()))
                .isBetween(Duration.ofSeconds(20), Duration.ofSeconds(21));
        assertThat(there.takeSlowly(LOBBY, BOB, pause, time.nanoTime())).isZero();
    }

    @Test
    void aTurnIsGivenBackByWhoTookItAlone() {
        Duration pause = Duration.ofSeconds(30);
        long first = time.nanoTime();
        assertThat(here.takeSlowly(LOBBY, ADA, pause, first)).isZero();
        time.advance(pause);
        assertThat(here.takeSlowly(LOBBY, ADA, pause, time.nanoTime())).isZero();
        here.giveBackSlowly(LOBBY, ADA, first);
        assertThat(here.takeSlowly(LOBBY, ADA, pause, time.nanoTime())).isPositive();
        here.giveBackSlowly(LOBBY, ADA, time.nanoTime());
        assertThat(here.takeSlowly(LOBBY, ADA, pause, time.nanoTime())).isZero();
    }

    @Test
    void nodesThatDontHearEachOtherHaveARateEach() {
        medium.away(true);
        assertThat(taken(here, ADA, 10)).isEqualTo(10);
        time.advance(Duration.ofMillis(300));
        assertThat(taken(there, ADA, 10)).isEqualTo(10);
    }

    @Test
    void whatItsRoomRefusesCostsAUserNothing() {
        Rates rates = new Rates(time, new Rates.Rate(1, 2), new Rates.Rate(1, 1), Nodes.alone(Runnable::run, time));
        assertThat(rates.take(LOBBY, ADA)).isZero();
        assertThat(rates.take(LOBBY, ADA)).isPositive();

        assertThat(rates.take(new RoomId("other"), ADA)).isZero();
    }
}
