package io.natterjack.store.redis.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.natterjack.testkit.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A Redis server of a test's own, which can be killed and started again over the same files. */
public final class RedisProcess implements AutoCloseable {
    private static final String VERSION = "7.0.15";

    private final Path directory;
    private final int port;
    private final List<String> arguments;
    private Process process;

    private RedisProcess(Path directory, int port, List<String> arguments) {
        this.directory = directory;
        this.port = port;
        this.arguments = arguments;
    }

    /** Starts a server that forgets everything when it ends, with these arguments besides. */
    public static RedisProcess start(String... arguments) {
        for (int attempt = 1; ; attempt++) {
            try {
                return startOn(freePort(), arguments);
            } catch (IllegalStateException failure) {
                // Somebody else may have taken the port since it was free.
                boolean isTaken = String.valueOf(failure.getMessage()).contains("Address already in use");
                if (!isTaken || attempt == 3) {
                    throw failure;
                }
            }
        }
    }

    /** Starts one that keeps an append-only file, synced each second. */
    public static RedisProcess startDurable() {
        return start("--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction");
    }

    /** Starts one on that port. */
    public static RedisProcess startOn(int port, String... arguments) {
        try {
            Path directory = Files.createTempDirectory("natterjack-redis-");
            List<String> all = new ArrayList<>(List.of("--port", String.valueOf(port), "--dir", directory.toString()));
            all.addAll(List.of("--save", "", "--bind", "127.0.0.1", "--daemonize", "no"));
            all.addAll(List.of(arguments));
            RedisProcess redis = new RedisProcess(directory, port, all);
            redis.restart();
            return redis;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the same program as a Sentinel with these lines as its configuration. */
    public static RedisProcess startSentinel(String... lines) {
        try {
            int port = freePort();
            Path directory = Files.createTempDirectory("natterjack-sentinel-");
            Path file = directory.resolve("sentinel.conf");
            List<String> all = new ArrayList<>(List.of("port " + port, "dir " + directory, "bind 127.0.0.1"));
            all.addAll(List.of(lines));
            Files.write(file, all);
            RedisProcess redis = new RedisProcess(directory, port, List.of(file.toString(), "--sentinel"));
            redis.restart();
            return redis;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it again over what it left. */
    public void restart() throws IOException {
        List<String> command = new ArrayList<>(List.of(binary().toString()));
        command.addAll(arguments);
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        Await.until("Redis answers", () -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("Redis ended: " + Files.readString(directory.resolve("log")));
            }
            return answers();
        });
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(1_000);
            socket.getOutputStream().write("PING\r\n".getBytes(US_ASCII));
            byte[] answer = new byte[5];
            int count = socket.getInputStream().readNBytes(answer, 0, answer.length);
            return count > 0 && (answer[0] == '+' || new String(answer, 0, count, US_ASCII).startsWith("-NOAU"));
        } catch (IOException notYet) {
            return false;
        }
    }

    /**
     * Sends a command on a connection of its own.
     *
     * @return the answer's first line, and all of it if it is a single text
     */
    public String ask(String... words) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(5_000);
            StringBuilder command = new StringBuilder("*" + words.length + "\r\n");
            for (String word : words) {
                command.append('$').append(word.getBytes(UTF_8).length).append("\r\n");
                command.append(word).append("\r\n");
            }
            socket.getOutputStream().write(command.toString().getBytes(UTF_8));
            String first = line(socket.getInputStream());
            if (!first.startsWith("$") || first.equals("$-1")) {
                return first;
            }
            int length = Integer.parseInt(first.substring(1));
            return new String(socket.getInputStream().readNBytes(length), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.append((char) next);
        }
        return line.toString().strip();
    }

    public int port() {
        return port;
    }

    public String uri() {
        return "redis://127.0.0.1:" + port;
    }

    /** Returns where its files are. */
    public Path directory() {
        return directory;
    }

    /** Ends it as {@code kill -9} does. */
    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops it where it is; {@link #resume} lets it go on. */
    public void freeze() throws IOException {
        signal("STOP");
    }

    public void resume() throws IOException {
        signal("CONT");
    }

    private void signal(String name) throws IOException {
        try {
            // The shell's own kill: a small Debian has no program of that name.
            new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, IOException e) throws IOException {
                    Files.delete(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the server that the build brings, unpacked once. */
    public static Path binary() throws IOException {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac") ? "darwin" : "linux";
        String processor = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        String name = "redis-server-" + VERSION + "-" + system + "-" + processor;
        return Unpacked.at(name);
    }

    private static final class Unpacked {
        private static Path file;

        static synchronized Path at(String name) throws IOException {
            if (file == null) {
                Path unpacked = Files.createTempFile(
                        "natterjack-redis-server-",
                        "",
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                unpacked.toFile().deleteOnExit();
                try (InputStream in = RedisProcess.class.getClassLoader().getResourceAsStream(name)) {
                    if (in == null) {
                        throw new IOException("the build brings no " + name);
                    }
                    Files.write(unpacked, in.readAllBytes());
                }
                file = unpacked;
            }
            return file;
        }
    }
}
