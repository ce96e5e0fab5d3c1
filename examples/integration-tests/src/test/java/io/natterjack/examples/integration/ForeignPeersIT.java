package io.natterjack.examples.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients in other languages, each a program of its own that has the conversation of src/test/peers: npm's ws, Debian's
 * python3-websockets, and Chromium. They need these programs, so they run with {@code -Ppeers} only, as .ci/run does.
 */
@Tag("peers")
@Timeout(120)
final class ForeignPeersIT {
    private static final Path PROGRAMS = Path.of("src", "test", "peers").toAbsolutePath();
    private static final Map<String, String> TYPES = Map.of("html", "text/html", "mjs", "text/javascript");

    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    Path directory;

    @Test
    void nodesWsIsUnderstood() throws Exception {
        PeerServer.assertConversation(run("node", "node.mjs"));
    }

    @Test
    void pythonsWebsocketsIsUnderstood() throws Exception {
        // Debian's own Python: another one that may be first on the path doesn't have Debian's packages.
        PeerServer.assertConversation(run("/usr/bin/python3", "-X", "utf8", "peer.py"));
    }

    private List<String> run(String... program) throws IOException, InterruptedException {
        Path said = directory.resolve("said");
        try (PeerServer server = new PeerServer()) {
            List<String> command = new ArrayList<>(List.of(program));
            command.add(server.address().toString());
            command.add(PeerServer.ROOM);
            Process process = new ProcessBuilder(command)
                    .directory(PROGRAMS.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            assertThat(process.exitValue())
                    .as("exit of " + String.join(" ", program) + ", which said " + Files.readString(said))
                    .isZero();
            return Files.readAllLines(said);
        }
    }

    @Test
    void aPageInChromiumIsUnderstood() throws Exception {
        PeerServer.assertConversation(visit(PeerServer::new).lines().toList());
    }

    @Test
    void aPageOfAnotherOriginIsKeptOut() throws Exception {
        assertThat(visit(origin -> new PeerServer())).startsWith("Error: can't connect to ws://");
    }

    /** Has a page of an origin of its own opened, and returns what it says in the end. */
    private String visit(Function<String, PeerServer> start) throws Exception {
        CompletableFuture<String> result = new CompletableFuture<>();
        HttpServer pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        pages.createContext("/", exchange -> answer(exchange, result));
        pages.start();
        String origin = "http://127.0.0.1:" + pages.getAddress().getPort();
        try (PeerServer server = start.apply(origin)) {
            Process browser = chromium(
                    directory.resolve("profile"),
                    origin + "/page.html?room=" + PeerServer.ROOM + "&url="
                            + URLEncoder.encode(server.address().toString(), StandardCharsets.UTF_8));
            try {
                return result.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } finally {
                browser.descendants().forEach(ProcessHandle::destroyForcibly);
                browser.destroyForcibly().waitFor();
            }
        } finally {
            pages.stop(0);
        }
    }

    private static Process chromium(Path profile, String page) throws IOException {
        return new ProcessBuilder(
                        "chromium",
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--disable-dev-shm-usage",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        page)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static void answer(HttpExchange exchange, CompletableFuture<String> result) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (path.equals("/result")) {
                result.complete(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
                exchange.sendResponseHeaders(204, -1);
                return;
            }
            Path file = PROGRAMS.resolve(path.substring(1));
            String type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
            if (type == null || !Files.isRegularFile(file)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            byte[] bytes = Files.readAllBytes(file);
            exchange.getResponseHeaders().add("Content-Type", type);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
