package io.natterjack.examples.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SimulationTest {
    private static final int SEEDS = Integer.getInteger("simulation.seeds", 1_000);

    @Test
    void whateverHappensWhatIsPromisedIsKept() {
        // Each seed is a world of its own: as many at once as there are cores.
        Set<Simulation.Trouble> troubles = LongStream.rangeClosed(1, SEEDS)
                .parallel()
                .mapToObj(SimulationTest::troublesOf)
                .flatMap(Set::stream)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Simulation.Trouble.class)));
        assertThat(troubles).containsOnly(Simulation.Trouble.values());
    }

    private static Set<Simulation.Trouble> troublesOf(long seed) {
        Simulation.Result result = Simulation.run(seed);
        assertThat(result.violations()).as("seed " + seed).isEmpty();
        assertThat(result.operations()).as("operations of seed " + seed).isGreaterThanOrEqualTo(300);
        assertThat(result.faults()).as("faults of seed " + seed).isGreaterThanOrEqualTo(5);
        return result.troubles().keySet();
    }

    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void aFaultThatIsPlantedIsFound(SimulatedDatabase.Fault fault) {
        boolean found = false;
        for (long seed = 1; seed <= 20 && !found; seed++) {
            found = !Simulation.run(seed, fault).violations().isEmpty();
        }
        assertThat(found).as(fault + " is found").isTrue();
    }
}
