package io.natterjack.examples.campaign;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Redis, brought by the build, always on the same port.
 *
 * <p><b>Threads.</b> One at a time.
 */
final class RedisServer implements AutoCloseable {
    private static final String VERSION = "7.0.15";
    private static final int ANSWER_MILLIS = 2_000;
    /** Where it keeps its append-only file, in several files, unless told otherwise. */
    private static final String FILES = "appendonlydir";

    private static final String COPY = "copy";

    private final Path folder;
    private final Path binary;
    private final int port;
    private final boolean isDurable;
    private Process process;
    private int starts;

    private RedisServer(Path folder, boolean isDurable) throws IOException {
        this.folder = folder;
        this.binary = unpack(folder);
        this.port = Ports.free();
        this.isDurable = isDurable;
        this.process = launch();
    }

    /**
     * Starts a server.
     *
     * @param isDurable whether it keeps an append-only file, flushed once a second; else it forgets all when it dies
     */
    static RedisServer start(Path folder, boolean isDurable) throws IOException {
        return new RedisServer(Files.createDirectories(folder.resolve("redis")), isDurable);
    }

    private static Path unpack(Path folder) throws IOException {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac") ? "darwin" : "linux";
        String processor = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        String name = "redis-server-" + VERSION + "-" + system + "-" + processor;
        try (InputStream in = RedisServer.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("the build brings no " + name);
            }
            Path file = folder.resolve("redis-server");
            Files.write(file, in.readAllBytes());
            return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private Process launch() throws IOException {
        Path log = folder.resolve("redis-" + ++starts + ".log");
        List<String> command = new ArrayList<>(List.of(binary.toString(), "--port", String.valueOf(port)));
        command.addAll(List.of("--bind", "127.0.0.1", "--dir", folder.toString(), "--save", ""));
        command.addAll(List.of("--maxmemory-policy", "noeviction", "--appendonly", isDurable ? "yes" : "no"));
        Process started = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        // While it reads its file it answers with an error.
        Waiting.until("Redis is ready", () -> !started.isAlive() || isPositive("PING"));
        if (!started.isAlive()) {
            throw new IOException("Redis doesn't start: see " + log);
        }
        return started;
    }

    /** Tells whether it answers {@code command}, of one word, and not with an error. */
    private boolean isPositive(String command) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.getOutputStream().write((command + "\r\n").getBytes(US_ASCII));
            return socket.getInputStream().read() == '+';
        } catch (IOException notYet) {
            return false;
        }
    }

    int port() {
        return port;
    }

    /** Returns its address past all proxies. */
    String uri() {
        return "redis://127.0.0.1:" + port;
    }

    /** Forgets all that it has, but for its scripts. */
    void flush() throws IOException {
        if (!isPositive("FLUSHALL")) {
            throw new IOException("FLUSHALL failed");
        }
    }

    /** Stops or goes on: {@code STOP}, {@code CONT}. */
    void signal(String signal) throws IOException, InterruptedException {
        ChatProcess.signal(process, signal);
    }

    /** Dies as by {@code kill -9}. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Keeps a copy of its file, while it doesn't run. */
    void copy() throws IOException {
        copy(folder.resolve(FILES), folder.resolve(COPY));
    }

    /** Puts the copy in the place of its file, while it doesn't run. */
    void bringBack() throws IOException {
        copy(folder.resolve(COPY), folder.resolve(FILES));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> old = Files.list(to)) {
            for (Path file : old.toList()) {
                Files.delete(file);
            }
        }
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    /** Starts it again over what it left. */
    void restart() throws IOException {
        process = launch();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
