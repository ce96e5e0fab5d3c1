package io.natterjack.examples.console;

import io.natterjack.client.TokenSource;
import io.natterjack.core.DeviceId;
import io.natterjack.core.RoomId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line as it is written.
 *
 * <p>Options that exclude each other are no picocli argument group: what that says of an option that is there twice has
 * all the values of the group in it, and the token is among them.
 */
@Command(
        customSynopsis = "java -jar natterjack-console.jar (--token=TOKEN | --token-file=FILE) [OPTIONS]",
        optionListHeading = "%n",
        sortOptions = false,
        usageHelpWidth = 100,
        footer = {
            "",
            "A line is sent to the current room, unless it begins with a slash: /help tells what those do. At the end "
                    + "of the input the client waits until the server has everything."
        })
final class Options {
    private static final int OPTION_COLUMN = 32;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "who you are; others on this machine can see it in the list of processes, better:")
    private Optional<String> token = Optional.empty();

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "the file that the token is in, read anew for each connection")
    private Optional<Path> tokenFile = Optional.empty();

    @Option(names = "--url", paramLabel = "URL", description = "the server (default: ${DEFAULT-VALUE})")
    private URI url = URI.create("ws://127.0.0.1:8080/chat");

    @Option(names = "--room", paramLabel = "ROOM", description = "a room to join; may be repeated")
    private List<String> rooms = List.of();

    @Option(
            names = "--device",
            paramLabel = "ID",
            description = "the name of this installation (default: a random one)")
    private Optional<String> device = Optional.empty();

    @Option(
            names = "--tail",
            paramLabel = "N",
            description = "how many of a room's last messages to show, 0 to 100 (default: ${DEFAULT-VALUE})")
    private int tail = 10;

    @Option(
            names = "--log",
            paramLabel = "FILE",
            description = "add a line for each fact to FILE, for programs to read")
    private Optional<Path> log = Optional.empty();

    @Option(
            names = "--drain-timeout",
            paramLabel = "SECONDS",
            description = "how long to wait at the end for what was sent (default: ${DEFAULT-VALUE})")
    private int drainSeconds = 30;

    @Option(names = "--help", usageHelp = true, description = "show this")
    private boolean help;

    /** Returns a parser that fills these options; it takes one command line. */
    CommandLine parser() {
        // A token may begin with an at sign.
        return new CommandLine(this).setExpandAtFiles(false).setUsageHelpLongOptionsMaxWidth(OPTION_COLUMN);
    }

    /** Tells whether only help is asked for; then nothing else needs to be right. */
    boolean help() {
        return help;
    }

    /** Says in one line what is wrong. What nobody asked for isn't repeated: it may be a token that went astray. */
    static String explain(ParameterException wrong) {
        if (wrong instanceof UnmatchedArgumentException unmatched) {
            String argument = unmatched.getUnmatched().get(0);
            return argument.startsWith("-")
                    ? "unknown option " + argument.split("=", 2)[0]
                    : "there is a value without an option before it";
        }
        return String.valueOf(wrong.getMessage());
    }

    /**
     * Returns what the options ask for.
     *
     * @param given what the {@link #parser} has read
     * @throws ParameterException if they make no sense together, or a value isn't good
     */
    Settings settings(ParseResult given) {
        try {
            return new Settings(
                    url,
                    tokens(),
                    rooms.stream()
                            .map(room -> id("--room", room, RoomId::new))
                            .distinct()
                            .toList(),
                    device.map(name -> id("--device", name, DeviceId::new)),
                    tail,
                    log,
                    Duration.ofSeconds(drainSeconds));
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(given.commandSpec().commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
    }

    private static <T> T id(String option, String text, Function<String, T> constructor) {
        try {
            return constructor.apply(text);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(option + ": " + wrong.getMessage(), wrong);
        }
    }

    private TokenSource tokens() {
        if (token.isPresent() && tokenFile.isPresent()) {
            throw new IllegalArgumentException("--token and --token-file exclude each other");
        }
        if (tokenFile.isPresent()) {
            if (!Files.isReadable(tokenFile.get())) {
                throw new IllegalArgumentException(
                        "--token-file " + tokenFile.get() + ": there is no such file to read");
            }
            return read(tokenFile.get());
        }
        String text = token.orElseThrow(() -> new IllegalArgumentException(
                "say who you are: --token TOKEN or --token-file FILE (a server for trying takes dev:NAME)"));
        return () -> CompletableFuture.completedFuture(text);
    }

    private static TokenSource read(Path file) {
        return () -> {
            try {
                return CompletableFuture.completedFuture(Files.readString(file).strip());
            } catch (IOException failure) {
                return CompletableFuture.failedFuture(failure);
            }
        };
    }
}
