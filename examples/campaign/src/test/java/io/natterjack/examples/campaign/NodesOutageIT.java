package io.natterjack.examples.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A little of what the command line does at a release: that it measures, and that nothing is lost. How long things take isn't held against it. */
@Timeout(300)
final class NodesOutageIT {
    private static final Duration SHORT = Duration.ofSeconds(3);

    @TempDir
    Path folder;

    @Test
    void nothingIsLostWithoutPublications() throws Exception {
        assertKept(new OutageCosts(jar(), 50, SHORT, SHORT, SHORT).withoutPublications(folder), 3);
    }

    @Test
    void nothingIsLostWithoutRedis() throws Exception {
        assertKept(new OutageCosts(jar(), 50, SHORT, SHORT, SHORT).withoutRedis(folder), 3);
    }

    @Test
    void nothingIsLostWithANode() throws Exception {
        try (NodeStorm storm = new NodeStorm(jar(), folder, 100, 50, 40, SHORT, SHORT)) {
            assertKept(storm.run(), 4);
        }
    }

    private static void assertKept(List<Goal> goals, int count) {
        assertThat(goals).hasSize(count);
        assertThat(goals)
                .filteredOn(goal -> goal.what().startsWith("lost"))
                .hasSize(1)
                .allMatch(Goal::isReached);
    }

    private static Path jar() {
        Path jar = Path.of(System.getProperty("natterjack.standalone.jar", ""));
        assertThat(jar).as("the jar of examples/standalone").matches(Files::exists);
        return jar.toAbsolutePath();
    }
}
