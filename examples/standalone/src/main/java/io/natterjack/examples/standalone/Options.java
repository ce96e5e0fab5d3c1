package io.natterjack.examples.standalone;

import io.natterjack.store.redis.queue.AckAt;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line as it is written.
 *
 * <p>Options that exclude each other are no picocli argument groups: what those say of an option that is there twice has
 * all the values of the group in it, and passwords are among them.
 */
@Command(
        customSynopsis =
                "java -jar natterjack-standalone.jar (--jwt-secret-file=FILE | --insecure-dev-tokens) [OPTIONS]",
        optionListHeading = "%n",
        sortOptions = false,
        usageHelpWidth = 100,
        footer = {
            "",
            "Prints READY and the address on standard output when clients can connect. Logs go to standard error. "
                    + "SIGTERM ends the server in good order."
        })
final class Options {
    private static final int OPTION_COLUMN = 32;

    @Option(
            names = "--jwt-secret-file",
            paramLabel = "FILE",
            description =
                    "who may enter: those with a JSON Web Token signed by HS256 with the bytes of FILE (32 or more, "
                            + "a line break at the end left out); \"sub\" is the user")
    private Optional<Path> jwtSecretFile = Optional.empty();

    @Option(
            names = "--insecure-dev-tokens",
            arity = "0",
            description =
                    "who may enter: everybody on this machine; the token dev:NAME is the user NAME, and nobody has to "
                            + "prove it")
    private boolean insecureDevTokens;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "keep messages in a SQLite file in DIR, which is made for this user alone if it isn't there (default: ./chat-data)")
    private Path data = Path.of("chat-data");

    @Option(
            names = "--jdbc-url",
            paramLabel = "URL",
            description =
                    "keep messages in PostgreSQL or MariaDB: jdbc:postgresql://HOST:PORT/DATABASE, jdbc:mariadb://HOST:PORT/DATABASE")
    private Optional<String> jdbcUrl = Optional.empty();

    @Option(names = "--jdbc-user", paramLabel = "USER", description = "the user of the database")
    private Optional<String> jdbcUser = Optional.empty();

    @Option(
            names = "--jdbc-password",
            paramLabel = "PASSWORD",
            description = "the user's password; others on this machine can see it in the list of processes, better:")
    private Optional<String> jdbcPassword = Optional.empty();

    @Option(
            names = "--jdbc-password-file",
            paramLabel = "FILE",
            description = "the file that the user's password is in")
    private Optional<Path> jdbcPasswordFile = Optional.empty();

    @Option(names = "--memory", arity = "0", description = "keep messages until the server ends, and no longer")
    private boolean memory;

    @Option(
            names = "--redis",
            paramLabel = "URI",
            description =
                    "be one of several servers over one database: redis://[USER:PASSWORD@]HOST:PORT, rediss:// with TLS, "
                            + "redis-sentinel://HOST:PORT,HOST:PORT#MASTER; of a Cluster the addresses of some servers by commas; "
                            + "in user and password write @ : / # ? %% ^ and space as %%40 %%3A %%2F %%23 %%3F %%25 %%5E %%20 "
                            + "(others on this machine can see a password here in the list of processes), better:")
    private Optional<String> redis = Optional.empty();

    @Option(
            names = "--redis-password-file",
            paramLabel = "FILE",
            description = "the file that the password for Redis is in, as it is; --redis then has at most USER@")
    private Optional<Path> redisPasswordFile = Optional.empty();

    @Option(
            names = "--redis-prefix",
            paramLabel = "PREFIX",
            description = "what this chat's keys begin with, if others use that Redis too (default: ${DEFAULT-VALUE})")
    private String redisPrefix = "natterjack";

    @Option(
            names = "--queue",
            paramLabel = "redis",
            description = "let messages wait in that Redis while the database is away")
    private Optional<String> queue = Optional.empty();

    @Option(
            names = "--ack-at",
            paramLabel = "store|queue",
            description =
                    "with --queue: tell senders that a message is kept when the database has it, or as soon as Redis has it; "
                            + "queue needs a Redis that keeps an append-only file (default: ${DEFAULT-VALUE})")
    private String ackAt = "store";

    @Option(
            names = "--store",
            paramLabel = "redis",
            description = "keep messages in that Redis and nowhere else; needs one that keeps an append-only file")
    private Optional<String> store = Optional.empty();

    @Option(
            names = "--host",
            paramLabel = "HOST",
            description =
                    "the address to listen on (default: ${DEFAULT-VALUE}); any other needs TLS here or at a proxy")
    private String host = "127.0.0.1";

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "the port to listen on, 0 for any free one (default: ${DEFAULT-VALUE})")
    private int port = 8080;

    @Option(
            names = "--tls-certificate",
            paramLabel = "FILE",
            description = "serve wss: the server's certificate and those behind it, PEM")
    private Optional<Path> tlsCertificate = Optional.empty();

    @Option(names = "--tls-key", paramLabel = "FILE", description = "its key, PEM (PKCS#8, not encrypted)")
    private Optional<Path> tlsKey = Optional.empty();

    @Option(
            names = "--behind-tls-proxy",
            paramLabel = "ADDRESSES|any",
            description =
                    "a proxy in front ends TLS: its addresses or networks, by commas, whose X-Forwarded-For is believed; "
                            + "or any, and nobody's is")
    private Optional<String> behindTlsProxy = Optional.empty();

    @Option(
            names = "--allow-origin",
            paramLabel = "ORIGIN",
            description =
                    "a web page that may connect, https://example.org; may be repeated (default: pages of this server's own "
                            + "host)")
    private List<String> origins = List.of();

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            description = "in all; those beyond wait (default: ${DEFAULT-VALUE})")
    private int maxConnections = 10_000;

    @Option(
            names = "--max-connections-per-address",
            paramLabel = "N",
            description = "those beyond are closed at once (default: ${DEFAULT-VALUE})")
    private int maxConnectionsPerAddress = 1_000;

    @Option(
            names = "--rate-limit",
            paramLabel = "N|off",
            description = "frames a second from one connection, twice that at once (default: ${DEFAULT-VALUE})")
    private String rateLimit = "20";

    @Option(names = "--help", usageHelp = true, description = "show this")
    private boolean help;

    /** Returns a parser that fills these options; it takes one command line. */
    CommandLine parser() {
        // A password may begin with an at sign.
        return new CommandLine(this).setExpandAtFiles(false).setUsageHelpLongOptionsMaxWidth(OPTION_COLUMN);
    }

    /** Tells whether only help is asked for; then nothing else needs to be right. */
    boolean help() {
        return help;
    }

    /** Says in one line what is wrong. What nobody asked for isn't repeated: it may be a password that went astray. */
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
     * @throws ParameterException if they make no sense together, or a value is out of its range
     */
    Settings settings(ParseResult given) {
        try {
            return new Settings(listening(), storage(given), cluster(given), jwtSecretFile(given), framesPerSecond());
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(given.commandSpec().commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
    }

    private Settings.Listening listening() {
        if (tlsCertificate.isPresent() != tlsKey.isPresent()) {
            throw new IllegalArgumentException("--tls-certificate and --tls-key go together");
        }
        Optional<Settings.Tls> tls =
                tlsCertificate.map(certificate -> new Settings.Tls(certificate, tlsKey.orElseThrow()));
        Optional<List<String>> proxies =
                behindTlsProxy.map(text -> text.equals("any") ? List.of() : List.of(text.split(",")));
        if (tls.isEmpty() && proxies.isEmpty() && !isThisMachine(host)) {
            throw new IllegalArgumentException("--host " + host
                    + " needs --tls-certificate and --tls-key, or --behind-tls-proxy ADDRESSES if a proxy ends TLS");
        }
        return new Settings.Listening(host, port, tls, proxies, origins, maxConnections, maxConnectionsPerAddress);
    }

    private static boolean isThisMachine(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            // The server says so when it tries to listen.
            return true;
        }
    }

    private Optional<Path> jwtSecretFile(ParseResult given) {
        atMostOneOf(given, "--jwt-secret-file", "--insecure-dev-tokens");
        if (jwtSecretFile.isEmpty() && !insecureDevTokens) {
            throw new IllegalArgumentException("say who may enter: --jwt-secret-file FILE for signed tokens,"
                    + " or --insecure-dev-tokens to try things out on this machine");
        }
        return jwtSecretFile;
    }

    private Optional<Settings.Redis> cluster(ParseResult given) {
        Stream.of("--redis-password-file", "--redis-prefix", "--queue", "--store")
                .filter(given::hasMatchedOption)
                .filter(option -> redis.isEmpty())
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException(name + " needs --redis beside it");
                });
        if (given.hasMatchedOption("--ack-at") && queue.isEmpty()) {
            throw new IllegalArgumentException("--ack-at needs --queue beside it");
        }
        atMostOneOf(given, "--queue", "--store");
        queue.ifPresent(where -> requireRedis("--queue", where));
        if (!List.of("store", "queue").contains(ackAt)) {
            throw new IllegalArgumentException("--ack-at must be store or queue, was " + ackAt);
        }
        if (redis.isPresent() && !List.of("--jdbc-url", "--store").stream().anyMatch(given::hasMatchedOption)) {
            throw new IllegalArgumentException(
                    "--redis needs what several servers can share beside it: --jdbc-url, or --store redis");
        }
        Optional<AckAt> queued = queue.map(where -> ackAt.equals("queue") ? AckAt.QUEUE : AckAt.STORE);
        return redis.map(uri -> new Settings.Redis(redisAddress(uri), redisPrefix, queued));
    }

    private Settings.RedisAddress redisAddress(String uri) {
        return new Settings.RedisAddress(uri, redisPasswordFile);
    }

    private static void requireRedis(String option, String value) {
        if (!value.equals("redis")) {
            throw new IllegalArgumentException(option + " must be redis, was " + value);
        }
    }

    private Settings.Storage storage(ParseResult given) {
        atMostOneOf(given, "--data", "--jdbc-url", "--memory", "--store");
        store.ifPresent(where -> requireRedis("--store", where));
        if (store.isPresent() && redis.isPresent()) {
            return new Settings.Storage.InRedis(redisAddress(redis.get()), redisPrefix);
        }
        atMostOneOf(given, "--jdbc-password", "--jdbc-password-file");
        if (jdbcUrl.isPresent()) {
            Settings.Password password = new Settings.Password(jdbcPassword, jdbcPasswordFile);
            return new Settings.Storage.Jdbc(jdbcUrl.get(), jdbcUser, password);
        }
        Stream.of("--jdbc-user", "--jdbc-password", "--jdbc-password-file")
                .filter(given::hasMatchedOption)
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException(name + " needs --jdbc-url beside it");
                });
        return memory ? new Settings.Storage.Memory() : new Settings.Storage.Sqlite(data);
    }

    private static void atMostOneOf(ParseResult given, String... names) {
        String[] together = Stream.of(names).filter(given::hasMatchedOption).toArray(String[]::new);
        if (together.length > 1) {
            throw new IllegalArgumentException(together[0] + " and " + together[1] + " exclude each other");
        }
    }

    private Optional<Integer> framesPerSecond() {
        if (rateLimit.equals("off")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Integer.valueOf(rateLimit));
        } catch (NumberFormatException notInteger) {
            throw new IllegalArgumentException("--rate-limit must be a number or off, was " + rateLimit, notInteger);
        }
    }
}
