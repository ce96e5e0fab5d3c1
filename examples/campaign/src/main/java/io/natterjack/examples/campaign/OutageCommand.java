package io.natterjack.examples.campaign;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Takes the database away under load, and looks what becomes of it. */
@Command(
        name = "outage",
        description =
                "Takes PostgreSQL away for a while under load: typed errors, memory, and how soon all is delivered.",
        showDefaultValues = true)
final class OutageCommand implements Callable<Integer> {
    private final PrintStream out = System.out;

    @Option(names = "--seconds", description = "How long the database is away.", defaultValue = "60")
    private int seconds;

    @Option(names = "--senders", description = "Clients that write.", defaultValue = "20")
    private int senders;

    @Option(names = "--rate", description = "Messages a second of each.", defaultValue = "20")
    private int rate;

    @Option(names = "--server-jar", description = "The runnable jar of examples/standalone.", required = true)
    private Path serverJar = Path.of("");

    @Override
    public Integer call() throws Exception {
        RunFolder folder = RunFolder.create("outage");
        OutageRun.Report report = new OutageRun(serverJar, folder.path(), senders, rate, seconds).run();
        report.lines().forEach(out::println);
        return folder.end(report.violations().isEmpty(), out);
    }
}
