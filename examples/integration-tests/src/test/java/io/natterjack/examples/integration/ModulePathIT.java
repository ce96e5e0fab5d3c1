package io.natterjack.examples.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An application that is a module finds all that it needs of ours, and nothing else, on its module path. */
@Timeout(60)
final class ModulePathIT {
    private static final String MODULE_INFO = """
            module app {
                requires io.natterjack.client;
                requires io.natterjack.server;
                requires io.natterjack.store.jdbc;
                requires io.natterjack.store.redis;
            }
            """;

    private static final String MAIN = """
            package app;

            import static java.util.concurrent.CompletableFuture.completedFuture;

            import io.natterjack.client.ChatClient;
            import io.natterjack.core.Message;
            import io.natterjack.core.MessageBody;
            import io.natterjack.core.Principal;
            import io.natterjack.core.RoomId;
            import io.natterjack.core.StoreException;
            import io.natterjack.core.UserId;
            import io.natterjack.core.spi.AuthResult;
            import io.natterjack.core.spi.MessageStore;
            import io.natterjack.server.ChatServer;
            import io.natterjack.server.jwt.JwtAlgorithm;
            import io.natterjack.server.jwt.JwtAuthVerifier;
            import io.natterjack.store.jdbc.JdbcMessageStore;
            import io.natterjack.store.redis.cluster.RedisCluster;
            import java.net.URI;
            import java.nio.file.Path;
            import java.util.concurrent.CompletableFuture;
            import java.util.concurrent.TimeUnit;

            public final class Main {
                public static void main(String[] arguments) throws Exception {
                    JwtAuthVerifier.withSecret(JwtAlgorithm.HS256, new byte[32]).build();
                    try (RedisCluster nobody = RedisCluster.connect("redis://127.0.0.1:1")) {
                        System.out.println("there is a Redis at port 1");
                    } catch (StoreException away) {
                        System.out.println(away.getMessage().split(":")[0]);
                    }
                    try (MessageStore store = JdbcMessageStore.sqlite(Path.of("chat.db"));
                            ChatServer server = ChatServer.builder(request -> completedFuture(
                                            AuthResult.accepted(Principal.of(new UserId(request.token())))))
                                    .store(store)
                                    .port(0)
                                    .start();
                            ChatClient client = ChatClient.builder(
                                            URI.create("ws://127.0.0.1:" + server.port() + "/chat"),
                                            () -> completedFuture("ada"))
                                    .connect()) {
                        CompletableFuture<Message> heard = new CompletableFuture<>();
                        client.join(new RoomId("lobby"), heard::complete).send(MessageBody.text("hello"));
                        System.out.println("heard " + heard.get(20, TimeUnit.SECONDS).body().text().orElseThrow()
                                + " in " + ChatServer.class.getModule() + ", " + ChatClient.class.getModule());
                    }
                }
            }
            """;

    @TempDir
    Path directory;

    @Test
    void anApplicationOnTheModulePathChats() throws IOException {
        compile();

        try (JarProcess application = JarProcess.start(
                directory,
                "application",
                List.of("-p", modules() + File.pathSeparator + directory.resolve("classes"), "-m", "app/app.Main"))) {
            assertThat(application.awaitEnd()).as(application.errors()).isZero();
            assertThat(application.output())
                    .containsExactly(
                            "Redis can't be reached",
                            "heard hello in module io.natterjack.server, module io.natterjack.client");
        }
    }

    @Test
    void whatIsNotExportedCannotBeUsed() throws IOException {
        String sneaky = MAIN.replace(
                "public final class Main {",
                "public final class Main { io.natterjack.server.engine.LocalRouter router; io.natterjack.core.lane.Lane lane;"
                        + " io.natterjack.store.redis.connection.Answers answers;");

        assertThat(compile(sneaky))
                .contains("package io.natterjack.server.engine is not visible")
                .contains("package io.natterjack.core.lane is not visible")
                .contains("package io.natterjack.store.redis.connection is not visible");
    }

    private void compile() throws IOException {
        assertThat(compile(MAIN)).isEmpty();
    }

    /** Returns what the compiler has to say. */
    private String compile(String main) throws IOException {
        Path info = Files.writeString(directory.resolve("module-info.java"), MODULE_INFO);
        Path source = Files.writeString(directory.resolve("Main.java"), main);
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        out,
                        out,
                        "-p",
                        modules(),
                        "-d",
                        directory.resolve("classes").toString(),
                        info.toString(),
                        source.toString());
        return said.toString();
    }

    private static String modules() {
        Path modules = Path.of(System.getProperty("natterjack.modules", "(property natterjack.modules is not set)"));
        assertThat(modules).isNotEmptyDirectory();
        return modules.toAbsolutePath().toString();
    }
}
