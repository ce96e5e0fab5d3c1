package io.natterjack.server.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.natterjack.core.CloseReason;
import io.natterjack.core.wire.WireFrame;
import io.natterjack.testkit.Await;
import io.natterjack.testkit.RecordingHandler;
import io.natterjack.testkit.RecordingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ManyConnectionsIT {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private final RecordingHandler serverSide = new RecordingHandler();

    @Test
    void threeHundredConnectionsHearOneFrameAndLeaveNothingBehind() throws IOException {
        assumeTrue(Files.isDirectory(DESCRIPTORS), "descriptors can be counted");
        warmUp();
        long before = sockets();
        Set<Thread> threadsBefore = ioThreads();
        JavaWebSocketTransport transport = JavaWebSocketTransport.builder().build();
        transport.start(serverSide);
        List<RawPeer> peers = open(transport, 300);
        WireFrame shared = WireFrame.text("to all");
        for (RecordingListener each : serverSide.all()) {
            assertThat(each.connection().offer(shared)).isTrue();
        }
        for (RawPeer peer : peers) {
            assertThat(peer.read().text()).isEqualTo("to all");
            peer.sendText("thanks");
        }
        serverSide.all().forEach(each -> assertThat(each.awaitReceived(1)).containsExactly("thanks"));
        transport.close();

        assertThat(serverSide.all())
                .allSatisfy(each -> assertThat(each.closed()).contains(CloseReason.ABNORMAL));
        for (RawPeer peer : peers) {
            peer.expectEnd();
            peer.close();
        }
        Await.until("sockets to be closed", () -> sockets() <= before);
        Await.until("the threads to end", () -> threadsBefore.containsAll(ioThreads()));
    }

    private static Set<Thread> ioThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("chat-io-"))
                .collect(Collectors.toSet());
    }

    /** Has the classes and the selector's own descriptors loaded. */
    private static void warmUp() throws IOException {
        JavaWebSocketTransport transport = JavaWebSocketTransport.builder().build();
        transport.start(new RecordingHandler());
        RawPeer.open(transport.port()).close();
        transport.close();
    }

    private List<RawPeer> open(JavaWebSocketTransport transport, int count) throws IOException {
        List<RawPeer> peers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            peers.add(RawPeer.open(transport.port()));
        }
        serverSide.await(count);
        return peers;
    }

    @Test
    void connectionsBeyondTheLimitWaitUntilOthersEnd() throws IOException {
        JavaWebSocketTransport transport = JavaWebSocketTransport.builder()
                .maxConnections(3)
                .handshakeTimeout(Duration.ofSeconds(30))
                .build();
        transport.start(serverSide);
        List<RawPeer> peers = open(transport, 3);
        RawPeer waiting = new RawPeer(transport.port());
        waiting.send(RawPeer.request());
        peers.get(0).sendText("the others go on");
        assertThat(serverSide.await(1).awaitReceived(1)).containsExactly("the others go on");
        assertThat(serverSide.all()).hasSize(3);

        peers.get(1).close();
        assertThat(waiting.readHead()).startsWith("HTTP/1.1 101 ");
        serverSide.await(4);
        waiting.close();
        peers.get(0).close();
        peers.get(2).close();
        transport.close();
    }

    private static long sockets() {
        try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
            return descriptors.filter(ManyConnectionsIT::isSocketOrSelector).count();
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static boolean isSocketOrSelector(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith("socket:") || target.startsWith("anon_inode:");
        } catch (IOException goneAlready) {
            return false;
        }
    }
}
