package io.natterjack.server.session;

import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Pings clients that have been silent for a while, and gives up those that stay so. Whatever a client sends is life.
 *
 * <p>One timer serves all clients: a wheel that is turned once a second looks at those of one slot (a hashed timing wheel, Varghese and
 * Lauck 1987). So a client costs an entry in a list, and hearing from it costs a write; a ping may be up to a second late.
 *
 * <p><b>Threads.</b> Any. Pulses are called by the timer's thread, which holds no lock then.
 */
final class Heartbeats {
    /** A client, to the wheel. Must not block. */
    interface Pulse {
        /** It has been silent for long enough to be asked whether it is there. */
        void ping();

        /** It hasn't answered. */
        void lost();
    }

    /** A client's place in the wheel. */
    static final class Beat {
        private final Pulse pulse;
        private volatile long heardAt;

        // Guarded by the wheel.
        private Beat before = this;
        private Beat after = this;
        private boolean pinged;

        private Beat(Pulse pulse) {
            this.pulse = pulse;
        }

        private void insertBefore(Beat other) {
            before = other.before;
            after = other;
            before.after = this;
            other.before = this;
        }

        private void remove() {
            before.after = after;
            after.before = before;
            before = this;
            after = this;
        }
    }

    private static final Pulse NOBODY = new Pulse() {
        @Override
        public void ping() {}

        @Override
        public void lost() {}
    };

    private static final long TICK_NANOS = Duration.ofSeconds(1).toNanos();

    private final Scheduler scheduler;
    private final long interval;
    private final long pongTimeout;

    // Guarded by this.
    /** Each is the head of a ring. */
    private final List<Beat> slots;

    private long startedAt;
    private long ticks;
    private int count;
    private Scheduler.Cancellable timer = () -> {};

    /**
     * Makes an empty wheel.
     *
     * @param interval after how long a silence a client is pinged
     * @param pongTimeout how long the answer may take
     */
    Heartbeats(Scheduler scheduler, Duration interval, Duration pongTimeout) {
        this.scheduler = scheduler;
        this.interval = interval.toNanos();
        this.pongTimeout = pongTimeout.toNanos();
        int size = (int) (Math.max(this.interval, this.pongTimeout) / TICK_NANOS) + 2;
        slots = IntStream.range(0, size).mapToObj(i -> new Beat(NOBODY)).toList();
    }

    /** Makes a place for a client, which is yet to be started. */
    Beat beat(Pulse pulse) {
        Beat beat = new Beat(pulse);
        heard(beat);
        return beat;
    }

    void heard(Beat beat) {
        beat.heardAt = scheduler.nanoTime();
    }

    synchronized void start(Beat beat) {
        if (count++ == 0) {
            startedAt = scheduler.nanoTime();
            ticks = 0;
            turnLater();
        }
        insert(beat, beat.heardAt + interval);
    }

    /** Forgets a client; also if it wasn't started. */
    synchronized void stop(Beat beat) {
        if (beat.after != beat) {
            beat.remove();
            forget();
        }
    }

    private void forget() {
        if (--count == 0) {
            timer.cancel();
        }
    }

    private void insert(Beat beat, long dueAt) {
        long tick = Math.max(ticks + 1, Math.floorDiv(dueAt - startedAt + TICK_NANOS - 1, TICK_NANOS));
        beat.insertBefore(slots.get((int) (tick % slots.size())));
    }

    private void turnLater() {
        long dueIn = startedAt + (ticks + 1) * TICK_NANOS - scheduler.nanoTime();
        long wheel = startedAt;
        timer = scheduler.after(Duration.ofNanos(Math.max(0, dueIn)), () -> turn(wheel));
    }

    private void turn(long wheel) {
        List<Pulse> silent = new ArrayList<>();
        List<Pulse> lost = new ArrayList<>();
        synchronized (this) {
            if (count == 0 || wheel != startedAt) {
                return; // cancelled too late
            }
            forgiveStall();
            ticks++;
            check(slots.get((int) (ticks % slots.size())), silent, lost);
            if (count > 0) {
                turnLater();
            }
        }
        silent.forEach(Pulse::ping);
        lost.forEach(Pulse::lost);
    }

    /** What stood still with this process heard nobody: everybody gets that much more time. Guarded by this. */
    private void forgiveStall() {
        long late = scheduler.nanoTime() - startedAt - (ticks + 1) * TICK_NANOS;
        if (late > TICK_NANOS) {
            startedAt += late;
        }
    }

    private void check(Beat head, List<Pulse> silent, List<Pulse> lost) {
        long now = scheduler.nanoTime();
        List<Beat> due = new ArrayList<>();
        for (Beat beat = head.after; beat != head; beat = beat.after) {
            due.add(beat);
        }
        for (Beat beat : due) {
            beat.remove();
            long silence = now - beat.heardAt;
            if (beat.pinged && silence >= interval + pongTimeout) {
                forget();
                lost.add(beat.pulse);
                continue;
            }
            beat.pinged = silence >= interval;
            if (beat.pinged) {
                silent.add(beat.pulse);
            }
            insert(beat, beat.pinged ? now + pongTimeout : beat.heardAt + interval);
        }
    }
}
