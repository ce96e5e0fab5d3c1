package io.natterjack.examples.campaign;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LightInputTest {
    private static final String ANSWER = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";

    private final List<String> seen = new ArrayList<>();

    /** Writes down what it is told. */
    private final class Ear implements LightInput.Sink {
        @Override
        public void opened() {
            seen.add("open");
        }

        @Override
        public void text(String text) {
            seen.add(text.length() > 100 ? "long " + text.length() : text);
        }

        @Override
        public void pinged(byte[] payload) {
            seen.add("ping " + new String(payload, UTF_8));
        }

        @Override
        public void closes(int code) {
            seen.add("close " + code);
        }
    }

    private static byte[] conversation() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(ANSWER.getBytes(UTF_8));
        bytes.writeBytes(new byte[] {(byte) 0x81, 3, 'a', 'b', 'c', (byte) 0x89, 1, '!'});
        bytes.writeBytes(new byte[] {(byte) 0x81, 126, 1, 0});
        bytes.writeBytes("x".repeat(256).getBytes(UTF_8));
        bytes.writeBytes(new byte[] {(byte) 0x81, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70});
        bytes.writeBytes("y".repeat(70_000).getBytes(UTF_8));
        bytes.writeBytes(new byte[] {(byte) 0x88, 2, 0x0F, (byte) 0xA1});
        return bytes.toByteArray();
    }

    @Test
    void messagesComeHoweverTheirBytesAreCut() throws IOException {
        for (int size : new int[] {1, 7, 1_000, 1 << 20}) {
            seen.clear();
            LightInput fresh = new LightInput(new Ear());
            ByteBuffer all = ByteBuffer.wrap(conversation());
            while (all.hasRemaining()) {
                ByteBuffer part = all.slice().limit(Math.min(size, all.remaining()));
                all.position(all.position() + part.remaining());
                fresh.read(part);
            }
            assertThat(seen).containsExactly("open", "abc", "ping !", "long 256", "long 70000", "close 4001");
        }
    }

    @Test
    void whoIsRefusedIsTold() {
        LightInput input = new LightInput(new Ear());
        assertThatThrownBy(() -> input.read(ByteBuffer.wrap("HTTP/1.1 503 No\r\n\r\n".getBytes(UTF_8))))
                .isInstanceOf(IOException.class);
        assertThat(seen).isEmpty();
    }
}
