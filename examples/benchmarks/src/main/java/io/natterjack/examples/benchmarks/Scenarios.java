package io.natterjack.examples.benchmarks;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.natterjack.examples.loadtest.LoadTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What is asked of the chat server alone. Each prints what it found. */
final class Scenarios {
    private static final String[] MODERATE = {"--rate=1000", "--room-size=10", "--warm-up=10", "--duration=15"};

    private Scenarios() {}

    /** The same traffic over ever more connections. */
    static void growth(int rounds) throws IOException {
        for (int i = 0; i < rounds; i++) {
            double least = 0;
            for (int connections : new int[] {1_000, 10_000, 18_000}) {
                try (ServerProcess server = ServerProcess.chat()) {
                    JsonObject outcome = Load.run(server, false, with(MODERATE, "--connections=" + connections));
                    double cpu = Load.number(outcome, "serverCpuMicrosPerDelivery");
                    least = least == 0 ? cpu : least;
                    print("%,6d connections: %s(%.2f of 1,000's)", connections, Comparison.line(outcome), cpu / least);
                }
            }
        }
    }

    /** The same deliveries from ever fewer messages: what a message costs beyond them. */
    static void slope(int rounds) throws IOException {
        List<double[]> points = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            for (int size : new int[] {2, 10, 100}) {
                try (ServerProcess server = ServerProcess.chat()) {
                    JsonObject outcome = Load.run(
                            server,
                            false,
                            "--connections=1000",
                            "--room-size=" + size,
                            "--rate=" + 20_000 / size,
                            "--warm-up=10",
                            "--duration=12");
                    double cpu = Load.number(outcome, "serverCpuMicrosPerDelivery");
                    points.add(new double[] {1.0 / size, cpu});
                    print("rooms of %3d: %s", size, Comparison.line(outcome));
                }
            }
        }
        double meanX = points.stream().mapToDouble(point -> point[0]).average().orElseThrow();
        double meanY = points.stream().mapToDouble(point -> point[1]).average().orElseThrow();
        double covariance = points.stream()
                .mapToDouble(point -> (point[0] - meanX) * (point[1] - meanY))
                .sum();
        double variance = points.stream()
                .mapToDouble(point -> (point[0] - meanX) * (point[0] - meanX))
                .sum();
        double aMessage = covariance / variance;
        print("a message costs %.1f µs, a delivery %.2f µs", aMessage, meanY - aMessage * meanX);
    }

    /** Peers that don't read, and peers that read slowly, beside healthy ones; and the healthy ones alone. */
    static void slowPeers() throws IOException {
        String[] load = {
            "--connections=5000", "--room-size=100", "--rate=200", "--body-bytes=1024", "--warm-up=5", "--duration=50"
        };
        JsonObject alone = watched(load);
        JsonObject beside = watched(with(load, "--stalled-percent=10", "--slow-percent=10", "--receive-buffer=4096"));
        print(
                "healthy p99 %.2f times that without; resumed %s, gaps %s",
                Load.number(beside, "p99Millis") / Load.number(alone, "p99Millis"),
                beside.get("connectionsResumed"),
                beside.get("gaps"));
    }

    /** Runs a load on a server whose connections may have little unsent, and looks at its heap now and then. */
    private static JsonObject watched(String... load) throws IOException {
        try (ServerProcess server = ServerProcess.chat("queued=65536", "sendbuffer=8192")) {
            long before = server.holdings().heap();
            Process generator = Load.start(server, false, load);
            long most = 0;
            try (BufferedReader out =
                    new BufferedReader(new InputStreamReader(generator.getInputStream(), StandardCharsets.UTF_8))) {
                while (generator.isAlive()) {
                    // Seldom: a full collection stops everybody for a moment.
                    waitFor(generator, 20);
                    ServerProcess.Holdings holdings = server.holdings();
                    most = Math.max(most, holdings.heap());
                    print("  %s", holdings);
                }
                JsonObject outcome = JsonParser.parseString(out.readLine()).getAsJsonObject();
                print("%s", Comparison.line(outcome));
                print("heap at most %,d KiB more than empty", (most - before) >> 10);
                return outcome;
            }
        }
    }

    /** Twice what can be carried, and how long until all is normal again. */
    static void overload() throws IOException {
        double rate;
        try (ServerProcess server = ServerProcess.chat()) {
            JsonObject most =
                    Load.run(server, false, "--connections=1000", "--in-flight=8", "--warm-up=10", "--duration=10");
            rate = Load.number(most, "deliveriesPerSecond") / 10;
            print("at most %,.0f messages a second, %s", rate, Comparison.line(most));
        }
        try (ServerProcess server = ServerProcess.chat()) {
            print("before: %s", server.holdings());
            JsonObject normal =
                    Load.run(server, false, "--connections=1000", "--rate=2000", "--warm-up=10", "--duration=5");
            print("normal: %s", Comparison.line(normal));
            JsonObject over =
                    Load.run(server, false, "--connections=1000", "--rate=" + 2 * rate, "--warm-up=0", "--duration=15");
            print("twice that: %s", Comparison.line(over));
            print("after: %s", server.holdings());
            JsonObject after =
                    Load.run(server, false, "--connections=1000", "--rate=2000", "--warm-up=0", "--duration=5");
            print("normal again, at once: %s", Comparison.line(after));
        }
    }

    /** Whether those who came and went leave something behind. */
    static void churn(int cycles) throws IOException, InterruptedException {
        try (ServerProcess server = ServerProcess.chat("handshake=5")) {
            String token = LoadTest.tokenOf(0, ChatBenchServer.SECRET);
            cycle(server, 5_000, token);
            print("after 5,000:   %s", server.holdings());
            long start = System.nanoTime();
            String failed = cycle(server, cycles, token);
            print(
                    "%,d cycles in %,d s, %s of them failed",
                    cycles, (System.nanoTime() - start) / 1_000_000_000, failed);
            rest(6);
            print("after all:     %s", server.holdings());
        }
    }

    private static String cycle(ServerProcess server, int cycles, String token) throws IOException {
        Process process = Jvm.start(
                1, "-Xmx512m", Churn.class, List.of(String.valueOf(server.port()), String.valueOf(cycles), token));
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            return out.readLine();
        }
    }

    /** The heap that a session takes which has joined a room and is silent. */
    static void idleHeap() throws IOException {
        try (ServerProcess server = ServerProcess.chat()) {
            Load.run(server, false, "--idle", "--connections=100", "--duration=1");
            long before = server.holdings().heap();
            Process generator = Load.start(server, false, "--idle", "--connections=10000", "--duration=30");
            ServerProcess.Holdings holdings = server.holdings();
            while (holdings.sessions() < 10_000 && generator.isAlive()) {
                waitFor(generator, 1);
                holdings = server.holdings();
            }
            waitFor(generator, 2);
            holdings = server.holdings();
            print("%s: %,d bytes a session", holdings, (holdings.heap() - before) / holdings.sessions());
            generator.destroy();
        }
    }

    /** The CPU that TLS connections cost which say nothing. */
    static void silentTls() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("natterjack-tls");
        Path keyStore = directory.resolve("server.p12");
        new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "server",
                        "-dname",
                        "CN=localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keyStore.toString(),
                        "-storepass",
                        "changeit")
                .start()
                .waitFor();
        for (int count : new int[] {0, 1, 1_000}) {
            try (ServerProcess server = ServerProcess.chat("tls=" + keyStore, "handshake=60")) {
                List<Socket> silent = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    silent.add(new Socket(InetAddress.getLoopbackAddress(), server.port()));
                }
                rest(5);
                long before = server.cpuMicros();
                rest(30);
                print("%,5d silent: %.2f %% of a core", count, (server.cpuMicros() - before) / 30e6 * 100);
                for (Socket each : silent) {
                    each.close();
                }
            }
        }
        Files.delete(keyStore);
        Files.delete(directory);
    }

    private static void rest(int seconds) throws InterruptedException {
        Thread.sleep(TimeUnit.SECONDS.toMillis(seconds));
    }

    private static void waitFor(Process process, int seconds) {
        try {
            boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
            if (ended) {
                return;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static String[] with(String[] options, String... more) {
        String[] all = Arrays.copyOf(options, options.length + more.length);
        System.arraycopy(more, 0, all, options.length, more.length);
        return all;
    }

    private static void print(String format, Object... arguments) {
        System.out.printf(Locale.ROOT, "  " + format + "%n", arguments);
    }
}
