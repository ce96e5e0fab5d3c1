package io.natterjack.examples.loadtest;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A load generator as a program: {@code java -jar natterjack-loadtest.jar --help} tells its options. */
@Command(
        name = "natterjack-loadtest",
        customSynopsis = "java -jar natterjack-loadtest.jar (--rate=N | --in-flight=N) [OPTIONS]",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        footer = {
            "",
            "Connects, warms up, measures, and checks that every message was answered, and reached everybody in its room once and "
                    + "in order. The exit code is 1 if one wasn't or didn't. Latencies count from when a message was due."
        })
public final class LoadTest implements Callable<Integer> {
    private static final int SECRET_BYTES = 32;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--url", description = "the server (default: ${DEFAULT-VALUE})")
    private URI url = URI.create("ws://127.0.0.1:8080/chat");

    @Option(names = "--connections", paramLabel = "N", description = "how many clients (default: ${DEFAULT-VALUE})")
    private int connections = 1_000;

    @Option(names = "--room-size", paramLabel = "N", description = "clients in each room (default: ${DEFAULT-VALUE})")
    private int roomSize = 10;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "open loop: so many messages a second in all, however long each takes")
    private double rate;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            description = "closed loop: so many messages under way in each room; the next goes when one came back")
    private int inFlight;

    @Option(names = "--idle", arity = "0", description = "connect, join, and send nothing")
    private boolean idle;

    @Option(names = "--warm-up", paramLabel = "SECONDS", description = "not counted (default: ${DEFAULT-VALUE})")
    private int warmUp = 10;

    @Option(names = "--duration", paramLabel = "SECONDS", description = "counted (default: ${DEFAULT-VALUE})")
    private int duration = 20;

    @Option(names = "--body-bytes", paramLabel = "N", description = "the text's size (default: ${DEFAULT-VALUE})")
    private int bodyBytes = 100;

    @Option(
            names = "--token",
            paramLabel = "TEXT",
            description = "each client's token, %%d is its number (default: ${DEFAULT-VALUE})")
    private String token = "dev:load-%d";

    @Option(
            names = "--jwt-secret-file",
            paramLabel = "FILE",
            description = "in place of --token: JSON Web Tokens signed by HS256 with the bytes of FILE")
    private Optional<Path> jwtSecretFile = Optional.empty();

    @Option(
            names = "--server-pid",
            paramLabel = "PID",
            description = "a process of the server's, for its CPU time; may be repeated (Linux only)")
    private List<Long> serverPids = List.of();

    @Option(
            names = "--source-addresses",
            paramLabel = "N",
            description =
                    "connect from 127.0.0.1 to 127.0.0.N: for more than 28,000 connections, or limits per address")
    private int sources = 1;

    @Option(names = "--stalled-percent", paramLabel = "P", description = "so many of a hundred clients never read")
    private int stalledPercent;

    @Option(names = "--slow-percent", paramLabel = "P", description = "so many read slowly:")
    private int slowPercent;

    @Option(names = "--slow-bytes", paramLabel = "N", description = "a second (default: ${DEFAULT-VALUE})")
    private int slowBytes = 1_024;

    @Option(names = "--receive-buffer", paramLabel = "BYTES", description = "of stalled and slow clients' sockets")
    private int receiveBuffer;

    @Option(names = "--echo", arity = "0", description = "the server is a bare echo: no hello, no acks, no seqs")
    private boolean echo;

    @Option(names = "--json", arity = "0", description = "print the outcome as one line of JSON")
    private boolean json;

    private final PrintStream out;
    private final PrintStream progress;

    LoadTest(PrintStream out, PrintStream progress) {
        this.out = out;
        this.progress = progress;
    }

    /** Runs a load test; the exit code is 0 if all went well, 1 if something was lost or remained unanswered, 2 if an option is wrong. */
    public static void main(String[] arguments) {
        System.exit(run(arguments, System.out, System.err));
    }

    /** Returns the token of one client, signed with {@code secret}. */
    public static String tokenOf(int client, String secret) {
        return Tokens.signedWith(secret.getBytes(StandardCharsets.UTF_8)).of(client);
    }

    static int run(String[] arguments, PrintStream out, PrintStream progress) {
        return new CommandLine(new LoadTest(out, progress))
                .setUsageHelpLongOptionsMaxWidth(32)
                .execute(arguments);
    }

    @Override
    public Integer call() throws IOException {
        Plan plan = plan();
        try (LoadRun run = new LoadRun(plan, progress)) {
            Report report = new Report(run.run());
            if (json) {
                out.println(report.json());
            } else {
                report.print(out);
            }
            return report.isClean() ? 0 : 1;
        } catch (IOException failure) {
            progress.println("natterjack-loadtest: " + failure.getMessage());
            return 1;
        }
    }

    private Plan plan() throws IOException {
        try {
            return new Plan(
                    url,
                    jwtSecretFile.isPresent()
                            ? Tokens.signedWith(secret(jwtSecretFile.get()))
                            : Tokens.ofTemplate(token),
                    connections,
                    roomSize,
                    rate,
                    inFlight,
                    Duration.ofSeconds(warmUp),
                    Duration.ofSeconds(duration),
                    bodyBytes,
                    echo,
                    stalledPercent,
                    slowPercent,
                    slowBytes,
                    receiveBuffer,
                    sources,
                    idle,
                    serverPids);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(
                    spec == null ? new CommandLine(this) : spec.commandLine(),
                    String.valueOf(wrong.getMessage()),
                    wrong);
        }
    }

    private static byte[] secret(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int end = bytes.length;
        while (end > 0 && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r')) {
            end--;
        }
        if (end < SECRET_BYTES) {
            throw new IllegalArgumentException("--jwt-secret-file must have 32 bytes or more, has " + end);
        }
        return Arrays.copyOf(bytes, end);
    }
}
