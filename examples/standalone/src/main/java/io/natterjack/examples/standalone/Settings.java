package io.natterjack.examples.standalone;

import io.natterjack.store.redis.queue.AckAt;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the command line asks for. What is wrong is refused with an {@link IllegalArgumentException} that names the option.
 *
 * @param redis what joins several servers; nothing for one that is alone
 * @param jwtSecretFile whose tokens are good; nothing if {@code dev:NAME} is
 * @param framesPerSecond for each connection; nothing if there is no limit
 */
record Settings(
        Listening listening,
        Storage storage,
        Optional<Redis> redis,
        Optional<Path> jwtSecretFile,
        Optional<Integer> framesPerSecond) {
    private static final int MAX_RATE = 1_000_000;

    Settings {
        if (jwtSecretFile.isEmpty() && !listening.isForThisMachine()) {
            throw new IllegalArgumentException("--insecure-dev-tokens lets everybody in, so it goes neither with"
                    + " --behind-tls-proxy nor with a --host that others can reach");
        }
        framesPerSecond.ifPresent(rate -> {
            if (rate < 1 || rate > MAX_RATE) {
                throw new IllegalArgumentException("--rate-limit must be 1 to " + MAX_RATE + " or off, was " + rate);
            }
        });
    }

    /**
     * Where clients connect.
     *
     * @param port 0 for any free one
     * @param proxies those in front that end TLS; nothing if there is none
     * @param origins empty for the default
     */
    record Listening(
            String host,
            int port,
            Optional<Tls> tls,
            Optional<List<String>> proxies,
            List<String> origins,
            int maxConnections,
            int maxConnectionsPerAddress) {
        private static final int MAX_PORT = 65_535;
        private static final Set<String> THIS_MACHINE = Set.of("127.0.0.1", "::1", "localhost");

        Listening {
            if (port < 0 || port > MAX_PORT) {
                throw new IllegalArgumentException("--port must be 0 to " + MAX_PORT + ", was " + port);
            }
            requireOne("--max-connections", maxConnections);
            requireOne("--max-connections-per-address", maxConnectionsPerAddress);
        }

        private static void requireOne(String option, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(option + " must be 1 or more, was " + value);
            }
        }

        /** Tells whether nobody but this machine can come, as far as can be seen. */
        boolean isForThisMachine() {
            return THIS_MACHINE.contains(host) && proxies.isEmpty();
        }
    }

    /** The files of a certificate and its key. */
    record Tls(Path certificate, Path key) {}

    /** Where messages are kept. */
    sealed interface Storage {
        /** In a SQLite file in {@code directory}. */
        record Sqlite(Path directory) implements Storage {}

        /** In a database server. What else its address has besides server and database doesn't show when it is printed. */
        record Jdbc(String url, Optional<String> user, Password password) implements Storage {
            static final String FORM = "jdbc:postgresql:// or jdbc:mariadb://HOST:PORT/DATABASE";

            private static final Pattern WITH_PASSWORD = Pattern.compile("(?i)[?&]password=|//[^/?]*@");

            public Jdbc {
                if (!url.startsWith("jdbc:postgresql:") && !url.startsWith("jdbc:mariadb:")) {
                    // Not repeated here: it may have a password in it.
                    throw new IllegalArgumentException(
                            "--jdbc-url must be %s; for SQLite use --data DIR".formatted(FORM));
                }
                if (WITH_PASSWORD.matcher(url).find()) {
                    // Drivers and pools repeat it in their messages.
                    throw new IllegalArgumentException(
                            "--jdbc-url must not have a password in it: say --jdbc-user and --jdbc-password-file");
                }
            }

            @Override
            public String toString() {
                return "Jdbc[url=" + url.split("\\?", 2)[0] + ", user=" + user + "]";
            }
        }

        /** In Redis. */
        record InRedis(RedisAddress address, String prefix) implements Storage {}

        /** Nowhere. */
        record Memory() implements Storage {}
    }

    /**
     * What joins several servers.
     *
     * @param queue when senders are answered, if messages wait in Redis for the database
     */
    record Redis(RedisAddress address, String prefix, Optional<AckAt> queue) {}

    /** An address, and the file of the password if that isn't in it. It doesn't show when it is printed. */
    record RedisAddress(String uri, Optional<Path> passwordFile) {
        private static final Pattern PARTS = Pattern.compile("([^/]*://)(?:([^@]*)@)?(.*)");

        public RedisAddress {
            Matcher parts = PARTS.matcher(uri);
            if (passwordFile.isPresent()
                    && parts.matches()
                    && parts.group(2) != null
                    && parts.group(2).contains(":")) {
                throw new IllegalArgumentException(
                        "--redis must not have a password in it beside --redis-password-file: USER@ at most");
            }
        }

        /** Returns the address with a password in it; what is no address stays as it is. */
        String with(String password) {
            Matcher parts = PARTS.matcher(uri);
            if (!parts.matches()) {
                return uri;
            }
            String user = parts.group(2) == null ? "" : parts.group(2);
            String escaped = URLEncoder.encode(password, StandardCharsets.UTF_8).replace("+", "%20");
            return parts.group(1) + user + ":" + escaped + "@" + parts.group(3);
        }

        @Override
        public String toString() {
            return "RedisAddress[…]";
        }
    }

    /** A password, or the file that it is in. It doesn't show when it is printed. */
    record Password(Optional<String> text, Optional<Path> file) {
        @Override
        public String toString() {
            return "Password[…]";
        }
    }
}
