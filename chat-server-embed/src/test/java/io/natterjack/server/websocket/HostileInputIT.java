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
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.CloseReason;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.wire.WireFrame;
import io.natterjack.testkit.RecordingHandler;
import io.natterjack.testkit.RecordingListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
            .closeTimeout(Duration.ofMillis(500))
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
    void aFrameHeaderThatAnnouncesTwoGibibytesClosesOnlyItsConnection() throws IOException {
        peer.send(header(FIN | TEXT, 0x7FFF_FFFFL));
        assertFails(1009);
    }

    @ParameterizedTest
    @ValueSource(longs = {MAX_FRAME_BYTES + 1, 0x8000_0000L, 0xFFFF_FFFFL, Long.MAX_VALUE, Long.MIN_VALUE, -1})
    void aLengthOverTheLimitIsRefusedFromItsHeader(long length) throws IOException {
        peer.send(header(FIN | TEXT, length));
        assertFails(1009);
    }

    @Test
    void aMessageOfExactlyTheLimitIsTaken() throws IOException {
        peer.sendText("x".repeat(MAX_FRAME_BYTES));
        assertThat(listener.awaitReceived(1)).containsExactly("x".repeat(MAX_FRAME_BYTES));
    }

    @Test
    void fragmentsThatExceedTheLimitTogetherAreRefusedFromTheHeaderThatDoesSo() throws IOException {
        byte[] half = new byte[MAX_FRAME_BYTES / 2];
        peer.send(frame(TEXT, half));
        peer.send(frame(CONTINUATION, half));
        peer.send(header(CONTINUATION, 1));
        assertFails(1009);
    }

    @Test
    void endlessEmptyFragmentsAreRefused() throws IOException {
        ByteArrayOutputStream flood = new ByteArrayOutputStream();
        flood.write(frame(TEXT, new byte[0]));
        for (int i = 0; i < FrameGate.MAX_FRAGMENTS; i++) {
            flood.write(frame(CONTINUATION, new byte[0]));
        }
        peer.send(flood.toByteArray());
        assertFails(1009);
    }

    @Test
    void fragmentsMakeOneMessageAndMayHavePingsBetween() throws IOException {
        peer.send(frame(TEXT, "one ".getBytes(UTF_8)));
        peer.send(frame(FIN | PING, "p".getBytes(UTF_8)));
        peer.send(frame(CONTINUATION, new byte[0]));
        peer.send(frame(FIN | CONTINUATION, "message".getBytes(UTF_8)));

        assertThat(listener.awaitReceived(1)).containsExactly("one message");
        RawPeer.Received pong = peer.read();
        assertThat(pong.opcode()).isEqualTo(PONG);
        assertThat(pong.text()).isEqualTo("p");
    }

    @Test
    void aFrameThatIsNotMaskedIsRefused() throws IOException {
        peer.send(new byte[] {(byte) (FIN | TEXT), 2, 'h', 'i'});
        assertFails(1002);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x40, 0x20, 0x10, 0x70})
    void reservedBitsAreRefused(int bits) throws IOException {
        peer.send(frame(FIN | bits | TEXT, "x".getBytes(UTF_8)));
        assertFails(1002);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 6, 7, 11, 12, 13, 14, 15})
    void unknownOpcodesAreRefused(int opcode) throws IOException {
        peer.send(frame(FIN | opcode, new byte[0]));
        assertFails(1002);
    }

    @ParameterizedTest
    @ValueSource(ints = {CLOSE, PING, PONG})
    void controlFramesInFragmentsAreRefused(int opcode) throws IOException {
        peer.send(frame(opcode, new byte[2]));
        assertFails(1002);
    }

    @ParameterizedTest
    @ValueSource(ints = {CLOSE, PING, PONG})
    void controlFramesOfMoreThan125BytesAreRefused(int opcode) throws IOException {
        peer.send(frame(FIN | opcode, new byte[126]));
        assertFails(1002);
    }

    @Test
    void aLengthThatIsNotInItsShortestFormIsRefused() throws IOException {
        peer.send(new byte[] {(byte) (FIN | TEXT), (byte) 0xFE, 0, 1, 0, 0, 0, 0, 'x'});
        assertFails(1002);
    }

    @Test
    void aContinuationOfNothingIsRefused() throws IOException {
        peer.send(frame(FIN | CONTINUATION, "x".getBytes(UTF_8)));
        assertFails(1002);
    }

    @Test
    void aMessageWithinAMessageIsRefused() throws IOException {
        peer.send(frame(TEXT, "x".getBytes(UTF_8)));
        peer.send(frame(FIN | TEXT, "y".getBytes(UTF_8)));
        assertFails(1002);
    }

    @Test
    void aBinaryMessageIsRefused() throws IOException {
        peer.send(frame(FIN | BINARY, "x".getBytes(UTF_8)));
        assertFails(1003);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff", "c328", "c0af", "eda080", "f4908080", "e282", "78c3"})
    void textThatIsNotUtf8IsRefused(String hex) throws IOException {
        peer.send(frame(FIN | TEXT, HexFormat.of().parseHex(hex)));
        assertFails(1007);
    }

    @ParameterizedTest
    @CsvSource({"e2, 28a1", "e282, 28", "c3, c3", "78, ff", "f09f90, 78"})
    void textThatIsNotUtf8OverItsFragmentsIsRefused(String first, String second) throws IOException {
        peer.send(frame(TEXT, HexFormat.of().parseHex(first)));
        peer.send(frame(FIN | CONTINUATION, HexFormat.of().parseHex(second)));
        assertFails(1007);
    }

    @Test
    void aCharacterMayBeSplitBetweenFragments() throws IOException {
        peer.send(frame(TEXT, HexFormat.of().parseHex("f09f")));
        peer.send(frame(CONTINUATION, HexFormat.of().parseHex("90")));
        peer.send(frame(FIN | CONTINUATION, HexFormat.of().parseHex("b8")));
        assertThat(listener.awaitReceived(1)).containsExactly("\ud83d\udc38");
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
    void aCloseFrameIsAnsweredWithItsCode() throws IOException {
        peer.send(frame(FIN | CLOSE, closePayload(4321, "bye".getBytes(UTF_8))));
        assertFails(4321);
    }

    @Test
    void aCloseFrameWithoutACodeIsANormalEnd() throws IOException {
        peer.send(frame(FIN | CLOSE, new byte[0]));
        assertFails(1000);
    }

    @Test
    void whatComesAfterACloseFrameIsIgnored() throws IOException {
        ByteArrayOutputStream together = new ByteArrayOutputStream();
        together.write(frame(FIN | CLOSE, closePayload(1000)));
        together.write(frame(FIN | TEXT, "too late".getBytes(UTF_8)));
        peer.send(together.toByteArray());
        assertFails(1000);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535})
    void aCloseCodeThatNobodyMaySendIsRefused(int code) throws IOException {
        peer.send(frame(FIN | CLOSE, closePayload(code)));
        assertFails(1002);
    }

    @ParameterizedTest
    @ValueSource(strings = {"03", "03e8ff", "03e8c328", "03efff"})
    void aMalformedCloseFrameIsRefused(String hex) throws IOException {
        peer.send(frame(FIN | CLOSE, HexFormat.of().parseHex(hex)));
        assertFails(1002);
    }

    @Test
    void aPingIsAnsweredWithItsPayload() throws IOException {
        byte[] payload = "x".repeat(125).getBytes(UTF_8);
        peer.send(frame(FIN | PING, payload));
        RawPeer.Received pong = peer.read();
        assertThat(pong.opcode()).isEqualTo(PONG);
        assertThat(pong.payload()).isEqualTo(payload);
    }

    @Test
    void pingsOfAPeerThatDoesNotReadPileUpNoPongs() throws IOException {
        offerWhile(connection -> connection.offer(CHUNK));
        byte[] ping = frame(FIN | PING, new byte[125]);
        for (int i = 0; i < FrameReader.CONTROL_BURST / 2; i++) {
            peer.send(ping);
        }
        peer.sendText("done");
        listener.awaitReceived(1);

        assertThat(listener.connection().queuedBytes()).isLessThanOrEqualTo(MAX_QUEUED_BYTES + 2 * 127);
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
    void aPongThatNobodyAskedForIsIgnored() throws IOException {
        peer.send(frame(FIN | PONG, "x".getBytes(UTF_8)));
        peer.sendText("and on");
        assertThat(listener.awaitReceived(1)).containsExactly("and on");
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
        long deadline = System.nanoTime() + RecordingListener.PATIENCE.toNanos();
        while (condition.test(listener.connection()) && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
    }
}
