package io.natterjack.examples.console;

import io.natterjack.client.TokenSource;
import io.natterjack.core.DeviceId;
import io.natterjack.core.RoomId;
import io.natterjack.core.wire.ClientFrame;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * What the command line asks for.
 *
 * @param rooms joined at once, without repetition; the last is the one that lines go to
 * @param tail how many messages of the past a joined room shows
 * @param log where facts are written for programs to read
 * @param drainTimeout how long the end waits for what was sent
 */
record Settings(
        URI url,
        TokenSource tokens,
        List<RoomId> rooms,
        Optional<DeviceId> device,
        int tail,
        Optional<Path> log,
        Duration drainTimeout) {
    static final String USAGE = """
            Usage: java -jar natterjack-console.jar OPTIONS

            Who you are, one of:
              --token TOKEN            others on this machine can see it in the list of processes
              --token-file FILE        read anew for each connection

            Other options:
              --url URL                the server (default: ws://127.0.0.1:8080/chat)
              --room ROOM              a room to join; may be repeated
              --device ID              the name of this installation (default: a random one)
              --tail N                 how many of a room's last messages to show, 0 to 100 (default: 10)
              --log FILE               add a line for each fact to FILE, for programs to read
              --drain-timeout SECONDS  how long to wait at the end for what was sent (default: 30)
              --help

            A line is sent to the current room, unless it begins with a slash: /help tells what those do. At
            the end of the input the client waits until the server has everything.
            """;

    private static final Set<String> WITH_VALUE =
            Set.of("--url", "--token", "--token-file", "--room", "--device", "--tail", "--log", "--drain-timeout");

    /**
     * Reads the command line.
     *
     * @return nothing if it only asks for help
     * @throws UsageException if it can't be understood
     */
    static Optional<Settings> parse(List<String> arguments) {
        CommandLine line = CommandLine.parse(arguments, WITH_VALUE, Set.of("--help"));
        if (line.has("--help")) {
            return Optional.empty();
        }
        return Optional.of(new Settings(
                url(line.value("--url").orElse("ws://127.0.0.1:8080/chat")),
                tokens(line),
                line.values("--room").stream()
                        .map(text -> id("--room", text, RoomId::new))
                        .distinct()
                        .toList(),
                line.value("--device").map(text -> id("--device", text, DeviceId::new)),
                line.integer("--tail", 0, ClientFrame.MAX_TAIL).orElse(10),
                line.value("--log").map(Path::of),
                Duration.ofSeconds(line.integer("--drain-timeout", 0, 86_400).orElse(30))));
    }

    private static URI url(String text) {
        try {
            URI url = URI.create(text);
            if (("ws".equals(url.getScheme()) || "wss".equals(url.getScheme())) && url.getHost() != null) {
                return url;
            }
        } catch (IllegalArgumentException notUri) {
            // The message below says it.
        }
        throw new UsageException("--url must be ws://HOST:PORT/chat or wss://HOST/chat, was " + text);
    }

    private static <T> T id(String option, String text, Function<String, T> constructor) {
        try {
            return constructor.apply(text);
        } catch (IllegalArgumentException wrong) {
            throw new UsageException(option + ": " + wrong.getMessage());
        }
    }

    private static TokenSource tokens(CommandLine line) {
        line.atMostOneOf("--token", "--token-file");
        if (line.has("--token-file")) {
            Path file = Path.of(line.value("--token-file").orElseThrow());
            return () -> {
                try {
                    return CompletableFuture.completedFuture(
                            Files.readString(file).strip());
                } catch (IOException failure) {
                    return CompletableFuture.failedFuture(failure);
                }
            };
        }
        String token = line.value("--token")
                .orElseThrow(() -> new UsageException(
                        "say who you are: --token TOKEN or --token-file FILE (a server for trying takes dev:NAME)"));
        return () -> CompletableFuture.completedFuture(token);
    }
}
