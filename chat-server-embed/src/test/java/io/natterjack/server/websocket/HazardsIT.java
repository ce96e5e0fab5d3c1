package io.natterjack.server.websocket;

import static io.natterjack.server.websocket.RawPeer.BINARY;
import static io.natterjack.server.websocket.RawPeer.CLOSE;
import static io.natterjack.server.websocket.RawPeer.CONTINUATION;
import static io.natterjack.server.websocket.RawPeer.FIN;
import static io.natterjack.server.websocket.RawPeer.PING;
import static io.natterjack.server.websocket.RawPeer.PONG;
import static io.natterjack.server.websocket.RawPeer.TEXT;
import static io.natterjack.server.websocket.RawPeer.closePayload;
import static io.natterjack.server.websocket.RawPeer.frame;
import static io.natterjack.server.websocket.RawPeer.header;
import static io.natterjack.server.websocket.RawPeer.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.CloseReason;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionHandler;
import io.natterjack.core.spi.ConnectionListener;
import io.natterjack.core.wire.WireFrame;
import io.natterjack.testkit.Await;
import io.natterjack.testkit.ForwardingListener;
import io.natterjack.testkit.RecordingHandler;
import io.natterjack.testkit.RecordingListener;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What harms Java-WebSocket's own server (1.6.0), read in its code and seen, and doesn't harm this one. An innocent peer is served in
 * each test. Those that need more than one process or other means have their tests elsewhere:
 *
 * <ul>
 *   <li>a TLS client that says nothing makes its selector spin: {@link TlsIT}
 *   <li>when descriptors run short it is deaf for good: {@link ScarceDescriptorsIT}, {@link AcceptorTest}
 *   <li>each of its wake-ups visits every connection that was ever written to: the benchmark {@code growth}
 * </ul>
 */
@Timeout(60)
final class HazardsIT {
    private static final int MAX_FRAME_BYTES = 64 * 1024;
    private static final long MAX_QUEUED_BYTES = 256 * 1024;
    private static final WireFrame CHUNK = WireFrame.text("x".repeat(16 * 1024));

    private final RecordingHandler serverSide = new RecordingHandler();
    private Duration handshakeTimeout = Duration.ofSeconds(10);
    private JavaWebSocketTransport transport;
    private RawPeer innocent;
    private RecordingListener innocents;
    private RawPeer peer;
    private RecordingListener listener;

    @BeforeEach
    void connect() throws IOException {
        start(serverSide);
    }

    private void start(ConnectionHandler handler) throws IOException {
        start(handler, options());
    }

    private JavaWebSocketTransport.Builder options() {
        return JavaWebSocketTransport.builder()
                .maxFrameBytes(MAX_FRAME_BYTES)
                .maxQueuedBytes(MAX_QUEUED_BYTES)
                .handshakeTimeout(handshakeTimeout)
                .closeTimeout(Duration.ofMillis(500))
                .maxConnectionsPerAddress(4);
    }

    private void start(ConnectionHandler handler, JavaWebSocketTransport.Builder options) throws IOException {
        transport = options.build();
        transport.start(handler);
        int before = serverSide.all().size();
        innocent = RawPeer.open(transport.port());
        innocents = serverSide.await(before + 1);
        peer = RawPeer.open(transport.port());
        listener = serverSide.await(before + 2);
    }

    private void restart(ConnectionHandler handler) throws IOException {
        restart(handler, options());
    }

    private void restart(ConnectionHandler handler, JavaWebSocketTransport.Builder options) throws IOException {
        innocent.close();
        peer.close();
        transport.close();
        start(handler, options);
    }

    @AfterEach
    void theInnocentPeerIsServed() throws IOException {
        innocent.sendText("still here");
        innocents.awaitReceived("still here");
        innocents.connection().offer(WireFrame.text("so am I"));
        RawPeer.Received answer = innocent.read();
        while (!answer.text().equals("so am I")) {
            answer = innocent.read();
        }
        innocent.close();
        peer.close();
        transport.close();
    }

    @Test
    void aHeaderThatAnnouncesTwoGibibytesEndsItsConnectionAndNotTheServer() throws IOException {
        peer.send(header(FIN | TEXT, 0x7FFF_FFFFL));

        peer.expectClose(1009);
        assertThat(listener.awaitClosed()).isEqualTo(CloseReason.MESSAGE_TOO_BIG);
    }

