package io.natterjack.examples.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SimulationTest {
    private static final int SEEDS = Integer.getInteger("simulation.seeds", 1_000);

    @Test
    void whateverHappensWhatIsPromisedIsKept() {
        Map<Simulation.Trouble, Integer> troubles = new EnumMap<>(Simulation.Trouble.class);
        for (long seed = 1; seed <= SEEDS; seed++) {
            Simulation.Result result = Simulation.run(seed);
            assertThat(result.violations()).as("seed " + seed).isEmpty();
            assertThat(result.operations()).as("operations of seed " + seed).isGreaterThanOrEqualTo(300);
            assertThat(result.faults()).as("faults of seed " + seed).isGreaterThanOrEqualTo(5);
            result.troubles().forEach((trouble, times) -> troubles.merge(trouble, times, Integer::sum));
        }
        assertThat(troubles).containsOnlyKeys(Simulation.Trouble.values());
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
