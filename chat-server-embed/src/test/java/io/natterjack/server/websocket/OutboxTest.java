package io.natterjack.server.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.lane.Budget;
import io.natterjack.core.wire.WireFrame;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class OutboxTest {
    private static final int MAX = 1_000;
    private static final int LOW_MARK = 400;
    private static final int ALL = Integer.MAX_VALUE;

    private final Budget total = new Budget(1_500);
    private final Outbox outbox = new Outbox(new Outbox.Bounds(MAX, LOW_MARK, total));

    private static WireFrame text(String text) {
        return WireFrame.text(text);
    }

    /** A frame that takes that many bytes, header included. */
    private static WireFrame sized(char filling, int bytes) {
        return text(String.valueOf(filling).repeat(bytes - (bytes <= 127 ? 2 : 4)));
    }

    /** Has a socket take up to {@code most} bytes, and returns them. */
    private String write(int most) {
        ByteBuffer out = ByteBuffer.allocate(10 * MAX);
        if (!outbox.begin(out)) {
            return "";
        }
        out.flip();
        int count = Math.min(most, out.remaining());
        outbox.end(count, count < out.remaining());
        return new String(out.array(), 0, count, StandardCharsets.ISO_8859_1);
    }

    private static String framed(String text) {
        return "\u0081" + (char) text.length() + text;
    }

    @Test
    void allThatWaitsLeavesAtOnceAndInOrder() {
        outbox.offer(text("one"));
        outbox.addControl("control".getBytes(StandardCharsets.ISO_8859_1));
        outbox.offer(text("two"));

        assertThat(outbox.bytes()).isEqualTo(17);
        assertThat(write(ALL)).isEqualTo(framed("one") + "control" + framed("two"));
        assertThat(outbox.bytes()).isZero();
        assertThat(outbox.isEmpty()).isTrue();
    }

    @Test
    void aFrameThatIsSentByteByByteArrivesWholeWhateverItsSize() {
        for (int size : new int[] {0, 1, 125, 126, 900}) {
            WireFrame frame = text("x".repeat(size));
            outbox.offer(frame);
            StringBuilder sent = new StringBuilder();
            while (!outbox.isEmpty()) {
                outbox.unblock();
                sent.append(write(1));
            }

            String header =
                    size <= 125 ? "\u0081" + (char) size : "\u0081\u007e" + (char) (size >> 8) + (char) (size & 0xFF);
            assertThat(sent.toString()).isEqualTo(header + "x".repeat(size));
        }
    }

    @Test
    void whatComesBehindAPartialWriteStaysBehindIt() {
        outbox.offer(text("begun"));
        assertThat(write(3)).isEqualTo(framed("begun").substring(0, 3));
        outbox.pong(new byte[] {'p'});
        outbox.addControl(new byte[] {'c'});
        outbox.offer(text("next"));
        outbox.unblock();

        assertThat(write(ALL)).isEqualTo(framed("begun").substring(3) + "c" + framed("next") + "p");
    }

    @Test
    void whileTheSocketIsFullNobodyWrites() {
        outbox.offer(text("one"));
        write(2);
        assertThat(outbox.isBlocked()).isTrue();
        outbox.offer(text("two"));
        assertThat(outbox.begin(ByteBuffer.allocate(MAX))).isFalse();

        outbox.unblock();
        assertThat(write(ALL)).isEqualTo("one" + framed("two"));
    }

    @Test
    void oneWritesAndWhatComesMeanwhileIsLeftToThatOne() {
        ByteBuffer out = ByteBuffer.allocate(MAX);
        outbox.offer(text("one"));
        assertThat(outbox.begin(out)).isTrue();
        outbox.offer(text("two"));
        assertThat(outbox.begin(ByteBuffer.allocate(MAX))).isFalse();
        outbox.end(out.position(), false);

        assertThat(write(ALL)).isEqualTo(framed("two"));
    }

    @Test
    void whatALinkKeepsInsideIsWrittenOutWithNothingNew() {
        ByteBuffer out = ByteBuffer.allocate(MAX);
        outbox.offer(text("one"));
        outbox.begin(out);
        outbox.end(out.position(), true);
        assertThat(outbox.isEmpty()).isFalse();
        outbox.unblock();

        assertThat(outbox.begin(out.clear())).isTrue();
        assertThat(out.position()).isZero();
        outbox.end(0, false);
        assertThat(outbox.isEmpty()).isTrue();
        assertThat(outbox.begin(out)).isFalse();
    }

    @Test
    void textIsTakenUpToTheLimitHeadersIncluded() {
        assertThat(outbox.offer(sized('a', 600))).isTrue();
        assertThat(outbox.offer(sized('b', 401))).isFalse();
        assertThat(outbox.offer(sized('b', 400))).isTrue();
        assertThat(outbox.offer(text(""))).isFalse();
        assertThat(outbox.bytes()).isEqualTo(MAX);
    }

    @Test
    void drainedIsToldOnceWhenWhatWaitsFallsBelowTheLowMark() {
        outbox.offer(sized('a', LOW_MARK - 1));
        write(ALL);
        assertThat(outbox.takeDrained()).isFalse();

        outbox.offer(sized('a', LOW_MARK));
        write(1);
        assertThat(outbox.takeDrained()).isTrue();
        assertThat(outbox.takeDrained()).isFalse();
    }

    @Test
    void theNewestSignalOfAKindReplacesTheOlder() {
        outbox.signal("typing", text("ada"));
        outbox.signal("receipt", text("seen 1"));
        outbox.signal("typing", text("bob"));
        outbox.offer(text("hi"));

        assertThat(outbox.bytes()).isEqualTo(5 + 8 + 4);
        assertThat(write(ALL)).isEqualTo(framed("hi"));
        assertThat(write(ALL)).isEqualTo(framed("seen 1") + framed("bob"));
        assertThat(outbox.bytes()).isZero();
    }

    @Test
    void signalsGoFirstWhenAPeerFallsBehind() {
        outbox.signal("typing", sized('s', 100));
        assertThat(outbox.offer(sized('m', 250))).isTrue();
        assertThat(outbox.bytes()).isEqualTo(350);
        assertThat(outbox.offer(sized('m', 60))).isTrue();
        assertThat(outbox.bytes()).as("without the signal").isEqualTo(310);
        outbox.signal("typing", sized('s', 100));
        assertThat(outbox.bytes()).as("a new one isn't taken either").isEqualTo(310);
    }

    @Test
    void onlySoManyKindsOfSignalsWait() {
        Outbox roomy = new Outbox(new Outbox.Bounds(16 * Outbox.MAX_SIGNALS, 8 * Outbox.MAX_SIGNALS, total));
        for (int i = 0; i < 2 * Outbox.MAX_SIGNALS; i++) {
            roomy.signal(i, text(""));
        }
        roomy.signal(0, text("newer"));

        assertThat(roomy.bytes()).isEqualTo(2L * Outbox.MAX_SIGNALS + 5);
    }

    @Test
    void ofPingsThatCantBeAnsweredAtOnceOnlyTheLastIs() {
        outbox.offer(text("begun"));
        write(1);
        for (char ping = 'a'; ping <= 'z'; ping++) {
            outbox.pong(new byte[] {(byte) ping});
        }
        outbox.unblock();
        write(1);
        outbox.pong(new byte[] {'1'});
        outbox.pong(new byte[] {'2'});
        outbox.unblock();

        assertThat(write(ALL)).isEqualTo("begun" + "z");
        assertThat(write(ALL)).isEqualTo("2");
        assertThat(outbox.isEmpty()).isTrue();
    }

    @Test
    void lastWordsReplaceWhatIsNotBegun() {
        outbox.offer(text("begun"));
        outbox.offer(text("dropped"));
        outbox.signal("kind", text("dropped"));
        outbox.pong(new byte[] {'p'});
        write(1);
        outbox.endWith(new byte[] {'!'});
        assertThat(outbox.offer(text("late"))).isFalse();
        outbox.unblock();

        assertThat(write(ALL)).isEqualTo(framed("begun").substring(1) + "!");
        assertThat(outbox.bytes()).isZero();
    }

    @Test
    void lastWordsThatComeDuringAWriteWaitForItsEnd() {
        ByteBuffer out = ByteBuffer.allocate(MAX);
        outbox.offer(text("one"));
        outbox.offer(text("two"));
        outbox.begin(out);
        outbox.endWith(new byte[] {'!'});
        outbox.end(2, true);
        outbox.unblock();

        assertThat(write(ALL)).isEqualTo("one" + "!");
    }

    @Test
    void whoKeepsUpIsNotCountedAndWhoDoesNotIsUntilAllIsSent() {
        outbox.offer(sized('a', 300));
        assertThat(total.used()).isZero();
        write(100);
        assertThat(total.used()).isEqualTo(200);
        outbox.offer(sized('b', 50));
        outbox.pong(new byte[3]);
        assertThat(total.used()).isEqualTo(253);
        outbox.unblock();
        write(ALL);
        assertThat(total.used()).isZero();
        outbox.offer(sized('b', 50));
        assertThat(total.used()).isZero();
    }

    @Test
    void whenTheBudgetOfAllIsUsedUpThoseBehindAreRefusedMore() {
        Outbox other = new Outbox(new Outbox.Bounds(MAX, LOW_MARK, total));
        outbox.offer(sized('a', 200));
        write(1);
        total.add(1_400);

        assertThat(outbox.offer(text("more"))).isFalse();
        assertThat(other.offer(text("who keeps up"))).isTrue();
    }

    @Test
    void whoIsGoneCountsNoMore() {
        outbox.offer(sized('a', 300));
        outbox.signal("kind", text("s"));
        ByteBuffer out = ByteBuffer.allocate(MAX);
        write(100);
        outbox.unblock();
        outbox.begin(out);
        outbox.clear();
        outbox.end(50, true);

        assertThat(total.used()).isZero();
        assertThat(outbox.bytes()).isZero();
        assertThat(outbox.begin(out)).isFalse();
    }
}
