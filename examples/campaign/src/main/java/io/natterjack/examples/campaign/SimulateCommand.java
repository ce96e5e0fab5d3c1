package io.natterjack.examples.campaign;

import java.io.PrintStream;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the simulation from many seeds. */
@Command(name = "simulate", description = "Runs the simulation, one seed after another, until one breaks a promise.")
final class SimulateCommand implements Callable<Integer> {
    private final PrintStream out = System.out;

    @Option(names = "--seeds", description = "How many (default: ${DEFAULT-VALUE}).", defaultValue = "1000")
    private int seeds;

    @Option(names = "--first", description = "The first one (default: ${DEFAULT-VALUE}).", defaultValue = "1")
    private long first;

    @Override
    public Integer call() {
        Map<Simulation.Trouble, Integer> troubles = new EnumMap<>(Simulation.Trouble.class);
        long operations = 0;
        int leastOperations = Integer.MAX_VALUE;
        int leastFaults = Integer.MAX_VALUE;
        for (long seed = first; seed < first + seeds; seed++) {
            Simulation.Result result = Simulation.run(seed);
            if (!result.violations().isEmpty()) {
                out.println("seed " + seed + ":");
                result.violations().forEach(violation -> out.println("  " + violation));
                return 1;
            }
            operations += result.operations();
            leastOperations = Math.min(leastOperations, result.operations());
            leastFaults = Math.min(leastFaults, result.faults());
            result.troubles().forEach((trouble, times) -> troubles.merge(trouble, times, Integer::sum));
        }
        out.println(seeds + " seeds, " + operations + " messages (at least " + leastOperations
                + " a seed), faults (at least " + leastFaults + " a seed): " + troubles);
        out.println("0 promises broken");
        return 0;
    }
}
