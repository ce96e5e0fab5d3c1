package io.natterjack.examples.campaign;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The program. Its exit code is 0 if every promise was kept, 1 if not, 2 if it was called wrongly. */
@Command(
        name = "campaign",
        description = "Breaks servers, databases and networks, and counts what was promised and not kept.",
        subcommands = {
            RunCommand.class,
            ClusterCommand.class,
            SimulateCommand.class,
            CommitsCommand.class,
            SizeCommand.class,
            OutageCommand.class,
            CostCommand.class,
            NodesOutageCommand.class
        })
public final class Campaign implements Callable<Integer> {
    // What sees that it is there is the parser.
    @SuppressWarnings("UnusedVariable")
    @Option(names = "--help", usageHelp = true, scope = ScopeType.INHERIT, description = "Shows this.")
    private boolean help;

    private Campaign() {}

    /** Runs the program. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Campaign()).setCaseInsensitiveEnumValuesAllowed(true);
    }

    @Override
    public Integer call() {
        CommandLine.usage(this, System.out);
        return CommandLine.ExitCode.USAGE;
    }
}
