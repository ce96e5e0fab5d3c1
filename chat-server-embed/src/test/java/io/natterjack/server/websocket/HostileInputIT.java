package io.natterjack.server.websocket;

import static io.natterjack.server.websocket.RawPeer.BINARY;
import static io.natterjack.server.websocket.RawPeer.FIN;
import static io.natterjack.server.websocket.RawPeer.PING;
import static io.natterjack.server.websocket.RawPeer.PONG;
import static io.natterjack.server.websocket.RawPeer.TEXT;
import static io.natterjack.server.websocket.RawPeer.frame;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.CloseReason;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.wire.WireFrame;
import io.natterjack.testkit.Await;
import io.natterjack.testkit.RecordingHandler;
import io.natterjack.testkit.RecordingListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What peers may do after the handshake that they shouldn't. Each test has an innocent connection that must not notice. */
@Timeout(60)
final class HostileInputIT {
    private static final WireFrame CHUNK = WireFrame.text("x".repeat(16 * 1024));
    private static final int MAX_FRAME_BYTES = 64 * 1024;
    private static final long MAX_QUEUED_BYTES = 256 * 1024;

    private final RecordingHandler serverSide = new RecordingHandler();
    private final JavaWebSocketTransport transport = JavaWebSocketTransport.builder()
            .maxFrameBytes(MAX_FRAME_BYTES)
            .maxQueuedBytes(MAX_QUEUED_BYTES)
            .closeTimeout(Duration.ofSeconds(2))
            .build();
    private RawPeer innocent;
    private RawPeer peer;
    private RecordingListener listener;

    @BeforeEach
    void connect() throws IOException {
        transport.start(serverSide);
        innocent = RawPeer.open(transport.port());
        serverSide.await(1);
        peer = RawPeer.open(transport.port());
        listener = serverSide.await(2);
    }

    @AfterEach
    void theInnocentConnectionStillWorks() throws IOException {
        RecordingListener innocents = serverSide.await(1);
        innocent.sendText("still here");
        assertThat(innocents.awaitReceived(1)).containsExactly("still here");
        innocents.connection().offer(WireFrame.text("so am I"));
        assertThat(innocent.read().text()).isEqualTo("so am I");
        assertThat(innocents.closed()).isEmpty();
        innocent.close();
        peer.close();
        transport.close();
    }

    private void assertFails(int code) throws IOException {
        peer.expectClose(code);
        peer.close();
        assertThat(listener.awaitClosed()).isEqualTo(CloseReason.of(code));
        assertThat(listener.received()).isEmpty();
    }

    @Test
    void whatCameBeforeAViolationIsReceived() throws IOException {
        ByteArrayOutputStream together = new ByteArrayOutputStream();
        together.write(frame(FIN | TEXT, "good".getBytes(UTF_8)));
        together.write(frame(FIN | BINARY, "bad".getBytes(UTF_8)));
        together.write(frame(FIN | TEXT, "too late".getBytes(UTF_8)));
        peer.send(together.toByteArray());
        peer.expectClose(1003);
        assertThat(listener.awaitClosed()).isEqualTo(CloseReason.UNACCEPTABLE_TYPE);
        assertThat(listener.received()).containsExactly("good");
    }

    @Test
    void framesMayComeInSingleBytesOrManyAtOnce() throws IOException {
        for (byte single : frame(FIN | TEXT, "slowly".getBytes(UTF_8))) {
            peer.send(new byte[] {single});
        }
        assertThat(listener.awaitReceived(1)).containsExactly("slowly");

        ByteArrayOutputStream many = new ByteArrayOutputStream();
        List<String> texts = new ArrayList<>(List.of("slowly"));
        for (int i = 0; i < 2_000; i++) {
            texts.add("x".repeat(i % 300) + i);
            many.write(frame(FIN | TEXT, texts.get(i + 1).getBytes(UTF_8)));
        }
        peer.send(many.toByteArray());
        assertThat(listener.awaitReceived(2_001)).isEqualTo(texts);
    }

    @Test
    void aFloodOfControlFramesEndsItsConnection() throws IOException {
        byte[] pong = frame(FIN | PONG, new byte[0]);
        for (int i = 0; i < 2 * FrameReader.CONTROL_BURST; i++) {
            peer.send(pong);
        }

        peer.expectClose(4005);
        assertThat(listener.awaitClosed()).isEqualTo(CloseReason.FLOOD);
    }

    @Test
    void pongsStandBehindWhatWasOfferedBefore() throws IOException {
        for (int i = 0; i < 10; i++) {
            listener.connection().offer(WireFrame.text("x".repeat(20_000)));
        }
        peer.send(frame(FIN | PING, "p".getBytes(UTF_8)));
        peer.sendText("after the ping");
        listener.awaitReceived(1);
        listener.connection().close(CloseReason.DRAIN);

        for (int i = 0; i < 10; i++) {
            assertThat(peer.read().payload()).hasSize(20_000);
        }
        assertThat(peer.read().opcode()).isEqualTo(PONG);
        assertThat(peer.read().closeCode()).isEqualTo(4001);
    }

    @Test
    void aPeerThatNeverAnswersACloseFrameIsCut() throws IOException {
        listener.connection().close(CloseReason.DRAIN);
        assertThat(listener.awaitClosed()).isEqualTo(CloseReason.DRAIN);
        peer.expectClose(4001);
    }

    @Test
    void aPeerThatReadsNothingCanStillBeClosed() {
        offerWhile(connection -> connection.offer(CHUNK));
        listener.connection().close(CloseReason.DRAIN);
        assertThat(listener.awaitClosed()).isEqualTo(CloseReason.DRAIN);
    }

    @Test
    void aPeerThatTalksOnAfterAViolationHearsWhyAndIsCut() throws IOException {
        peer.send(frame(FIN | BINARY, new byte[1]));
        byte[] noise = frame(FIN | TEXT, new byte[1_000]);
        try {
            while (listener.closed().isEmpty()) {
                peer.send(noise);
            }
        } catch (SocketException cut) {
            // As it should be.
        }
        assertThat(listener.awaitClosed()).isEqualTo(CloseReason.UNACCEPTABLE_TYPE);
        assertThat(listener.received()).isEmpty();
    }

    @Test
    void aResetIsAnAbnormalEnd() throws IOException {
        peer.reset();
        assertThat(listener.awaitClosed()).isEqualTo(CloseReason.ABNORMAL);
    }

    @Test
    void anEndWithoutACloseFrameIsAnAbnormalEnd() throws IOException {
        peer.close();
        assertThat(listener.awaitClosed()).isEqualTo(CloseReason.ABNORMAL);
    }

    @Test
    void aResetWhileMuchWaitsUnsentIsAnAbnormalEnd() throws IOException {
        listener.connection().setReading(false);
        offerWhile(connection -> connection.offer(CHUNK));
        peer.reset();
        // However much the systems' buffers take, something is always left to send.
        offerWhile(connection -> connection.offer(CHUNK) || listener.closed().isEmpty());
        assertThat(listener.awaitClosed()).isEqualTo(CloseReason.ABNORMAL);
    }

    private void offerWhile(Predicate<Connection> condition) {
        Await.until("no more is taken", () -> !condition.test(listener.connection()));
    }
}
