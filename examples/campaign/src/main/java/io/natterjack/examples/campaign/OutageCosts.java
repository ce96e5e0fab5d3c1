package io.natterjack.examples.campaign;

import io.natterjack.testkit.FaultProxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * What messages between nodes suffer when publications don't come, and when Redis is away.
 *
 * @param rate messages a second, in all
 * @param before how long all is well first
 * @param away how long what is broken stays so
 * @param after how long it is watched then
 */
record OutageCosts(Path serverJar, int rate, Duration before, Duration away, Duration after) {
    private static final int ROOMS = 20;
    private static final double MOST_MILLIS = 2_000;
    private static final double MOST_MILLIS_TO_RECOVER = 5_000;
    private static final Duration WINDOW = Duration.ofMillis(500);

    /** As before is what takes no longer than so many times as long, and so many milliseconds more. */
    private static final double TIMES = 1.5;

    private static final double MORE = 10;

    private static final ClusterPlan.Faults NONE = new ClusterPlan.Faults(0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** All publications to one of two nodes are lost: first its connections to Redis are cut and stay so, then they are open and silent. */
    List<Goal> withoutPublications(Path folder) throws Exception {
        try (NodeCluster cluster = start(folder);
                Crowd crowd = new Crowd();
                CrossTalk talk = new CrossTalk(cluster, crowd, ROOMS)) {
            List<Goal> goals = new ArrayList<>();
            FaultProxy door = Objects.requireNonNull(cluster.nodes().get(1).redisDoor());
            talk.talk(rate, before);
            door.refuse();
            door.cut();
            goals.add(slowest(talk, "cut"));
            door.accept();
            talk.talk(rate, after);
            door.stall(FaultProxy.Direction.TO_CLIENT);
            goals.add(slowest(talk, "silent"));
            door.resume();
            goals.add(lost(talk));
            return goals;
        }
    }

    private Goal slowest(CrossTalk talk, String how) {
        long start = System.nanoTime();
        talk.talk(rate, away);
        long end = System.nanoTime();
        talk.awaitArrival();
        Latencies latencies = talk.latencies();
        String detail = String.format(
                Locale.ROOT,
                "p50 %.0f, p99 %.0f ms, of %d",
                latencies.millis(0.5, start, end),
                latencies.millis(0.99, start, end),
                latencies.count(start, end));
        return Goal.atMost(
                "publications lost (" + how + "): slowest delivery, ms",
                latencies.millis(1, start, end),
                MOST_MILLIS,
                detail);
    }

    /** Redis dies, and is started again later. */
    List<Goal> withoutRedis(Path folder) throws Exception {
        try (NodeCluster cluster = start(folder);
                Crowd crowd = new Crowd();
                CrossTalk talk = new CrossTalk(cluster, crowd, ROOMS)) {
            RedisServer redis = cluster.redis().orElseThrow();
            // What is compiled while it warms up isn't how it is.
            talk.talk(rate, before);
            long well = System.nanoTime();
            talk.talk(rate, before);
            long gone = System.nanoTime();
            redis.kill();
            talk.talk(rate, away);
            CompletableFuture<Long> back = CompletableFuture.supplyAsync(() -> restart(redis));
            talk.talk(rate, after);
            long end = System.nanoTime();
            talk.awaitArrival();
            List<Goal> goals = new ArrayList<>(figures(talk.latencies(), well, gone, back.get(), end));
            goals.add(lost(talk));
            return goals;
        }
    }

    private static List<Goal> figures(Latencies latencies, long well, long gone, long back, long end) {
        double normal = latencies.millis(0.99, well, gone);
        double limit = Math.max(TIMES * normal, normal + MORE);
        String during = String.format(
                Locale.ROOT,
                "p50 %.0f, slowest %.0f ms, of %d; before p99 %.1f ms",
                latencies.millis(0.5, gone, back),
                latencies.millis(1, gone, back),
                latencies.count(gone, back),
                normal);
        String afterwards = String.format(
                Locale.ROOT,
                "until p99 <= %.1f ms; p99 of all since its return %.1f ms",
                limit,
                latencies.millis(0.99, back, end));
        return List.of(
                Goal.atMost("Redis away: delivery p99, ms", latencies.millis(0.99, gone, back), MOST_MILLIS, during),
                Goal.atMost(
                        "Redis back: ms until p99 is as before",
                        latencies.millisUntilP99(limit, WINDOW, back, end),
                        MOST_MILLIS_TO_RECOVER,
                        afterwards));
    }

    /** Returns when it answered. */
    private static long restart(RedisServer redis) {
        try {
            redis.restart();
            return System.nanoTime();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static Goal lost(CrossTalk talk) {
        List<String> violations = talk.violations();
        return Goal.atMost(
                "lost, twice, out of order or unanswered",
                violations.size(),
                0,
                talk.acked() + " acked" + (violations.isEmpty() ? "" : "; " + String.join("; ", violations)));
    }

    private NodeCluster start(Path folder) throws Exception {
        ClusterPlan plan = new ClusterPlan(Backing.ROUTER, 1, rate, 2, 2 * ROOMS, ROOMS, 1, NONE, 1);
        return NodeCluster.start(serverJar, Files.createDirectories(folder), plan);
    }
}
