package io.natterjack.examples.campaign;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * PostgreSQL, brought by the build. The library that starts it turns durability off on the command line ({@code -F}); the settings here
 * stand behind that on the same line, and the later one counts.
 */
final class PostgresServer implements DatabaseServer {
    private final Path data;
    private EmbeddedPostgres server;

    private PostgresServer(Path data) throws IOException {
        this.data = data;
        this.server = launch(data);
    }

    static PostgresServer start(Path folder) throws IOException {
        return new PostgresServer(folder.resolve("postgres"));
    }

    private static EmbeddedPostgres launch(Path data) throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setServerConfig("fsync", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("synchronous_commit", "on")
                .setPGStartupWait(Duration.ofSeconds(60))
                .start();
    }

    @Override
    public int port() {
        return server.getPort();
    }

    @Override
    public String url(int port) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
    }

    @Override
    public void kill() throws Exception {
        long pid = Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).get(0).trim());
        ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
        List<ProcessHandle> processes =
                Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
        processes.forEach(ProcessHandle::destroyForcibly);
        Waiting.until("PostgreSQL has died", () -> processes.stream().noneMatch(ProcessHandle::isAlive));
        server.close(); // lets go of its own lock on the folder
    }

    @Override
    public void restart() throws IOException {
        server = launch(data);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
