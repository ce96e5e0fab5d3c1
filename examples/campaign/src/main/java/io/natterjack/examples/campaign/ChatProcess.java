package io.natterjack.examples.campaign;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A chat server as a process of its own, always on the same port. What it prints goes to files. */
final class ChatProcess implements AutoCloseable {
    /** For those that are started often and needn't be fast. */
    private static final List<String> QUICK = List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final List<String> jvmOptions;
    private final Path jar;
    private final Path folder;
    private final String name;
    private final int port;
    private final List<String> storage;
    private Process process;
    private int starts;

    /**
     * Starts a server.
     *
     * @param jar the runnable jar of examples/standalone
     * @param storage the options that say where it keeps messages
     */
    ChatProcess(Path jar, Path folder, String name, int port, List<String> storage) throws IOException {
        this(QUICK, jar, folder, name, port, storage);
    }

    /** Starts a server in a Java machine with options. */
    ChatProcess(List<String> jvmOptions, Path jar, Path folder, String name, int port, List<String> storage)
            throws IOException {
        this.jvmOptions = jvmOptions;
        this.jar = jar;
        this.folder = folder;
        this.name = name;
        this.port = port;
        this.storage = storage;
        this.process = launch();
    }

    private Process launch() throws IOException {
        Path output = folder.resolve(name + "-" + ++starts + ".out");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.addAll(List.of("-jar", jar.toString(), "--insecure-dev-tokens", "--rate-limit=off", "--port=" + port));
        command.addAll(storage);
        Process started = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(folder.resolve(name + "-" + starts + ".err").toFile())
                .start();
        Waiting.until(name + " is ready", () -> !started.isAlive() || isReady(output));
        if (!isReady(output)) {
            throw new IOException(name + " doesn't start: see " + folder);
        }
        return started;
    }

    private static boolean isReady(Path output) {
        try {
            return Files.readString(output).contains("READY");
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Returns where clients connect. */
    URI address() {
        return URI.create("ws://127.0.0.1:" + port + "/chat");
    }

    long pid() {
        return process.pid();
    }

    /** Stops or goes on: {@code STOP}, {@code CONT}. */
    void signal(String signal) throws IOException, InterruptedException {
        signal(process, signal);
    }

    static void signal(Process process, String signal) throws IOException, InterruptedException {
        // The shell's own kill: a small Debian has no program of that name.
        Process kill = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid()).start();
        if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
            throw new IOException("kill -" + signal + " failed");
        }
    }

    /** Dies as by {@code kill -9}. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    void restart() throws IOException {
        process = launch();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
