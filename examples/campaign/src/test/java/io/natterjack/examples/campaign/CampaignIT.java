package io.natterjack.examples.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A fifth of what the command line does at a release, and a little on the other databases. */
@Timeout(600)
final class CampaignIT {
    private static final CampaignPlan A_FIFTH = new CampaignPlan(40_000, 2_000, 2, 12, 4, 3, 2, 2, 100, 10, 1);
    private static final CampaignPlan A_LITTLE = new CampaignPlan(5_000, 1_500, 2, 6, 3, 1, 1, 1, 10, 3, 1);

    @TempDir
    Path folder;

    @Test
    void onPostgresWhatIsPromisedIsKept() throws Exception {
        assertKept("postgresql", A_FIFTH);
    }

    @Test
    @EnabledIf(
            value = "io.natterjack.examples.campaign.MariaServer#isInstalled",
            disabledReason = "no MariaDB server is installed")
    void onMariaDbWhatIsPromisedIsKept() throws Exception {
        assertKept("mariadb", A_LITTLE);
    }

    @Test
    void onSqliteWhatIsPromisedIsKept() throws Exception {
        assertKept("sqlite", A_LITTLE);
    }

    private void assertKept(String database, CampaignPlan plan) throws Exception {
        Path jar = Path.of(System.getProperty("natterjack.standalone.jar", ""));
        assertThat(jar).as("the jar of examples/standalone").matches(Files::exists);
        CampaignReport report = new CampaignRun(jar.toAbsolutePath(), folder, database, plan).run();

        assertThat(report.violations()).isEmpty();
        assertThat(report.acked()).isGreaterThanOrEqualTo(plan.messages());
        assertThat(report.unanswered()).isZero();
    }
}
