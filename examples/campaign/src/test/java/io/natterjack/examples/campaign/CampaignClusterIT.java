package io.natterjack.examples.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A fifth of what the command line does at a release to three nodes, and a little in the other ways. */
@Timeout(600)
final class CampaignClusterIT {
    @TempDir
    Path folder;

    @Test
    void nodesOverADatabaseAndRedisThatForgets() throws Exception {
        ClusterPlan.Faults faults = new ClusterPlan.Faults(3, 2, 6_000, 2, 1, 1, 2, 100, 4);
        assertKept(new ClusterPlan(Backing.ROUTER, 40_000, 2_500, 3, 300, 100, 2, faults, 1));
    }

    @Test
    void nodesWithAQueueInRedis() throws Exception {
        ClusterPlan.Faults faults = new ClusterPlan.Faults(1, 1, 3_000, 1, 1, 2, 1, 20, 2);
        assertKept(new ClusterPlan(Backing.QUEUE, 8_000, 1_500, 3, 60, 20, 2, faults, 1));
    }

    @Test
    void nodesOverRedisAlone() throws Exception {
        ClusterPlan.Faults faults = new ClusterPlan.Faults(1, 1, 3_000, 2, 1, 0, 0, 20, 2);
        assertKept(new ClusterPlan(Backing.STORE, 8_000, 1_500, 3, 60, 20, 2, faults, 1));
    }

    @Test
    void whoHasSeenWhatAnOlderCopyOfRedisDoesNotHaveIsToldThatItIsGone() throws Exception {
        ClusterPlan.Faults none = new ClusterPlan.Faults(0, 0, 0, 0, 0, 0, 0, 0, 0);
        ClusterReport report = assertKept(new ClusterPlan(Backing.STORE, 2_000, 1_500, 3, 60, 20, 2, none, 1, 1_000));

        assertThat(report.forgotten()).isGreaterThanOrEqualTo(1_000);
    }

    @Test
    void nodesOverADatabaseAlone() throws Exception {
        ClusterPlan.Faults faults = new ClusterPlan.Faults(1, 1, 3_000, 0, 0, 0, 1, 10, 2);
        assertKept(new ClusterPlan(Backing.SQL, 5_000, 1_500, 2, 40, 20, 2, faults, 1));
    }

    private ClusterReport assertKept(ClusterPlan plan) throws Exception {
        Path jar = Path.of(System.getProperty("natterjack.standalone.jar", ""));
        assertThat(jar).as("the jar of examples/standalone").matches(Files::exists);
        ClusterReport report = new ClusterRun(jar.toAbsolutePath(), folder, plan).run();

        assertThat(report.violations()).isEmpty();
        assertThat(report.acked()).isGreaterThanOrEqualTo(plan.messages());
        assertThat(report.unanswered()).isZero();
        return report;
    }
}
