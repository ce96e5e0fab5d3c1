package io.natterjack.examples.benchmarks;

import io.natterjack.server.ChatServer;
import io.natterjack.server.TlsContexts;
import io.natterjack.server.jwt.JwtAlgorithm;
import io.natterjack.server.jwt.JwtAuthVerifier;
import io.natterjack.server.websocket.JavaWebSocketTransport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The chat server as it is: sessions, signed tokens, JSON, checks, order, acknowledgements, history in memory. Only the limits that a
 * load test runs into are raised. Each line on standard input is answered with what the process holds after a full collection.
 */
public final class ChatBenchServer {
    static final String SECRET = "a secret for benchmarks, of thirty-two bytes or more";

    private static final int CONNECTIONS = 25_000;

    private ChatBenchServer() {}

    /** Serves; arguments are {@code port=N}, {@code queued=BYTES}, {@code sendbuffer=BYTES}, {@code tls=KEYSTORE}, {@code handshake=SECONDS}. */
    public static void main(String[] arguments) throws IOException {
        Map<String, String> options = new HashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            options.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        JavaWebSocketTransport.Builder transport = JavaWebSocketTransport.builder()
                .port(Integer.parseInt(options.getOrDefault("port", "0")))
                .maxConnections(CONNECTIONS)
                .maxConnectionsPerAddress(CONNECTIONS)
                .backlog(4_096)
                .handshakeTimeout(Duration.ofSeconds(Long.parseLong(options.getOrDefault("handshake", "5"))))
                .maxQueuedBytes(Long.parseLong(options.getOrDefault("queued", "1048576")));
        if (options.containsKey("sendbuffer")) {
            transport.sendBufferBytes(Integer.parseInt(options.get("sendbuffer")));
        }
        if (options.containsKey("tls")) {
            transport.tls(TlsContexts.ofKeyStore(Path.of(options.get("tls")), "changeit".toCharArray()));
        }
        JwtAuthVerifier auth = JwtAuthVerifier.withSecret(
                        JwtAlgorithm.HS256, SECRET.getBytes(StandardCharsets.US_ASCII))
                .build();
        try (ChatServer server = ChatServer.builder(auth)
                .noRateLimit()
                .transport(transport.build())
                .start()) {
            System.out.println("READY");
            answer(server);
        }
    }

    private static void answer(ChatServer server) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (in.readLine() != null) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            System.out.println(server.sessions()
                    + " " + (runtime.totalMemory() - runtime.freeMemory())
                    + " " + ManagementFactory.getThreadMXBean().getThreadCount()
                    + " " + descriptors());
        }
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }
}
