package io.natterjack.examples.campaign;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What became of a campaign.
 *
 * @param database its name and version
 * @param acked messages that were acknowledged
 * @param unanswered messages that never got an answer
 * @param took the time of it all
 * @param violations how promises were broken; empty if they were kept
 */
record CampaignReport(
        String database, CampaignPlan plan, int acked, int unanswered, Duration took, List<String> violations) {
    boolean isKept() {
        return violations.isEmpty();
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(database + ": " + acked + " acknowledged messages in " + took.toSeconds() + " s, " + unanswered
                + " without an answer; " + plan.serverKills() + " server kills, " + plan.serverStops() + " stops, "
                + plan.databaseKills() + " database kills, " + plan.cuts() + " cuts, " + plan.swallowed()
                + " swallowed answers");
        lines.addAll(violations);
        lines.add(
                isKept()
                        ? "0 lost, 0 twice, 0 out of order, 0 holes"
                        : violations.size() + " promises broken, or more");
        return lines;
    }
}
