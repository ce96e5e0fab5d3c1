package io.natterjack.examples.benchmarks;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.natterjack.examples.loadtest.LoadTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs the load generator in a JVM of its own on the other core, and returns its figures. */
final class Load {
    private Load() {}

    static JsonObject run(ServerProcess server, boolean echo, String... options) throws IOException {
        Process process = start(server, echo, options);
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            if (line == null) {
                throw new IOException("the load generator said nothing");
            }
            return JsonParser.parseString(line).getAsJsonObject();
        }
    }

    static Process start(ServerProcess server, boolean echo, String... options) throws IOException {
        Path secret = Files.createTempFile("natterjack", ".secret");
        secret.toFile().deleteOnExit();
        Files.writeString(secret, ChatBenchServer.SECRET);
        List<String> all = new ArrayList<>(List.of(
                "--url=ws://127.0.0.1:" + server.port() + "/chat",
                "--json",
                "--server-pid=" + server.pid(),
                "--jwt-secret-file=" + secret));
        if (echo) {
            all.add("--echo");
        }
        all.addAll(List.of(options));
        return Jvm.start(1, "-Xmx3g", LoadTest.class, all);
    }

    static double number(JsonObject outcome, String name) {
        return outcome.get(name).getAsDouble();
    }
}
