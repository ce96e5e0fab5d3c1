package io.natterjack.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ManualSchedulerTest {
    private final ManualScheduler time = new ManualScheduler();
    private final List<String> ran = new ArrayList<>();

    @Test
    void nothingRunsUntilTheTestSaysSo() {
        time.execute(() -> ran.add("task"));
        time.after(Duration.ZERO, () -> ran.add("timer"));
        assertThat(ran).isEmpty();

        time.runAll();
        assertThat(ran).containsExactly("task", "timer");
    }

    @Test
    void timersRunWhenTheyAreDueAndSeeTheTimeThatTheyWereSetFor() {
        time.after(Duration.ofSeconds(2), () -> ran.add("two at " + seconds()));
        time.after(Duration.ofSeconds(1), () -> ran.add("one at " + seconds()));

        time.advance(Duration.ofMillis(1_999));
        assertThat(ran).containsExactly("one at 1");

        time.advance(Duration.ofMillis(1));
        assertThat(ran).containsExactly("one at 1", "two at 2");
        assertThat(time.wallMillis()).isEqualTo(ManualScheduler.START_MILLIS + 2_000);
        assertThat(time.nanoTime()).isEqualTo(2_000_000_000L);
    }

    @Test
    void whatATimerAddsRunsBeforeTheNextTimer() {
        time.after(Duration.ofSeconds(1), () -> time.execute(() -> ran.add("task at " + seconds())));
        time.after(Duration.ofSeconds(1), () -> ran.add("timer"));

        time.advance(Duration.ofSeconds(5));
        assertThat(ran).containsExactly("task at 1", "timer");
    }

    @Test
    void aTimerThatWasCalledOffDoesNotRun() {
        var timer = time.after(Duration.ofSeconds(1), () -> ran.add("timer"));
        timer.cancel();
        timer.cancel();

        time.advance(Duration.ofSeconds(5));
        assertThat(ran).isEmpty();
        assertThat(time.waitingTimers()).isZero();
    }

    @Test
    void whatIsLeftAfterATaskThatThrowsRunsNextTime() {
        time.execute(() -> {
            throw new IllegalStateException("on purpose");
        });
        time.execute(() -> ran.add("next"));

        assertThatThrownBy(time::runAll).hasMessage("on purpose");
        time.runAll();
        assertThat(ran).containsExactly("next");
    }

    @Test
    void aJumpOfTheWallClockMovesNoTimer() {
        time.after(Duration.ofSeconds(1), () -> ran.add("timer"));
        time.jumpWall(Duration.ofHours(1));
        time.runAll();

        assertThat(ran).isEmpty();
        assertThat(time.wallMillis()).isEqualTo(ManualScheduler.START_MILLIS + 3_600_000);
    }

    private long seconds() {
        return (time.wallMillis() - ManualScheduler.START_MILLIS) / 1_000;
    }
}
