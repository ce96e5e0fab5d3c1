package io.natterjack.server.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.natterjack.core.CloseReason;
import io.natterjack.core.lane.Budget;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Whatever bytes come in whatever pieces: a text, a ping, a close, or a violation, and the same for the same bytes. */
final class FrameReaderFuzzTest {
    private static final int LIMIT = 1_000;

    private static final class Recorder implements FrameReader.Sink {
        private final List<String> seen = new ArrayList<>();

        @Override
        public void text(String text) {
            assertThat(text.length()).isLessThanOrEqualTo(LIMIT);
            seen.add("text " + text);
        }

        @Override
        public void ping(ByteBuffer payload) {
            assertThat(payload.remaining()).isLessThanOrEqualTo(125);
            seen.add("ping " + payload.remaining());
        }

        @Override
        public void peerCloses(CloseReason reason) {
            seen.add("close " + reason.code());
        }
    }

    @FuzzTest(maxDuration = "10m")
    void everyInputIsReadAlikeHoweverItIsSplit(FuzzedDataProvider data) {
        int first = data.consumeInt(0, 64);
        byte[] bytes = data.consumeRemainingAsBytes();

        assertThat(read(bytes, Math.max(1, first))).isEqualTo(read(bytes, bytes.length + 1));
    }

    private static List<String> read(byte[] bytes, int step) {
        Recorder recorder = new Recorder();
        Budget budget = new Budget(Long.MAX_VALUE);
        FrameReader reader = new FrameReader(new FrameParser(LIMIT), LIMIT, budget, recorder, 0);
        try {
            for (int at = 0; at < bytes.length; at += step) {
                reader.read(ByteBuffer.wrap(bytes, at, Math.min(step, bytes.length - at)), 0);
                assertThat(budget.used()).as("bytes held").isBetween(0L, 8L * LIMIT);
            }
        } catch (ViolationException violation) {
            recorder.seen.add("violation " + violation.reason().code());
        }
        reader.close();
        assertThat(budget.used()).isZero();
        return recorder.seen;
    }
}
