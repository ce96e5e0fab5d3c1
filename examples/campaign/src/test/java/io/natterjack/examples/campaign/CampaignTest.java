package io.natterjack.examples.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collection;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

final class CampaignTest {
    static Collection<String> parts() {
        return Campaign.commandLine().getSubcommands().keySet();
    }

    @ParameterizedTest
    @MethodSource("parts")
    void eachPartTellsItsOptions(String part) {
        StringWriter out = new StringWriter();
        CommandLine campaign = Campaign.commandLine().setOut(new PrintWriter(out));

        assertThat(campaign.execute(part, "--help")).isZero();
        assertThat(out.toString()).startsWith("Usage: campaign " + part).contains("--help");
    }
}
