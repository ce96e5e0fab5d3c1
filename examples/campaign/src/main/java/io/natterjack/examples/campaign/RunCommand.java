package io.natterjack.examples.campaign;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a campaign against real processes. */
@Command(
        name = "run",
        description = "Starts servers, a database and clients, kills and cuts and stops them, and checks what is left.",
        showDefaultValues = true)
final class RunCommand implements Callable<Integer> {
    private final PrintStream out = System.out;

    @Option(
            names = "--database",
            description = "postgresql, mariadb (if installed) or sqlite.",
            defaultValue = "postgresql")
    private String database = "postgresql";

    @Option(names = "--messages", description = "How many acknowledged messages to get.", defaultValue = "40000")
    private int messages;

    @Option(names = "--rate", description = "Messages a second, all clients together.", defaultValue = "2000")
    private int rate;

    @Option(names = "--servers", description = "Server processes on the one database.", defaultValue = "2")
    private int servers;

    @Option(names = "--clients", description = "Clients of each server.", defaultValue = "12")
    private int clients;

    @Option(names = "--rooms", description = "Rooms, in each of which all clients are.", defaultValue = "4")
    private int rooms;

    @Option(names = "--server-kills", description = "How often a server is killed.", defaultValue = "3")
    private int serverKills;

    @Option(names = "--server-stops", description = "How often a server is stopped for a while.", defaultValue = "3")
    private int serverStops;

    @Option(names = "--database-kills", description = "How often the database is killed.", defaultValue = "2")
    private int databaseKills;

    @Option(names = "--cuts", description = "How often clients' connections are cut.", defaultValue = "100")
    private int cuts;

    @Option(
            names = "--swallowed",
            description = "How often answers of the database are swallowed, and its connections then cut.",
            defaultValue = "10")
    private int swallowed;

    @Option(names = "--seed", description = "Of the choice and order of faults.", defaultValue = "1")
    private long seed;

    @Option(names = "--server-jar", description = "The runnable jar of examples/standalone.", required = true)
    private Path serverJar = Path.of("");

    @Override
    public Integer call() throws Exception {
        RunFolder folder = RunFolder.create("campaign");
        CampaignPlan plan = new CampaignPlan(
                messages,
                rate,
                servers,
                clients,
                rooms,
                serverKills,
                serverStops,
                databaseKills,
                cuts,
                swallowed,
                seed);
        CampaignReport report = new CampaignRun(serverJar, folder.path(), database, plan).run();
        report.lines().forEach(out::println);
        return folder.end(report.isKept(), out);
    }
}
