package io.natterjack.server.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.natterjack.core.CloseReason;
import io.natterjack.core.spi.ConnectionListener;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients of a process that has one descriptor left, and has never served anybody before. */
@Timeout(120)
final class ScarceDescriptorsIT {
    private static final int DESCRIPTORS = 120;

    @Test
    void aFreshServerWithoutDescriptorsLeftServesWhoeverFitsAndTheNextWhenThatOneHasGone() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "limits can be set");
        Process process = startServer();
        try (BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            int port = Integer.parseInt(out.readLine());
            RawPeer first = RawPeer.open(port);
            try (RawPeer second = new RawPeer(port)) {
                second.send(RawPeer.request());
                first.sendText("there is room for me");
                first.close();
                assertThat(second.readHead()).startsWith("HTTP/1.1 101 ");
            }
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process startServer() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder(
                        "/bin/sh",
                        "-c",
                        "ulimit -n " + DESCRIPTORS + " && exec \"$0\" \"$@\"",
                        java,
                        "-Xmx64m",
                        "-cp",
                        classPath,
                        Server.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** The other process. */
    static final class Server implements ConnectionListener {
        private static final List<InputStream> HOGS = new ArrayList<>();

        public static void main(String[] args) throws IOException {
            JavaWebSocketTransport transport = JavaWebSocketTransport.builder().build();
            Server listener = new Server();
            transport.start(connection -> listener);
            leaveOneDescriptor();
            System.out.println(transport.port());
        }

        private static void leaveOneDescriptor() throws IOException {
            try {
                while (true) {
                    HOGS.add(new FileInputStream("/dev/null"));
                }
            } catch (FileNotFoundException noneLeft) {
                HOGS.get(0).close();
            }
        }

        @Override
        public void received(String text) {}

        @Override
        public void drained() {}

        @Override
        public void closed(CloseReason reason) {}
    }
}
