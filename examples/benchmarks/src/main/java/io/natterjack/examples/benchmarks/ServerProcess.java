package io.natterjack.examples.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A server in a JVM of its own, on a core of its own. */
final class ServerProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final int port;

    private ServerProcess(Process process, int port) {
        this.process = process;
        this.port = port;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static ServerProcess stock() throws IOException {
        int port = freePort();
        return start(StockServer.class, port, List.of(String.valueOf(port)));
    }

    static ServerProcess chat(String... options) throws IOException {
        int port = freePort();
        List<String> all = new ArrayList<>(List.of("port=" + port));
        all.addAll(List.of(options));
        return start(ChatBenchServer.class, port, all);
    }

    private static ServerProcess start(Class<?> main, int port, List<String> arguments) throws IOException {
        ServerProcess server = new ServerProcess(Jvm.start(0, "-Xmx1g", main, arguments), port);
        String first = server.out.readLine();
        if (!"READY".equals(first)) {
            throw new IOException(main.getSimpleName() + " doesn't start: " + first);
        }
        return server;
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0)) {
            return any.getLocalPort();
        }
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    /** What a chat server holds after a full collection. */
    record Holdings(long sessions, long heap, long threads, long descriptors) {}

    /** Asks a chat server what it holds. */
    Holdings holdings() throws IOException {
        OutputStream in = process.getOutputStream();
        in.write('\n');
        in.flush();
        String[] numbers = out.readLine().split(" ");
        return new Holdings(
                Long.parseLong(numbers[0]),
                Long.parseLong(numbers[1]),
                Long.parseLong(numbers[2]),
                Long.parseLong(numbers[3]));
    }

    /** Returns the CPU time used so far, in microseconds. */
    long cpuMicros() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 10_000;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
