package io.natterjack.examples.campaign;

import io.natterjack.testkit.FaultProxy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntSupplier;

/**
 * Breaks a cluster, one thing after another, spread over the messages that are acknowledged meanwhile. A node that is stopped stays so
 * while other things break.
 *
 * <p><b>Threads.</b> One, which sleeps while something is broken.
 */
final class ClusterFaults {
    private static final int NONE = -1;
    private static final int MAX_STARTS = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private enum Fault {
        NODE_KILL,
        NODE_STOP,
        REDIS_KILL,
        REDIS_STOP,
        REDIS_FLUSH,
        DATABASE_KILL,
        CUT,
        SWALLOW
    }

    private final NodeCluster cluster;
    private final ClusterPlan plan;
    private final IntSupplier acked;
    private final Random random;
    /** The number of the node that is stopped now; -1 if none is. */
    private int stopped = NONE;

    private long resumeAt;

    /** Makes what breaks {@code cluster}; {@code acked} says how many messages are acknowledged by now. */
    ClusterFaults(NodeCluster cluster, ClusterPlan plan, IntSupplier acked) {
        this.cluster = cluster;
        this.plan = plan;
        this.acked = acked;
        this.random = new Random(plan.seed());
    }

    /** Breaks and mends all that the plan says; afterwards everything runs. */
    void run() {
        List<Fault> faults = faults();
        long share = Math.max(1, plan.messages() / Math.max(1, faults.size()));
        int done = 0;
        try {
            for (Fault fault : faults) {
                awaitAcked(share * done++);
                happen(fault);
            }
            awaitResumed();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (Exception failure) {
            throw new IllegalStateException("fault " + done + " failed", failure);
        }
    }

    private List<Fault> faults() {
        ClusterPlan.Faults counts = plan.faults();
        List<Fault> faults = new ArrayList<>();
        faults.addAll(Collections.nCopies(counts.nodeKills(), Fault.NODE_KILL));
        faults.addAll(Collections.nCopies(counts.nodeStops(), Fault.NODE_STOP));
        faults.addAll(Collections.nCopies(counts.cuts(), Fault.CUT));
        faults.addAll(Collections.nCopies(counts.swallowed(), Fault.SWALLOW));
        faults.addAll(Collections.nCopies(counts.redisKills(), Fault.REDIS_KILL));
        faults.addAll(Collections.nCopies(counts.redisStops(), Fault.REDIS_STOP));
        faults.addAll(Collections.nCopies(counts.redisFlushes(), Fault.REDIS_FLUSH));
        faults.addAll(Collections.nCopies(counts.databaseKills(), Fault.DATABASE_KILL));
        Collections.shuffle(faults, random);
        return faults;
    }

    /** Waits for so many messages; not for ever, since it may be the next fault's business to let them go on. */
    private void awaitAcked(long due) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (acked.getAsInt() < due && System.nanoTime() - deadline < 0) {
            resumeIfDue();
            Thread.sleep(2);
        }
        resumeIfDue();
    }

    private void happen(Fault fault) throws Exception {
        switch (fault) {
            case NODE_KILL -> killNode();
            case NODE_STOP -> stopNode();
            case REDIS_KILL -> killRedis();
            case REDIS_STOP -> stopRedis();
            case REDIS_FLUSH -> cluster.redis().orElseThrow().flush();
            case DATABASE_KILL -> killDatabase();
            case CUT -> anyDoor().cut();
            case SWALLOW -> swallow();
        }
    }

    private Node anyNode() {
        return cluster.nodes().get(random.nextInt(cluster.nodes().size()));
    }

    private void killNode() throws Exception {
        int number = random.nextInt(cluster.nodes().size());
        if (number == stopped) {
            awaitResumed();
        }
        Node node = cluster.nodes().get(number);
        node.process().kill();
        rest(500);
        start(node.process());
    }

    /** As who watches over a service does: what its node needs may be on its way itself, and another attempt finds it. */
    private static void start(ChatProcess process) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                process.restart();
                return;
            } catch (IOException notNow) {
                if (attempt == MAX_STARTS) {
                    throw notNow;
                }
            }
        }
    }

    private void stopNode() throws Exception {
        awaitResumed();
        int number = random.nextInt(cluster.nodes().size());
        cluster.nodes().get(number).process().signal("STOP");
        int shortest = Math.min(1_000, plan.faults().longestStop());
        int millis = shortest + random.nextInt(plan.faults().longestStop() - shortest + 1);
        stopped = number;
        resumeAt = System.nanoTime() + Duration.ofMillis(millis).toNanos();
    }

    private void awaitResumed() throws IOException, InterruptedException {
        while (stopped != NONE) {
            resumeIfDue();
            Thread.sleep(2);
        }
    }

    private void resumeIfDue() throws IOException, InterruptedException {
        if (stopped != NONE && System.nanoTime() - resumeAt >= 0) {
            cluster.nodes().get(stopped).process().signal("CONT");
            stopped = NONE;
        }
    }

    private void killRedis() throws Exception {
        RedisServer redis = cluster.redis().orElseThrow();
        redis.kill();
        rest(2_000);
        redis.restart();
    }

    private void stopRedis() throws Exception {
        RedisServer redis = cluster.redis().orElseThrow();
        redis.signal("STOP");
        rest(3_000);
        redis.signal("CONT");
    }

    private void killDatabase() throws Exception {
        cluster.database().orElseThrow().kill();
        rest(2_000);
        cluster.restartDatabase();
    }

    /** Returns a door of clients in eight of ten cases, else one behind a node. */
    private FaultProxy anyDoor() {
        Node node = anyNode();
        return random.nextInt(10) < 8
                ? node.doors().get(random.nextInt(node.doors().size()))
                : doorBehind(node);
    }

    private FaultProxy doorBehind(Node node) {
        List<FaultProxy> doors = new ArrayList<>();
        Optional.ofNullable(node.databaseDoor()).ifPresent(doors::add);
        Optional.ofNullable(node.redisDoor()).ifPresent(doors::add);
        return doors.get(random.nextInt(doors.size()));
    }

    private void swallow() throws InterruptedException {
        FaultProxy door = doorBehind(anyNode());
        door.swallowReplies();
        rest(50);
        door.cut();
        door.resume();
    }

    private void rest(int atMostMillis) throws InterruptedException {
        Thread.sleep(random.nextInt(atMostMillis));
    }
}
