package io.natterjack.store.jdbc;

import io.natterjack.testkit.Await;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A PostgreSQL server of a test's own that keeps what it commits. The library that starts it turns durability off on the command
 * line ({@code -F}); the settings here stand behind that on the same line, and the later one counts.
 */
final class DurablePostgres implements AutoCloseable {
    private final Path data;
    private final AtomicInteger schemas = new AtomicInteger();
    private EmbeddedPostgres server;

    private DurablePostgres(Path data) throws IOException {
        this.data = data;
        this.server = launch();
    }

    static DurablePostgres start() throws IOException {
        return new DurablePostgres(Files.createTempDirectory("natterjack-postgres"));
    }

    private EmbeddedPostgres launch() throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setServerConfig("fsync", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("synchronous_commit", "on")
                .setPGStartupWait(Duration.ofSeconds(30))
                .start();
    }

    /** Returns the name of a new, empty schema. */
    String newSchema() throws SQLException {
        String schema = "test_" + schemas.incrementAndGet();
        execute("create schema " + schema);
        return schema;
    }

    /** Returns a source that opens a connection each time. */
    PGSimpleDataSource source(String schema) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url(schema));
        return source;
    }

    /** Returns a JDBC URL that has all a connection needs. */
    String url(String schema) {
        return server.getJdbcUrl("postgres", "postgres") + "&currentSchema=" + schema + "&socketTimeout=20";
    }

    String setting(String name) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show " + name)) {
            row.next();
            return row.getString(1);
        }
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Kills all processes of the server at once, without warning, as a crash does. */
    void kill() throws Exception {
        long pid = Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).get(0).trim());
        ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
        List<ProcessHandle> processes =
                Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
        processes.forEach(ProcessHandle::destroyForcibly);
        Await.until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
        server.close(); // lets go of its own lock on the folder
    }

    /** Starts the server again after a kill, on the same data and another port. */
    void restart() throws IOException {
        server = launch();
    }

    @Override
    public void close() throws IOException {
        server.close();
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
