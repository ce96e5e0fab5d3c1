package io.natterjack.client;

import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.function.Consumer;

/** Notices when nothing is heard on a connection any more, and has something said on it before the server thinks so too. Lane only. */
final class Heartbeat {
    /** How much longer than the heartbeat a connection may be silent. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Loop loop;
    private final Consumer<Duration> silent;
    private final Runnable ping;
    private Scheduler.Cancellable watch = () -> {};
    private Duration maxSilence = Duration.ZERO;
    private long lastHeard;
    private Scheduler.Cancellable rest = () -> {};
    private Duration maxRest = Duration.ZERO;
    private long lastSaid;
    private boolean held;

    /**
     * Makes one that does nothing yet.
     *
     * @param silent told how long nothing was heard, once
     * @param ping says something
     */
    Heartbeat(Loop loop, Consumer<Duration> silent, Runnable ping) {
        this.loop = loop;
        this.silent = silent;
        this.ping = ping;
    }

    /** The connection is open: from now on the other side may be silent for {@code max}. */
    void opened(Duration max) {
        watchSilence(max);
    }

    /** The server has told how often it says something. */
    void welcomed(Duration heartbeat) {
        watchSilence(heartbeat.plus(GRACE));
        maxRest = heartbeat.plus(GRACE.dividedBy(2));
        rest = loop.after(maxRest, this::onRest);
    }

    void heard() {
        lastHeard = loop.nanoTime();
    }

    void said() {
        lastSaid = loop.nanoTime();
    }

    /** While this side doesn't read, the silence is its own. */
    void hold(boolean hold) {
        held = hold;
        heard();
    }

    void end() {
        watch.cancel();
        rest.cancel();
    }

    private void watchSilence(Duration max) {
        maxSilence = max;
        heard();
        watch.cancel();
        watch = loop.after(max, this::onWatch);
    }

    private void onWatch() {
        long silentFor = held ? 0 : loop.nanoTime() - lastHeard;
        long left = maxSilence.toNanos() - silentFor;
        if (left <= 0) {
            silent.accept(maxSilence);
        } else {
            watch = loop.after(Duration.ofNanos(left), this::onWatch);
        }
    }

    /** The server's ping may wait unread, behind much else or because reading is held: life must be shown without it. */
    private void onRest() {
        if (loop.nanoTime() - lastSaid >= maxRest.toNanos()) {
            ping.run();
        }
        rest = loop.after(maxRest.minusNanos(loop.nanoTime() - lastSaid), this::onRest);
    }
}
