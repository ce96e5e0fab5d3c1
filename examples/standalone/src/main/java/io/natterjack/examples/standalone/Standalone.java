package io.natterjack.examples.standalone;

import io.natterjack.core.ChatException;
import io.natterjack.core.spi.AuthVerifier;
import io.natterjack.core.spi.Transport;
import io.natterjack.server.ChatServer;
import io.natterjack.server.TlsContexts;
import io.natterjack.server.jwt.JwtAlgorithm;
import io.natterjack.server.jwt.JwtAuthVerifier;
import io.natterjack.server.websocket.JavaWebSocketTransport;
import io.natterjack.store.redis.cluster.RedisCluster;
import io.natterjack.store.redis.queue.RedisStreamQueue;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** A chat server as a program: {@code java -jar natterjack-standalone.jar --help} tells its options. */
public final class Standalone {
    private static final Logger LOG = LoggerFactory.getLogger(Standalone.class);

    private Standalone() {}

    /** Starts the server and waits for the end of the process. */
    public static void main(String[] arguments) throws InterruptedException {
        int code = run(arguments, System.out, System.err);
        if (code >= 0) {
            System.exit(code);
        }
        new CountDownLatch(1).await();
    }

    /** Returns the exit code, or -1 if a server runs now. */
    static int run(String[] arguments, PrintStream out, PrintStream err) {
        Options options = new Options();
        CommandLine parser = options.parser();
        try {
            ParseResult given = parser.parseArgs(arguments);
            if (options.help()) {
                parser.usage(out);
                return ExitCode.OK;
            }
            out.println("READY " + start(options.settings(given), parser, err));
            out.flush();
            return -1;
        } catch (ParameterException wrong) {
            err.println("natterjack: " + Options.explain(wrong));
            err.println("--help lists all options");
            return ExitCode.USAGE;
        } catch (RuntimeException failure) {
            err.println("natterjack: " + oneLine(failure));
            LOG.debug("The start failed", failure);
            return ExitCode.SOFTWARE;
        }
    }

    private static String start(Settings settings, CommandLine parser, PrintStream err) {
        Mistakes mistakes = new Mistakes(parser);
        AuthVerifier auth = auth(settings, mistakes, err);
        Transport transport = transport(settings.listening(), mistakes);
        OpenStore store = OpenStore.open(settings.storage(), mistakes);
        ChatServer.Builder builder =
                ChatServer.builder(auth).store(store.store()).transport(transport);
        settings.framesPerSecond().ifPresentOrElse(rate -> builder.rateLimit(rate, 2 * rate), builder::noRateLimit);
        ChatServer server;
        try {
            settings.redis().ifPresent(redis -> join(builder, redis, mistakes));
            server = builder.start();
        } catch (RuntimeException failure) {
            store.close();
            throw failure;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, store), "chat-shutdown"));
        return address(settings.listening(), server.port());
    }

    private static void join(ChatServer.Builder builder, Settings.Redis redis, Mistakes mistakes) {
        String uri = mistakes.uriOf(redis.address());
        redis.queue().ifPresent(ackAt -> {
            RedisStreamQueue.Builder queue = RedisStreamQueue.builder(uri).ackAt(ackAt);
            builder.queue(mistakes.of("--redis-prefix", () -> queue.prefix(redis.prefix()))
                    .factory());
        });
        RedisCluster.Builder cluster =
                mistakes.of("--redis-prefix", () -> RedisCluster.builder(uri).prefix(redis.prefix()));
        builder.cluster(mistakes.of("--redis", cluster::connect));
    }

    private static Transport transport(Settings.Listening listening, Mistakes mistakes) {
        JavaWebSocketTransport.Builder transport = JavaWebSocketTransport.builder()
                .host(listening.host())
                .port(listening.port())
                .maxConnections(listening.maxConnections())
                .maxConnectionsPerAddress(listening.maxConnectionsPerAddress());
        listening
                .tls()
                .ifPresent(files -> transport.tls(mistakes.of(
                        "--tls-certificate, --tls-key", () -> TlsContexts.ofPem(files.certificate(), files.key()))));
        listening
                .proxies()
                .ifPresent(proxies -> mistakes.of(
                        "--behind-tls-proxy", () -> transport.behindTlsProxy(proxies.toArray(String[]::new))));
        if (!listening.origins().isEmpty()) {
            mistakes.of(
                    "--allow-origin",
                    () -> transport.allowedOrigins(listening.origins().toArray(String[]::new)));
        }
        return transport.build();
    }

    private static AuthVerifier auth(Settings settings, Mistakes mistakes, PrintStream err) {
        if (settings.jwtSecretFile().isPresent()) {
            Path file = settings.jwtSecretFile().get();
            byte[] secret = secret(mistakes.reading("--jwt-secret-file", file, Files::readAllBytes), mistakes);
            return JwtAuthVerifier.withSecret(JwtAlgorithm.HS256, secret).build();
        }
        err.println("natterjack: WARNING: --insecure-dev-tokens lets everybody in as whoever they say they are."
                + " Never let others reach this server.");
        return new DevTokens();
    }

    private static byte[] secret(byte[] bytes, Mistakes mistakes) {
        int end = bytes.length;
        while (end > 0 && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r')) {
            end--;
        }
        if (end < 32) {
            throw mistakes.mistake("--jwt-secret-file must have 32 bytes or more, has " + end);
        }
        return Arrays.copyOf(bytes, end);
    }

    private static void stop(ChatServer server, OpenStore store) {
        LOG.info("Stopping");
        server.close();
        store.close();
        LOG.info("Stopped");
    }

    private static String address(Settings.Listening listening, int port) {
        String host = listening.host();
        return (listening.tls().isPresent() ? "wss://" : "ws://") + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + port + "/chat";
    }

    /** Who noticed a failure wraps what says what to do. */
    private static String oneLine(RuntimeException failure) {
        Throwable said = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ChatException) {
                said = cause;
                break;
            }
        }
        String message = said.getMessage();
        return message == null ? said.toString() : message.lines().findFirst().orElse(said.toString());
    }
}
