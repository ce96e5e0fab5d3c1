package io.natterjack.examples.loadtest;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * Carries a plan out: connects all, warms up, measures, lets what is under way arrive, and checks that everybody has everything.
 *
 * <p><b>Threads.</b> One, which never waits while something is due.
 */
final class LoadRun implements Peer.Run, AutoCloseable {
    /** What came out of it. */
    record Outcome(Plan plan, Tally tally, double connectSeconds, double seconds, long sent, long serverMicros) {}

    private static final int CONNECTING_AT_ONCE = 64;
    private static final int TRIES = 5;
    private static final long MILLI = 1_000_000;
    private static final long TICK = 20 * MILLI;
    private static final Duration CONNECT_PATIENCE = Duration.ofMinutes(3);
    private static final Duration ARRIVAL_PATIENCE = Duration.ofSeconds(20);

    private final Plan plan;
    private final PrintStream progress;
    private final Duration patience;
    private final Tally tally = new Tally();
    private final Selector selector;
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(256 << 10);
    private final List<Peer> peers = new ArrayList<>();
    private final List<Peer> healthy = new ArrayList<>();
    private final List<RoomCheck> rooms = new ArrayList<>();
    private final Queue<Peer> toConnect = new ArrayDeque<>();
    private final Random random = new Random(1);
    private int connecting;
    private int joined;
    private boolean running;
    private long nextTick = System.nanoTime();
    private long nextProgress = System.nanoTime();

    LoadRun(Plan plan, PrintStream progress) throws IOException {
        this(plan, progress, ARRIVAL_PATIENCE);
    }

    /**
     * Makes a run.
     *
     * @param patience how long what is under way at the end may take
     */
    LoadRun(Plan plan, PrintStream progress, Duration patience) throws IOException {
        this.plan = plan;
        this.patience = patience;
        this.progress = progress;
        this.selector = Selector.open();
    }

    /**
     * Runs it all.
     *
     * @throws IOException if not all could connect
     */
    Outcome run() throws IOException {
        double connectSeconds = connectAll();
        if (plan.idle()) {
            pump("idle", plan.duration().toNanos(), () -> false);
            return new Outcome(plan, tally, connectSeconds, 1, 0, 0);
        }
        ServerCpu cpu = new ServerCpu(plan.serverPids());
        running = true;
        Load load = plan.inFlight() > 0 ? new ClosedLoop() : new OpenLoop();
        drive("warming up", load, plan.warmUp());
        tally.begin();
        long before = cpu.micros();
        long start = System.nanoTime();
        drive("measuring", load, plan.duration());
        double seconds = (System.nanoTime() - start) / 1e9;
        Outcome outcome =
                new Outcome(plan, copyOfNumbers(), connectSeconds, seconds, tally.sent, cpu.micros() - before);
        running = false;
        letArrive();
        outcome.tally.lost = tally.lost;
        outcome.tally.unanswered = tally.unanswered;
        outcome.tally.missing = tally.missing;
        outcome.tally.duplicates = tally.duplicates;
        outcome.tally.outOfOrder = tally.outOfOrder;
        outcome.tally.cut = tally.cut;
        outcome.tally.resumed = tally.resumed;
        outcome.tally.gaps = tally.gaps;
        outcome.tally.refused.putAll(tally.refused);
        return outcome;
    }

    /** What arrives after the end isn't measured. */
    private Tally copyOfNumbers() {
        Tally copy = new Tally();
        copy.latency.add(tally.latency);
        copy.sent = tally.sent;
        copy.acked = tally.acked;
        copy.delivered = tally.delivered;
        copy.heldBack = tally.heldBack;
        copy.failedConnects = tally.failedConnects;
        return copy;
    }

