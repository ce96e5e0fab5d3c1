package io.natterjack.examples.campaign;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures what several nodes cost, as ratios of figures of one run. */
@Command(
        name = "cost",
        description =
                "What several nodes cost: delivery, CPU of relaying, of doing nothing, and of the store in Redis.",
        showDefaultValues = true)
final class CostCommand implements Callable<Integer> {
    /** What is measured. */
    private enum Part {
        DELIVERY,
        RELAY,
        IDLE,
        SCRIPT
    }

    private final PrintStream out = System.out;

    @Option(
            names = "--parts",
            split = ",",
            description = "Of ${COMPLETION-CANDIDATES}.",
            defaultValue = "DELIVERY,RELAY,IDLE,SCRIPT")
    private Set<Part> parts = Set.of();

    @Option(names = "--delivery-rate", description = "Messages a second.", defaultValue = "200")
    private int deliveryRate;

    @Option(names = "--relay-rate", description = "Messages a second.", defaultValue = "3000")
    private int relayRate;

    @Option(names = "--listeners", description = "In each room, on each node, besides the sender.", defaultValue = "1")
    private int listeners;

    @Option(names = "--rooms", description = "That the idle node's clients have joined.", defaultValue = "10000")
    private int rooms;

    @Option(names = "--warm-up", description = "In s, before each part.", defaultValue = "20")
    private int warmUp;

    @Option(names = "--seconds", description = "Of each part.", defaultValue = "30")
    private int seconds;

    @Option(names = "--rounds", description = "Of the store and of the script.", defaultValue = "5")
    private int rounds;

    @Option(names = "--round-seconds", description = "Of one round of the store or the script.", defaultValue = "5")
    private int roundSeconds;

    @Option(names = "--server-jar", description = "The runnable jar of examples/standalone.", required = true)
    private Path serverJar = Path.of("");

    @Override
    public Integer call() throws Exception {
        RunFolder folder = RunFolder.create("cost");
        List<Goal> goals = new ArrayList<>();
        Duration before = Duration.ofSeconds(warmUp);
        Duration time = Duration.ofSeconds(seconds);
        if (parts.contains(Part.DELIVERY) || parts.contains(Part.RELAY)) {
            try (PlainNodes nodes = start(folder.path().resolve("talking"))) {
                if (parts.contains(Part.DELIVERY)) {
                    goals.addAll(show(new DeliveryCost(deliveryRate, before, time).measure(nodes)));
                }
                if (parts.contains(Part.RELAY)) {
                    goals.addAll(show(new RelayCost(relayRate, listeners, before, time).measure(nodes)));
                }
            }
        }
        if (parts.contains(Part.IDLE)) {
            // Anew: what talked before would still be cleared away.
            try (PlainNodes nodes = start(folder.path().resolve("idle"))) {
                goals.addAll(show(new IdleCost(rooms, before, time).measure(nodes)));
            }
        }
        if (parts.contains(Part.SCRIPT)) {
            goals.addAll(show(new ScriptCost(rounds, Duration.ofSeconds(roundSeconds)).measure(folder.path())));
        }
        return folder.end(goals.stream().allMatch(Goal::isReached), out);
    }

    private PlainNodes start(Path folder) throws Exception {
        return PlainNodes.start(serverJar, Files.createDirectories(folder), 2, 512);
    }

    private List<Goal> show(List<Goal> goals) {
        goals.forEach(goal -> out.println(goal.line()));
        return goals;
    }
}
