package io.natterjack.examples.campaign;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a campaign against several nodes. */
@Command(
        name = "cluster",
        description =
                "Starts nodes, a database, Redis and clients that roam, breaks all of them, and checks what is left.",
        showDefaultValues = true)
final class ClusterCommand implements Callable<Integer> {
    private final PrintStream out = System.out;

    @Option(
            names = "--backing",
            description =
                    "What nodes share: sql (a database), router (and Redis beside it), queue (and a queue in Redis),"
                            + " store (Redis alone).",
            defaultValue = "router")
    private Backing backing = Backing.ROUTER;

    @Option(names = "--messages", description = "How many acknowledged messages to get.", defaultValue = "200000")
    private int messages;

    @Option(names = "--rate", description = "Messages a second, all clients together.", defaultValue = "2500")
    private int rate;

    @Option(names = "--nodes", description = "Server processes.", defaultValue = "3")
    private int nodes;

    @Option(names = "--clients", description = "Clients of all nodes together.", defaultValue = "300")
    private int clients;

    @Option(names = "--rooms", description = "Rooms.", defaultValue = "100")
    private int rooms;

    @Option(names = "--rooms-each", description = "In how many rooms each client is.", defaultValue = "2")
    private int roomsEach;

    @Option(names = "--node-kills", description = "How often a node is killed.", defaultValue = "15")
    private int nodeKills;

    @Option(names = "--node-stops", description = "How often a node is stopped for a while.", defaultValue = "10")
    private int nodeStops;

    @Option(names = "--longest-stop", description = "Of a node, in ms.", defaultValue = "30000")
    private int longestStop;

    @Option(names = "--redis-kills", description = "How often Redis is killed.", defaultValue = "10")
    private int redisKills;

    @Option(names = "--redis-stops", description = "How often Redis is stopped for a while.", defaultValue = "5")
    private int redisStops;

    @Option(
            names = "--redis-flushes",
            description = "How often Redis is emptied; 0 where it has what was promised. Default: 5, or 0 there.",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
            defaultValue = "-1")
    private int redisFlushes;

    @Option(names = "--database-kills", description = "How often the database is killed.", defaultValue = "10")
    private int databaseKills;

    @Option(names = "--cuts", description = "How often connections are cut.", defaultValue = "500")
    private int cuts;

    @Option(
            names = "--swallowed",
            description = "How often answers of the database or Redis are swallowed, and its connections then cut.",
            defaultValue = "20")
    private int swallowed;

    @Option(
            names = "--restored",
            description =
                    "At the end so many messages more, and Redis is brought back as it was before them; with --backing store.",
            defaultValue = "0")
    private int restored;

    @Option(names = "--seed", description = "Of the choice and order of faults.", defaultValue = "1")
    private long seed;

    @Option(names = "--server-jar", description = "The runnable jar of examples/standalone.", required = true)
    private Path serverJar = Path.of("");

    @Override
    public Integer call() throws Exception {
        RunFolder folder = RunFolder.create("cluster");
        int flushes = redisFlushes >= 0 ? redisFlushes : backing.mayRedisBeEmptied() ? 5 : 0;
        ClusterPlan.Faults faults = new ClusterPlan.Faults(
                nodeKills, nodeStops, longestStop, redisKills, redisStops, flushes, databaseKills, cuts, swallowed);
        ClusterPlan plan =
                new ClusterPlan(backing, messages, rate, nodes, clients, rooms, roomsEach, faults, seed, restored);
        ClusterReport report = new ClusterRun(serverJar, folder.path(), plan).run();
        report.lines().forEach(out::println);
        return folder.end(report.isKept(), out);
    }
}
