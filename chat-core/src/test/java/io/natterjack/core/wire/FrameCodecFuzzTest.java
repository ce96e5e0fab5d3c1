package io.natterjack.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.natterjack.core.Mentions;
import io.natterjack.core.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Whatever text comes: a frame that is read alike again, or a refusal that doesn't repeat it; and soon. */
final class FrameCodecFuzzTest {
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final int LONGEST_REASON = 300;

    @FuzzTest(maxDuration = "10m")
    void everyTextIsReadOrRefused(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);

        Duration first = reading(text);

        // The first time classes may have to be loaded.
        assertThat(first.compareTo(SOON) < 0 ? first : reading(text)).isLessThan(SOON);
    }

    private static Duration reading(String text) {
        long start = System.nanoTime();
        asClient(text);
        asServer(text);
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static void asClient(String text) {
        ClientFrame frame;
        try {
            frame = FrameCodec.decodeClient(text);
        } catch (ProtocolException refusal) {
            assertThat(String.valueOf(refusal.getMessage())).hasSizeLessThan(LONGEST_REASON);
            return;
        }
        assertThat(FrameCodec.decodeClient(FrameCodec.encode(frame).text())).isEqualTo(frame);
        if (frame instanceof ClientFrame.Send send) {
            mentions(send);
        }
    }

    private static void mentions(ClientFrame.Send send) {
        try {
            assertThat(Mentions.of(send.body()).users()).hasSizeLessThanOrEqualTo(Mentions.MAX);
        } catch (IllegalArgumentException refusal) {
            assertThat(refusal).hasMessageNotContaining(send.body().json());
        }
    }

    private static void asServer(String text) {
        try {
            FrameCodec.decodeServer(text)
                    .ifPresent(frame -> assertThat(FrameCodec.decodeServer(
                                    FrameCodec.encode(frame).text()))
                            .contains(frame));
        } catch (ProtocolException refusal) {
            assertThat(String.valueOf(refusal.getMessage())).hasSizeLessThan(LONGEST_REASON);
        }
    }
}