    @Test
    void anErrorInACallbackEndsItsConnectionAndNotTheServer() throws IOException {
        restart(connection -> failingOn("fail", serverSide.opened(connection)));
        peer.sendText("fail");

        peer.expectClose(4000);
    }

    private static ConnectionListener failingOn(String text, ConnectionListener other) {
        return new ForwardingListener(other) {
            @Override
            public void received(String received) {
                if (received.equals(text)) {
                    throw new NoClassDefFoundError("planted");
                }
                super.received(received);
            }
        };
    }

    @Test
    void fragmentsAreBoundedTogether() throws IOException {
        byte[] half = new byte[MAX_FRAME_BYTES / 2];
        peer.send(frame(TEXT, half));
        peer.send(frame(CONTINUATION, half));
        peer.send(header(CONTINUATION, 1));

        peer.expectClose(1009);
    }

    @Test
    void messagesThatAreNotWholeAreBoundedTogether() throws IOException {
        int budget = 1 << 20;
        restart(serverSide, options().totalUnfinishedBytes(budget).maxConnectionsPerAddress(64));
        int before = serverSide.all().size();
        List<RawPeer> halves = new ArrayList<>();
        int held = 0;
        for (int i = 0; i < 40; i++) {
            RawPeer half = RawPeer.open(transport.port());
            halves.add(half);
            half.send(frame(TEXT, new byte[50_000]));
            half.send(frame(FIN | PING, new byte[0]));
            RawPeer.Received answer = half.read();
            if (answer.opcode() == PONG) {
                held += 50_000;
            } else {
                assertThat(answer.closeCode()).isEqualTo(1013);
            }
        }
        assertThat(held).as("bytes that are held").isBetween(budget / 2, budget);
        innocent.sendText("small");
        innocents.awaitReceived("small");

        for (RawPeer half : halves) {
            half.close();
        }
        for (int i = 1; i <= halves.size(); i++) {
            serverSide.await(before + i).awaitClosed();
        }
        peer.send(frame(TEXT, "x".repeat(60_000).getBytes(UTF_8)));
        peer.send(frame(FIN | CONTINUATION, "y".getBytes(UTF_8)));
        listener.awaitReceived("x".repeat(60_000) + "y");
    }

    @Test
    void whatWaitsForPeersThatDoNotReadIsBoundedTogether() throws IOException {
        restart(serverSide, options().maxQueuedBytes(1 << 30).totalQueuedBytes(1 << 20));
        WireFrame frame = WireFrame.text("x".repeat(10_000));
        // More than the system takes; that the peer lags behind is known as soon as a write has left something.
        for (int i = 0; i < 2_000; i++) {
            listener.connection().offer(frame);
        }
        Await.until(() -> !listener.connection().offer(frame));
        assertThat(listener.connection().queuedBytes())
                .as("far from its own bound")
                .isLessThan(1 << 29);
        // Who reads has a place all the same.
        assertThat(innocents.connection().offer(WireFrame.text("hello"))).isTrue();
    }

    @Test
    void nothingThatIsCompressedIsTaken() throws IOException {
        try (RawPeer compressing = new RawPeer(transport.port())) {
            compressing.send(request("Sec-WebSocket-Extensions: permessage-deflate"));
            assertThat(compressing.readHead()).startsWith("HTTP/1.1 101 ").doesNotContain("deflate");
            compressing.send(frame(FIN | 0x40 | TEXT, new byte[10]));
            compressing.expectClose(1002);
        }
    }

    @Test
    void aConnectionThatIsTurnedAwayLeavesTheListeningSocketOpen() throws IOException {
        try (RawPeer third = RawPeer.open(transport.port());
                RawPeer fourth = RawPeer.open(transport.port());
                RawPeer tooMany = new RawPeer(transport.port())) {
            tooMany.expectEnd();
            third.close();
            serverSide.await(3).awaitClosed();
            fourth.sendText("and on");
            serverSide.await(4).awaitReceived(1);
        }
        serverSide.await(4).awaitClosed();
        RawPeer.open(transport.port()).close();
    }

