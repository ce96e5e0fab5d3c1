package io.natterjack.server.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Whatever is asked: an answer that says 101, or one that says why not. */
final class HandshakeFuzzTest {
    private static final int LIMIT = 2_000;

    @FuzzTest(maxDuration = "10m")
    void everyRequestIsAnsweredOrRefused(byte[] bytes) {
        String answer = answer(bytes);

        assertThat(answer)
                .satisfiesAnyOf(
                        text -> assertThat(text).isEmpty(),
                        text -> assertThat(text).matches("(?s)HTTP/1.1 [1-5]\\d\\d .*\r\n\r\n"));
        assertThat(answer.lines().filter(line -> line.startsWith("HTTP/"))).hasSizeLessThanOrEqualTo(1);
    }

    private static String answer(byte[] bytes) {
        try {
            RequestHead head = new RequestHead(LIMIT);
            byte[] answer = head.read(ByteBuffer.wrap(bytes))
                    ? Handshake.accept(head.bytes(), "/chat", OriginPolicy.SAME_HOST)
                            .response()
                    : new byte[0];
            return new String(answer, StandardCharsets.ISO_8859_1);
        } catch (RefusalException refusal) {
            return new String(refusal.response(), StandardCharsets.ISO_8859_1);
        }
    }
}
