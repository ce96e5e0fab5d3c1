package io.natterjack.examples.supportdesk;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SupportDeskIT {
    @Test
    void aTalkIsWrittenDownFromItsBeginningToItsEnd() throws Exception {
        assertThat(Day.run().lines())
                .containsExactly(
                        "Transcript of desk-ada",
                        "  system: Welcome! How can we help?",
                        "  ada: My frog is green.",
                        "  system: An agent will be with you in a moment.",
                        "  system: alice is here for you.",
                        "  alice: Frogs are. Is it ill?",
                        "  system: alice hands over to bob.",
                        "  bob: Give it a fly.",
                        "  system: This talk is closed. Thank you!");
    }
}
