package io.natterjack.store.jdbc;

import io.natterjack.testkit.Await;
import java.io.File;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.mariadb.jdbc.MariaDbDataSource;

/** A MariaDB server of a test's own, of the programs that the machine has. It writes a binary log, as servers with replicas do. */
final class DurableMariaDb implements AutoCloseable {
    private static final List<String> FOLDERS = List.of("/usr/sbin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin");

    private final Path folder;
    private final List<String> settings;
    private final AtomicInteger databases = new AtomicInteger();
    private int port;
    private Process process;

    private DurableMariaDb(Path folder, List<String> settings) {
        this.folder = folder;
        this.settings = settings;
    }

    /** Tells whether the machine has a MariaDB server; {@code .ci/run} makes sure of it. */
    static boolean isInstalled() {
        return program("mariadbd").isPresent() && program("mariadb-install-db").isPresent();
    }

    private static Optional<String> program(String name) {
        List<String> folders = new ArrayList<>(FOLDERS);
        folders.addAll(List.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)));
        return folders.stream()
                .map(each -> Path.of(each, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    static DurableMariaDb start(String... settings) throws Exception {
        DurableMariaDb server = new DurableMariaDb(Files.createTempDirectory("natterjack-mariadb"), List.of(settings));
        run(List.of(
                program("mariadb-install-db").orElseThrow(),
                "--no-defaults",
                "--user=" + System.getProperty("user.name"),
                "--datadir=" + server.folder.resolve("data"),
                "--auth-root-authentication-method=normal",
                "--skip-test-db"));
        server.restart();
        return server;
    }

    private static void run(List<String> command) throws Exception {
        File log = File.createTempFile("mariadb", ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError(command + ": " + Files.readString(log.toPath()));
        }
        Files.delete(log.toPath());
    }

    /** Starts the server, again after a kill: on the same data and another port. */
    void restart() throws Exception {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        List<String> command = new ArrayList<>(List.of(
                program("mariadbd").orElseThrow(),
                "--no-defaults",
                "--user=" + System.getProperty("user.name"),
                "--datadir=" + folder.resolve("data"),
                "--socket=" + folder.resolve("socket"),
                "--pid-file=" + folder.resolve("pid"),
                "--bind-address=127.0.0.1",
                "--port=" + port,
                "--skip-name-resolve",
                "--innodb-buffer-pool-size=64M",
                "--log-bin=" + folder.resolve("binlog"),
                "--sync-binlog=1",
                "--max-connections=100"));
        command.addAll(settings);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
        // A zone with summer time, as many servers have.
        builder.environment().put("TZ", "CET-1CEST,M3.5.0,M10.5.0/3");
        process = builder.start();
        Await.until(() -> {
            if (!process.isAlive()) {
                throw new AssertionError("the server ended: " + Files.readString(folder.resolve("log")));
            }
            try (Connection connection = connection("")) {
                return true;
            } catch (SQLException notYet) {
                return false;
            }
        });
    }

    private Connection connection(String database) throws SQLException {
        return DriverManager.getConnection(url(database));
    }

    /** Returns a JDBC URL that has all a connection needs. */
    String url(String database) {
        return "jdbc:mariadb://127.0.0.1:" + port + "/" + database
                + "?user=root&connectTimeout=2000&socketTimeout=20000";
    }

    /** Returns the name of a new, empty database, whose own character set and collation are no help. */
    String newDatabase() throws SQLException {
        String name = "test_" + databases.incrementAndGet();
        execute("create database " + name + " character set latin1 collate latin1_swedish_ci");
        return name;
    }

    /**
     * Returns the name of a new database with the tables of {@code model}, empty but for what {@code chat_store} says. To bring tables
     * from version to version takes this server several times as long.
     */
    String newDatabaseLike(String model) throws SQLException {
        String name = newDatabase();
        try (Connection connection = connection(name);
                Statement statement = connection.createStatement()) {
            List<String> tables = new ArrayList<>();
            try (ResultSet row = statement.executeQuery("show tables from " + model)) {
                while (row.next()) {
                    tables.add(row.getString(1));
                }
            }
            for (String table : tables) {
                statement.execute("create table " + table + " like " + model + "." + table);
            }
            statement.execute("insert into chat_store select * from " + model + ".chat_store");
        }
        return name;
    }

    /** Returns a source that opens a connection each time. */
    MariaDbDataSource source(String database) throws SQLException {
        return new MariaDbDataSource(url(database));
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = connection("");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Kills the server without warning, as a crash does. */
    void kill() throws Exception {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws Exception {
        kill();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