    @Test
    void aRefusedRequestIsAnsweredAndItsConnectionClosed() throws IOException {
        try (RawPeer lost = new RawPeer(transport.port())) {
            lost.send(request().replace("/chat", "/elsewhere"));
            assertThat(lost.readHead()).startsWith("HTTP/1.1 404 ");
            lost.expectEnd();
        }
    }

    @Test
    void aRequestIsBoundedInBytesInLinesAndInTime() throws IOException {
        for (String endless : List.of("X: " + "x".repeat(9_000), "X: y\r\n".repeat(70) + "Z: z")) {
            try (RawPeer talker = new RawPeer(transport.port())) {
                talker.send(request(endless));
                assertThat(talker.readHead()).startsWith("HTTP/1.1 431 ");
                talker.expectEnd();
            }
        }
        handshakeTimeout = Duration.ofSeconds(1);
        restart(serverSide);
        try (RawPeer slow = new RawPeer(transport.port())) {
            slow.send("GET /chat HTTP/1.1\r\n");
            slow.expectEnd();
        }
    }

    @Test
    void aFullMailboxStopsTheReadingOfItsConnectionAlone() throws Exception {
        listener.connection().setReading(false);
        AtomicInteger written = new AtomicInteger();
        Thread flood = new Thread(() -> {
            try {
                for (int i = 0; i < 5_000; i++) {
                    peer.sendText("x".repeat(10_000));
                    written.incrementAndGet();
                }
            } catch (IOException closed) {
                // The test is over.
            }
        });
        flood.start();
        int before = -1;
        for (int i = 1; i <= 100 || written.get() > before; i++) {
            before = i % 100 == 0 ? written.get() : before;
            innocent.sendText("ping " + i);
            innocents.awaitReceived(i);
            innocents.connection().offer(WireFrame.text("pong"));
            assertThat(innocent.read().text()).isEqualTo("pong");
        }
        assertThat(written.get()).as("the flood stands").isLessThan(5_000);
        assertThat(listener.receivedCount())
                .as("no more than what was under way")
                .isLessThan(20);
        peer.close();
        flood.join();
    }

