package io.natterjack.examples.standalone;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the command line asks for.
 *
 * @param port 0 for any free one
 * @param jwtSecretFile whose tokens are good; nothing if {@code dev:NAME} is
 * @param framesPerSecond for each connection; nothing if there is no limit
 */
record Settings(
        String host, int port, Storage storage, Optional<Path> jwtSecretFile, Optional<Integer> framesPerSecond) {
    static final String USAGE = """
            Usage: java -jar natterjack-standalone.jar OPTIONS

            Who may enter, one of:
              --jwt-secret-file FILE   JSON Web Tokens signed by HS256 with the bytes of FILE (32 or more,
                                       a line break at the end left out); "sub" is the user
              --insecure-dev-tokens    the token dev:NAME is the user NAME, and nobody has to prove it

            Where messages are kept:
              --data DIR               a SQLite file in DIR (default: ./chat-data)
              --jdbc-url URL           PostgreSQL: jdbc:postgresql://HOST:PORT/DATABASE
              --jdbc-user USER
              --jdbc-password PASSWORD others on this machine can see it in the list of processes; better:
              --jdbc-password-file FILE
              --memory                 nowhere: they are gone when the server ends

            Other options:
              --host HOST              the address to listen on (default: 127.0.0.1). Anything else belongs
                                       behind a proxy that ends TLS
              --port PORT              0 for any free one (default: 8080)
              --rate-limit N|off       frames a second from one connection, twice that at once (default: 20)
              --help

            Prints READY and the address on standard output when clients can connect. Logs go to standard
            error. SIGTERM ends the server in good order.
            """;

    private static final Set<String> WITH_VALUE = Set.of(
            "--host",
            "--port",
            "--data",
            "--jdbc-url",
            "--jdbc-user",
            "--jdbc-password",
            "--jdbc-password-file",
            "--jwt-secret-file",
            "--rate-limit");
    private static final Set<String> FLAGS = Set.of("--insecure-dev-tokens", "--memory", "--help");
    private static final int MAX_RATE = 1_000_000;

    /** Where messages are kept. */
    sealed interface Storage {
        /** In a SQLite file in {@code directory}. */
        record Sqlite(Path directory) implements Storage {}

        /** In a database server. */
        record Jdbc(String url, Optional<String> user, Password password) implements Storage {}

        /** Nowhere. */
        record Memory() implements Storage {}
    }

    /** A password, or the file that it is in. It doesn't show when it is printed. */
    record Password(Optional<String> text, Optional<Path> file) {
        @Override
        public String toString() {
            return "Password[…]";
        }
    }

    /**
     * Reads the command line.
     *
     * @return nothing if it only asks for help
     * @throws UsageException if it can't be understood
     */
    static Optional<Settings> parse(List<String> arguments) {
        CommandLine line = CommandLine.parse(arguments, WITH_VALUE, FLAGS);
        if (line.has("--help")) {
            return Optional.empty();
        }
        line.atMostOneOf("--jwt-secret-file", "--insecure-dev-tokens");
        if (!line.has("--jwt-secret-file") && !line.has("--insecure-dev-tokens")) {
            throw new UsageException("say who may enter: --jwt-secret-file FILE for signed tokens,"
                    + " or --insecure-dev-tokens to try things out on this machine");
        }
        return Optional.of(new Settings(
                line.value("--host").orElse("127.0.0.1"),
                line.integer("--port", 0, 65_535).orElse(8080),
                storage(line),
                line.value("--jwt-secret-file").map(Path::of),
                rate(line)));
    }

    private static Storage storage(CommandLine line) {
        line.atMostOneOf("--data", "--jdbc-url", "--memory");
        line.atMostOneOf("--jdbc-password", "--jdbc-password-file");
        Optional<String> url = line.value("--jdbc-url");
        if (url.isPresent()) {
            return jdbc(line, url.get());
        }
        for (String name : List.of("--jdbc-user", "--jdbc-password", "--jdbc-password-file")) {
            if (line.has(name)) {
                throw new UsageException(name + " needs --jdbc-url beside it");
            }
        }
        return line.has("--memory")
                ? new Storage.Memory()
                : new Storage.Sqlite(Path.of(line.value("--data").orElse("chat-data")));
    }

    private static Storage jdbc(CommandLine line, String url) {
        if (!url.startsWith("jdbc:postgresql:")) {
            // Not repeated here: it may have a password in it.
            throw new UsageException(
                    "--jdbc-url must be jdbc:postgresql://HOST:PORT/DATABASE; for SQLite use --data DIR");
        }
        Password password = new Password(
                line.value("--jdbc-password"),
                line.value("--jdbc-password-file").map(Path::of));
        return new Storage.Jdbc(url, line.value("--jdbc-user"), password);
    }

    private static Optional<Integer> rate(CommandLine line) {
        if (line.value("--rate-limit").equals(Optional.of("off"))) {
            return Optional.empty();
        }
        try {
            return Optional.of(line.integer("--rate-limit", 1, MAX_RATE).orElse(20));
        } catch (UsageException wrong) {
            throw new UsageException(wrong.getMessage() + " (or off)");
        }
    }
}
