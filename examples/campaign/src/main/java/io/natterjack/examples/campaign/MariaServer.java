package io.natterjack.examples.campaign;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The MariaDB that the machine has. */
final class MariaServer implements DatabaseServer {
    private static final List<String> FOLDERS = List.of("/usr/sbin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin");

    private final Path folder;
    private int port;
    private Process process;

    private MariaServer(Path folder) throws Exception {
        this.folder = folder;
        Process install = new ProcessBuilder(
                        program("mariadb-install-db").orElseThrow(),
                        "--no-defaults",
                        "--user=" + System.getProperty("user.name"),
                        "--datadir=" + folder.resolve("data"),
                        "--auth-root-authentication-method=normal",
                        "--skip-test-db")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("install.log").toFile())
                .start();
        if (!install.waitFor(60, TimeUnit.SECONDS) || install.exitValue() != 0) {
            throw new IOException(Files.readString(folder.resolve("install.log")));
        }
        process = launch();
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create database chat");
        }
    }

    static boolean isInstalled() {
        return program("mariadbd").isPresent() && program("mariadb-install-db").isPresent();
    }

    static MariaServer start(Path folder) throws Exception {
        return new MariaServer(Files.createDirectories(folder.resolve("mariadb")));
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

    private Process launch() throws Exception {
        port = Ports.free();
        Process started = new ProcessBuilder(
                        program("mariadbd").orElseThrow(),
                        "--no-defaults",
                        "--user=" + System.getProperty("user.name"),
                        "--datadir=" + folder.resolve("data"),
                        "--socket=" + folder.resolve("socket"),
                        "--pid-file=" + folder.resolve("pid"),
                        "--bind-address=127.0.0.1",
                        "--port=" + port,
                        "--skip-name-resolve",
                        "--log-bin=" + folder.resolve("binlog"),
                        "--sync-binlog=1")
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
        Waiting.until("MariaDB answers", () -> {
            if (!started.isAlive()) {
                throw new IllegalStateException("MariaDB ended: see " + folder.resolve("log"));
            }
            try (Connection connection = connect()) {
                return true;
            } catch (SQLException notYet) {
                return false;
            }
        });
        return started;
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:mariadb://127.0.0.1:" + port + "/?user=root");
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String url(int toPort) {
        return "jdbc:mariadb://127.0.0.1:" + toPort + "/chat?user=root";
    }

    @Override
    public void kill() throws Exception {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void restart() throws Exception {
        process = launch();
    }

    @Override
    public void close() throws Exception {
        kill();
    }
}
