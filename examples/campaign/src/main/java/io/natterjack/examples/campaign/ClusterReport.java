package io.natterjack.examples.campaign;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What became of a campaign against a cluster.
 *
 * @param acked messages that were acknowledged
 * @param unanswered messages that never got an answer
 * @param forgotten acknowledged messages that were lost on purpose, when Redis was brought back older
 * @param rate messages that were acknowledged a second, while things broke
 * @param took the time of it all
 * @param violations how promises were broken; empty if they were kept
 */
record ClusterReport(
        ClusterPlan plan,
        int acked,
        int unanswered,
        int forgotten,
        double rate,
        Duration took,
        List<String> violations) {
    boolean isKept() {
        return violations.isEmpty();
    }

    List<String> lines() {
        ClusterPlan.Faults faults = plan.faults();
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%s, %d nodes, %d clients in %d rooms: %d acknowledged messages, %.0f a second, in %d s; %d without an answer",
                plan.backing().name().toLowerCase(Locale.ROOT),
                plan.nodes(),
                plan.clients(),
                plan.rooms(),
                acked,
                rate,
                took.toSeconds(),
                unanswered));
        lines.add(faults.nodeKills() + " nodes killed, " + faults.nodeStops() + " stopped; Redis "
                + faults.redisKills() + " times killed, " + faults.redisStops() + " stopped, " + faults.redisFlushes()
                + " emptied; " + faults.databaseKills() + " database kills, " + faults.cuts() + " cuts, "
                + faults.swallowed() + " swallowed answers");
        if (plan.restored() > 0) {
            lines.add("Redis was brought back older: " + forgotten
                    + " acknowledged messages went with it, and all who had seen" + " them were told");
        }
        lines.addAll(violations);
        lines.add(
                isKept()
                        ? "0 lost, 0 twice, 0 out of order, 0 holes"
                        : violations.size() + " promises broken, or more");
        return lines;
    }
}
