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

/** Takes away what joins nodes, and a node, and looks what clients notice. */
@Command(
        name = "nodes-outage",
        description =
                "Loses publications between nodes, then Redis, then a node with all its clients; measures what clients notice.",
        showDefaultValues = true)
final class NodesOutageCommand implements Callable<Integer> {
    /** What is taken away. */
    private enum Part {
        PUBLICATIONS,
        REDIS,
        NODE
    }

    private final PrintStream out = System.out;

    @Option(
            names = "--parts",
            split = ",",
            description = "Of ${COMPLETION-CANDIDATES}.",
            defaultValue = "PUBLICATIONS,REDIS,NODE")
    private Set<Part> parts = Set.of();

    @Option(names = "--rate", description = "Messages a second, all senders together.", defaultValue = "200")
    private int rate;

    @Option(names = "--clients", description = "Of the node that is killed.", defaultValue = "5000")
    private int clients;

    @Option(names = "--watched-each", description = "How many people one watcher watches.", defaultValue = "40")
    private int watchedEach;

    @Option(names = "--before", description = "How long all is well first, in s.", defaultValue = "15")
    private int before;

    @Option(names = "--lost", description = "How long publications are lost, each way, in s.", defaultValue = "20")
    private int lost;

    @Option(names = "--away", description = "How long Redis is away, in s.", defaultValue = "60")
    private int away;

    @Option(
            names = "--after",
            description = "How long it is watched afterwards, in s; more than 20 to see who is taken for gone.",
            defaultValue = "30")
    private int after;

    @Option(names = "--server-jar", description = "The runnable jar of examples/standalone.", required = true)
    private Path serverJar = Path.of("");

    @Override
    public Integer call() throws Exception {
        RunFolder folder = RunFolder.create("nodes");
        Duration well = Duration.ofSeconds(before);
        Duration watched = Duration.ofSeconds(after);
        List<Goal> goals = new ArrayList<>();
        if (parts.contains(Part.PUBLICATIONS)) {
            OutageCosts costs = new OutageCosts(serverJar, rate, well, Duration.ofSeconds(lost), watched);
            goals.addAll(show(costs.withoutPublications(folder.path().resolve("publications"))));
        }
        if (parts.contains(Part.REDIS)) {
            OutageCosts costs = new OutageCosts(serverJar, rate, well, Duration.ofSeconds(away), watched);
            goals.addAll(show(costs.withoutRedis(folder.path().resolve("redis"))));
        }
        if (parts.contains(Part.NODE)) {
            Path place = Files.createDirectories(folder.path().resolve("node"));
            try (NodeStorm storm = new NodeStorm(serverJar, place, clients, rate, watchedEach, well, watched)) {
                goals.addAll(show(storm.run()));
            }
        }
        return folder.end(goals.stream().allMatch(Goal::isReached), out);
    }

    private List<Goal> show(List<Goal> goals) {
        goals.forEach(goal -> out.println(goal.line()));
        return goals;
    }
}