    private double connectAll() throws IOException {
        String runName = Long.toString(System.nanoTime(), 36);
        for (int i = 0; i < plan.connections(); i++) {
            if (i % plan.roomSize() == 0) {
                rooms.add(new RoomCheck(tally));
            }
            Peer peer = new Peer(this, i, "load-" + i / plan.roomSize(), rooms.get(rooms.size() - 1), runName);
            peers.add(peer);
            if (peer.isHealthy()) {
                healthy.add(peer);
            }
        }
        toConnect.addAll(peers);
        long start = System.nanoTime();
        pump("connecting", CONNECT_PATIENCE.toNanos(), () -> joined == peers.size());
        if (joined < peers.size()) {
            throw new IOException(
                    "only " + joined + " of " + peers.size() + " connections came to be " + tally.refused);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private void connectSome() throws IOException {
        while (connecting < CONNECTING_AT_ONCE && !toConnect.isEmpty()) {
            connecting++;
            toConnect.remove().connect();
        }
    }

    private interface Load {
        /** Sends what is due; returns in how many nanoseconds something will be. */
        long sendDue(long now);
    }

    private final class OpenLoop implements Load {
        private final Schedule schedule = new Schedule(System.nanoTime(), plan.rate());

        @Override
        public long sendDue(long now) {
            // A few at a time, so that a generator that is late goes on reading.
            for (int i = 0; i < 16 && schedule.nextDue() <= now; i++) {
                healthy.get(random.nextInt(healthy.size())).send(schedule.nextDue());
                schedule.advance();
            }
            return schedule.nextDue() - now;
        }
    }

    private final class ClosedLoop implements Load {
        ClosedLoop() {
            for (int room = 0; room < rooms.size(); room++) {
                for (int i = 0; i < plan.inFlight(); i++) {
                    int first = room * plan.roomSize();
                    int size = Math.min(plan.roomSize(), peers.size() - first);
                    peers.get(first + i % size).send(System.nanoTime());
                }
            }
        }

        @Override
        public long sendDue(long now) {
            return TICK;
        }
    }

    private void drive(String what, Load load, Duration time) throws IOException {
        long end = System.nanoTime() + time.toNanos();
        for (long now = System.nanoTime(); now - end < 0; now = System.nanoTime()) {
            turn(what, load.sendDue(now));
        }
    }

    private void pump(String what, long nanos, BooleanSupplier done) throws IOException {
        long end = System.nanoTime() + nanos;
        while (!done.getAsBoolean() && System.nanoTime() - end < 0) {
            turn(what, MILLI);
        }
    }

    private void turn(String what, long nanosToNext) throws IOException {
        connectSome();
        if (nanosToNext > MILLI) {
            selector.select(key -> ((Peer) key.attachment()).ready(), 1);
        } else {
            selector.selectNow(key -> ((Peer) key.attachment()).ready());
        }
        long now = System.nanoTime();
        if (now - nextTick >= 0) {
            nextTick = now + TICK;
            peers.forEach(peer -> peer.tick(now));
        }
        if (now - nextProgress >= 0) {
            nextProgress = now + 1_000 * MILLI;
            progress.printf(
                    "%-10s %,d joined, %,d sent, %,d delivered, p99 %.2f ms%n",
                    what, joined, tally.sent, tally.delivered, tally.latency.getValueAtPercentile(99) / 1e6);
        }
    }

    /** Everybody reads what is left for them; those that were cut come back for it. */
    private void letArrive() throws IOException {
        peers.forEach(Peer::readAll);
        pump(
                "arriving",
                patience.toNanos(),
                () -> joined == peers.size()
                        && peers.stream().allMatch(Peer::isSettled)
                        && rooms.stream().allMatch(RoomCheck::isComplete));
        rooms.forEach(RoomCheck::countLost);
        tally.unanswered = peers.stream().mapToLong(Peer::unsettled).sum();
        tally.missing = (long) peers.size() - joined;
    }

    @Override
    public Plan plan() {
        return plan;
    }

    @Override
    public Tally tally() {
        return tally;
    }

    @Override
    public Selector selector() {
        return selector;
    }

    @Override
    public ByteBuffer readBuffer() {
        return readBuffer;
    }

    @Override
    public void joined(Peer peer, boolean again) {
        connecting--;
        joined++;
        tally.resumed += again ? 1 : 0;
    }

    @Override
    public void cameBack(Peer peer) {
        if (running && plan.inFlight() > 0) {
            peer.send(System.nanoTime());
        }
    }

    @Override
    public void lost(Peer peer, boolean hadJoined) {
        if (hadJoined) {
            joined--;
        } else {
            connecting--;
        }
        // Whatever it is: more of it helps nobody.
        if (tally.cut + tally.failedConnects < (long) TRIES * peers.size()) {
            toConnect.add(peer);
        }
    }

    @Override
    public void close() throws IOException {
        peers.forEach(Peer::close);
        selector.close();
    }
}
