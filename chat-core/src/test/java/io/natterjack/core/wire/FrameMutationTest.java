package io.natterjack.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Breaks the samples in random ways: whatever comes out is read or refused, and nothing else happens. {@code -Dmutation.rounds} says how
 * often, {@code -Dmutation.seed} in which ways.
 */
final class FrameMutationTest {
    private static final int ROUNDS = Integer.getInteger("mutation.rounds", 50_000);
    private static final long SEED = Long.getLong("mutation.seed", 20_261_122L);
    private static final Duration TIME_ENOUGH = Duration.ofMinutes(1 + ROUNDS / 50_000);
    private static final int LONGEST = 2_000;
    private static final String SPICE = "{}[]\",:\\u0dDeE+-.019 \0\n\t/*#'nft\uD83D\uDC38\u2028\ufeff";
    private static final List<String> CLIENT_FRAMES = Samples.clientFrames().stream()
            .map(frame -> FrameCodec.encode(frame).text())
            .filter(text -> text.length() < LONGEST)
            .toList();
    private static final List<String> SERVER_FRAMES = Samples.serverFrames().stream()
            .map(frame -> FrameCodec.encode(frame).text())
            .toList();

    private final Random random = new Random(SEED);

    @Test
    void aBrokenClientFrameIsReadOrRefused() {
        mutate(CLIENT_FRAMES, text -> {
            ClientFrame frame = FrameCodec.decodeClient(text);
            assertThat(FrameCodec.decodeClient(FrameCodec.encode(frame).text())).isEqualTo(frame);
        });
    }

    @Test
    void aBrokenServerFrameIsReadOrRefused() {
        mutate(SERVER_FRAMES, FrameCodec::decodeServer);
    }

    private void mutate(List<String> samples, Consumer<String> decoder) {
        long start = System.nanoTime();
        int refused = 0;
        for (int i = 0; i < ROUNDS; i++) {
            String text = broken(samples);
            try {
                decoder.accept(text);
            } catch (ProtocolException expected) {
                refused++;
            } catch (Throwable failure) {
                throw new AssertionError("seed " + SEED + ", round " + i + ": " + text, failure);
            }
        }
        assertThat(refused).isBetween(ROUNDS / 10, ROUNDS - ROUNDS / 100);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIME_ENOUGH);
    }

    private String broken(List<String> samples) {
        String text = any(samples);
        for (int times = 1 + random.nextInt(3); times > 0; times--) {
            text = random.nextInt(8) == 0 ? brokenBytes(text) : brokenText(text, any(samples));
        }
        return text;
    }

    private String brokenText(String text, String other) {
        int from = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), from + random.nextInt(4));
        String head = text.substring(0, from);
        return switch (random.nextInt(6)) {
            case 0 -> head + text.substring(to);
            case 1 -> head + spice() + text.substring(to);
            case 2 -> head + spice() + text.substring(from);
            case 3 -> head + text.substring(from, to).repeat(random.nextInt(20)) + text.substring(to);
            case 4 -> head + other.substring(random.nextInt(other.length()));
            default -> head + (char) random.nextInt(0x10000) + text.substring(to);
        };
    }

    /** What a flipped bit makes of the bytes, read as a lenient decoder would. */
    private String brokenBytes(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return new String(bytes, random.nextBoolean() ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    }

    private String spice() {
        int at = random.nextInt(SPICE.length());
        return SPICE.substring(at, at + 1);
    }

    private String any(List<String> samples) {
        return samples.get(random.nextInt(samples.size()));
    }

    @Test
    void theSamplesAreReadUnbroken() {
        assertThat(Stream.concat(CLIENT_FRAMES.stream(), SERVER_FRAMES.stream()))
                .hasSizeGreaterThan(30);
        CLIENT_FRAMES.forEach(FrameCodec::decodeClient);
        SERVER_FRAMES.forEach(FrameCodec::decodeServer);
    }
}