    @Test
    void noFrameWaitsForTheNextOneToWakeItsWriter() throws Exception {
        WireFrame large = WireFrame.text("y".repeat(40_000));
        for (int round = 0; round < 100; round++) {
            CountDownLatch go = new CountDownLatch(1);
            AtomicInteger taken = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Thread thread = new Thread(() -> {
                    try {
                        go.await();
                    } catch (InterruptedException interrupted) {
                        return;
                    }
                    for (int j = 0; j < 2; j++) {
                        taken.addAndGet(listener.connection().offer(large) ? 1 : 0);
                    }
                });
                thread.start();
                threads.add(thread);
            }
            go.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            for (int i = 0; i < taken.get(); i++) {
                assertThat(peer.read().payload()).hasSize(40_000);
            }
        }
    }

    @Test
    void aPeerThatDoesNotReadIsBoundedAndCanBeCut() {
        int refused = 0;
        while (refused < 1_000) {
            refused = listener.connection().offer(CHUNK) ? 0 : refused + 1;
        }
        assertThat(listener.connection().queuedBytes()).isLessThanOrEqualTo(MAX_QUEUED_BYTES);
        listener.connection().close(CloseReason.SLOW_CONSUMER);

        assertThat(listener.awaitClosed()).isEqualTo(CloseReason.SLOW_CONSUMER);
    }

    @Test
    void pingsOfAPeerThatDoesNotReadPileUpNoPongs() throws IOException {
        int refused = 0;
        while (refused < 1_000) {
            refused = listener.connection().offer(CHUNK) ? 0 : refused + 1;
        }
        byte[] ping = frame(FIN | PING, new byte[125]);
        for (int i = 0; i < FrameReader.CONTROL_BURST / 2; i++) {
            peer.send(ping);
        }
        peer.sendText("done");
        listener.awaitReceived(1);

        assertThat(listener.connection().queuedBytes()).isLessThanOrEqualTo(MAX_QUEUED_BYTES + 2 * 127);
    }

    @Test
    void connectionsThatCloseEachOtherFromTheirCallbacksDoNotWaitForEachOther() throws IOException {
        List<Connection> both = new ArrayList<>();
        restart(connection -> {
            ConnectionListener recording = serverSide.opened(connection);
            synchronized (both) {
                both.add(connection);
            }
            return new ForwardingListener(recording) {
                @Override
                public void received(String text) {
                    super.received(text);
                    if (text.equals("all")) {
                        synchronized (both) {
                            both.subList(1, both.size()).forEach(each -> each.close(CloseReason.REPLACED));
                        }
                    }
                }

                @Override
                public void closed(CloseReason reason) {
                    synchronized (both) {
                        both.subList(1, both.size()).forEach(each -> each.close(CloseReason.DRAIN));
                    }
                    super.closed(reason);
                }
            };
        });
        int before = serverSide.all().size();
        try (RawPeer third = RawPeer.open(transport.port())) {
            RecordingListener thirds = serverSide.await(before + 1);
            peer.sendText("all");
            third.sendText("all");

            assertThat(listener.awaitClosed()).isEqualTo(CloseReason.REPLACED);
            assertThat(thirds.awaitClosed()).isEqualTo(CloseReason.REPLACED);
        }
    }

    @Test
    void aThreadThatIsInterruptedHarmsNoConnectionThatItSendsTo() throws IOException {
        Thread.currentThread().interrupt();
        try {
            assertThat(listener.connection().offer(WireFrame.text("all the same")))
                    .isTrue();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }

        assertThat(peer.read().text()).isEqualTo("all the same");
    }

    @Test
    void everyByteIsASignOfLifeAndNotPongsAlone() throws Exception {
        AtomicInteger heard = new AtomicInteger();
        restart(connection -> {
            return new ForwardingListener(serverSide.opened(connection)) {
                @Override
                public void heard() {
                    heard.incrementAndGet();
                }
            };
        });
        byte[] half = frame(FIN | TEXT, "half".getBytes(UTF_8));
        for (byte[] sign : List.of(new byte[] {half[0]}, new byte[] {half[1]})) {
            int before = heard.get();
            peer.send(sign);
            Await.until("it is heard", () -> heard.get() > before);
        }
        assertThat(listener.received()).isEmpty();
    }

    @Test
    void aCloseFrameWhoseReasonIsNotUtf8EndsItsConnection() throws IOException {
        peer.send(frame(FIN | CLOSE, closePayload(1000, (byte) 0xC3, (byte) 0x28)));

        peer.expectClose(1002);
        assertThat(listener.awaitClosed()).isEqualTo(CloseReason.WEBSOCKET_PROTOCOL);
    }

    @Test
    void framesThatAreNotMaskedAndRequestsThatAskForNoUpgradeAreRefused() throws IOException {
        peer.send(new byte[] {(byte) (FIN | TEXT), 2, 'h', 'i'});
        peer.expectClose(1002);
        try (RawPeer plain = new RawPeer(transport.port())) {
            plain.send(request().replace("Upgrade: websocket\r\n", ""));
            assertThat(plain.readHead()).startsWith("HTTP/1.1 426 ");
        }
    }

    @Test
    void oneFrameServesAllAndIsNotChangedByIt() throws IOException {
        WireFrame shared = WireFrame.text("for all of you");
        for (int i = 0; i < 50; i++) {
            innocents.connection().offer(shared);
            listener.connection().offer(shared);
        }
        for (int i = 0; i < 50; i++) {
            assertThat(innocent.read().text()).isEqualTo("for all of you");
            assertThat(peer.read().text()).isEqualTo("for all of you");
        }
        assertThat(shared.text()).isEqualTo("for all of you");
    }

    @Test
    void aPortCanBeTakenAgainAtOnceThoughItsConnectionsLinger() throws IOException {
        int port = transport.port();
        listener.connection().close(CloseReason.DRAIN);
        peer.expectClose(4001);
        innocent.close();
        transport.close();
        transport = JavaWebSocketTransport.builder().port(port).build();
        int before = serverSide.all().size();
        transport.start(serverSide);
        innocent = RawPeer.open(port);
        innocents = serverSide.await(before + 1);
    }

    @Test
    void whatNobodyKnowsWhatToDoWithEndsItsConnection() throws IOException {
        peer.send(frame(FIN | BINARY, new byte[10]));
        peer.expectClose(1003);
        try (RawPeer ponging = RawPeer.open(transport.port())) {
            ponging.send(frame(FIN | PONG, new byte[0]));
            ponging.sendText("and on");
            serverSide.await(3).awaitReceived(1);
        }
    }
}
