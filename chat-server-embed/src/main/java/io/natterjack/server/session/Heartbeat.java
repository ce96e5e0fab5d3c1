package io.natterjack.server.session;

import io.natterjack.core.lane.Lane;
import io.natterjack.core.spi.Scheduler;
import java.time.Duration;

/**
 * Pings a client that has been silent for a while, and gives up if it stays so. Whatever it sends is life.
 *
 * <p><b>Threads.</b> {@link #heard}: the transport's. All else: the session's lane.
 */
final class Heartbeat {
    private final Scheduler scheduler;
    private final Duration interval;
    private final Duration pongTimeout;
    private final Lane lane;
    private final Runnable ping;
    private final Runnable lost;
    private volatile long heardAt;

    // Lane only.
    private Scheduler.Cancellable timer = () -> {};
    private boolean stopped;

    Heartbeat(SessionContext context, Lane lane, Runnable ping, Runnable lost) {
        this.scheduler = context.scheduler();
        this.interval = context.settings().heartbeat();
        this.pongTimeout = context.settings().pongTimeout();
        this.lane = lane;
        this.ping = ping;
        this.lost = lost;
        this.heardAt = scheduler.nanoTime();
    }

    void heard() {
        heardAt = scheduler.nanoTime();
    }

    void start() {
        checkAfter(interval, this::check);
    }

    void stop() {
        stopped = true;
        timer.cancel();
    }

    private void check() {
        Duration silence = silence();
        if (silence.compareTo(interval) < 0) {
            checkAfter(interval.minus(silence), this::check);
            return;
        }
        ping.run();
        checkAfter(pongTimeout, this::checkAnswer);
    }

    private void checkAnswer() {
        if (silence().compareTo(interval.plus(pongTimeout)) >= 0) {
            lost.run();
        } else {
            check();
        }
    }

    private Duration silence() {
        return Duration.ofNanos(scheduler.nanoTime() - heardAt);
    }

    private void checkAfter(Duration delay, Runnable check) {
        timer = scheduler.after(
                delay,
                () -> lane.execute(() -> {
                    if (!stopped) {
                        check.run();
                    }
                }));
    }
}
