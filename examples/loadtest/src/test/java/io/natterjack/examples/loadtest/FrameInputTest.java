package io.natterjack.examples.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FrameInputTest implements FrameInput.Sink {
    private final List<String> seen = new ArrayList<>();

    @Override
    public void text(byte[] bytes, int from, int to) {
        seen.add(new String(bytes, from, to - from, StandardCharsets.UTF_8));
    }

    @Override
    public void closes(int code) {
        seen.add("close " + code);
    }

    private static void put(ByteBuffer to, String text) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        to.put((byte) 0x81);
        if (payload.length < 126) {
            to.put((byte) payload.length);
        } else if (payload.length < 65_536) {
            to.put((byte) 126).putShort((short) payload.length);
        } else {
            to.put((byte) 127).putLong(payload.length);
        }
        to.put(payload);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100, 4_096, 1_000_000})
    void framesAreFoundHoweverTheirBytesCome(int chunk) {
        List<String> texts = List.of("", "a", "x".repeat(125), "y".repeat(126), "z".repeat(65_535), "w".repeat(65_536));
        ByteBuffer all = ByteBuffer.allocate(200_000);
        texts.forEach(text -> put(all, text));
        all.put(new byte[] {(byte) 0x88, 2, 0x0F, (byte) 0xA2}).flip();
        FrameInput input = new FrameInput();
        while (all.hasRemaining()) {
            ByteBuffer part = all.slice(all.position(), Math.min(chunk, all.remaining()));
            all.position(all.position() + part.remaining());
            input.read(part, this);
        }

        assertThat(seen).hasSize(7).startsWith(texts.toArray(String[]::new)).endsWith("close 4002");
    }
}
