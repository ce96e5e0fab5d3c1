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
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.CloseReason;
import io.natterjack.testkit.RecordingHandler;
import io.natterjack.testkit.RecordingListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * What RFC 6455 says of frames, case by case, each on a connection of its own: what a client writes, and what must come of it. The sections
 * named are the RFC's.
 */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class Rfc6455IT {
    private static final int LIMIT = 64 * 1024;
    private static final int OPEN = 0;

    private final RecordingHandler serverSide = new RecordingHandler();
    private final JavaWebSocketTransport transport =
            JavaWebSocketTransport.builder().maxFrameBytes(LIMIT).build();
    private int connections;

    @BeforeAll
    void start() {
        transport.start(serverSide);
    }

    @AfterAll
    void stop() {
        transport.close();
    }

    @AfterEach
    void somebodyElseIsServed() throws IOException {
        run(new Case("somebody else", List.of(frame(FIN | TEXT, utf8("hello"))), List.of("hello"), List.of(), OPEN));
    }

    /**
     * One case.
     *
     * @param writes what is sent, each with a system call of its own
     * @param texts what the server's side must receive
     * @param pongs the payloads of the pongs that must come back
     * @param close the code that the server must close with, {@link #OPEN} if the connection must go on
     */
    private record Case(String name, List<byte[]> writes, List<String> texts, List<byte[]> pongs, int close) {}

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static List<byte[]> splitAt(byte[] bytes, int at) {
        return List.of(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, at, bytes.length));
    }

    private static List<byte[]> singly(byte[] bytes) {
        List<byte[]> each = new ArrayList<>();
        for (byte b : bytes) {
            each.add(new byte[] {b});
        }
        return each;
    }

    /** Text that is received. */
    private static Case taken(String name, String text, List<byte[]> writes) {
        return new Case(name, writes, List.of(text), List.of(), OPEN);
    }

    private static Case taken(String name, String text, byte[]... writes) {
        return taken(name, text, List.of(writes));
    }

    private static Case refused(String name, int code, byte[]... writes) {
        return new Case(name, List.of(writes), List.of(), List.of(), code);
    }

    private static Case answered(String name, byte[] pong, List<byte[]> writes) {
        return new Case(name, writes, List.of(), List.of(pong), OPEN);
    }

    private Stream<DynamicTest> tests(List<Case> cases) {
        return cases.stream().map(each -> DynamicTest.dynamicTest(each.name, () -> run(each)));
    }

    private void run(Case test) throws IOException {
        try (RawPeer peer = RawPeer.open(transport.port())) {
            RecordingListener listener = serverSide.await(++connections);
            for (byte[] write : test.writes) {
                peer.send(write);
            }
            for (byte[] pong : test.pongs) {
                RawPeer.Received frame = peer.read();
                assertThat(frame.opcode()).isEqualTo(PONG);
                assertThat(frame.payload()).isEqualTo(pong);
            }
            if (test.close == OPEN) {
                peer.sendText("the end");
                List<String> all = new ArrayList<>(test.texts);
                all.add("the end");
                assertThat(listener.awaitReceived(all.size())).isEqualTo(all);
                assertThat(listener.closed()).isEmpty();
            } else {
                peer.expectClose(test.close);
                peer.close();
                assertThat(listener.awaitClosed()).isEqualTo(CloseReason.of(test.close));
                assertThat(listener.received()).isEqualTo(test.texts);
            }
        }
    }

    /** A frame with its length in a form of {@code lengthBytes}: 0, 2 or 8. */
    private static byte[] frameWithLengthIn(int lengthBytes, int firstByte, long length, int payloadBytes) {
        ByteBuffer frame = ByteBuffer.allocate(14 + payloadBytes).put((byte) firstByte);
        switch (lengthBytes) {
            case 2 -> frame.put((byte) (0x80 | 126)).putShort((short) length);
            case 8 -> frame.put((byte) (0x80 | 127)).putLong(length);
            default -> frame.put((byte) (0x80 | length));
        }
        frame.putInt(0).put(new byte[payloadBytes]);
        return Arrays.copyOf(frame.array(), frame.position());
    }

    @TestFactory
    Stream<DynamicTest> section52Lengths() {
        List<Case> cases = new ArrayList<>();
        for (int length : new int[] {0, 1, 2, 124, 125, 126, 127, 128, 255, 256, 1_000, 65_534, 65_535, LIMIT}) {
            String text = "x".repeat(length);
            cases.add(taken("a text of " + length + " bytes", text, frame(FIN | TEXT, utf8(text))));
        }
        cases.add(refused("a text of one byte more than the limit", 1009, frame(FIN | TEXT, new byte[LIMIT + 1])));
        for (int length : new int[] {0, 1, 125}) {
            cases.add(refused(
                    length + " bytes, said in 16 bits", 1002, frameWithLengthIn(2, FIN | TEXT, length, length)));
        }
        for (int length : new int[] {0, 1, 125, 126, 65_535}) {
            cases.add(refused(
                    length + " bytes, said in 64 bits", 1002, frameWithLengthIn(8, FIN | TEXT, length, length)));
        }
        for (long length : new long[] {LIMIT + 1, Integer.MAX_VALUE, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
            cases.add(refused(
                    "a header that announces " + Long.toUnsignedString(length) + " bytes",
                    1009,
                    frameWithLengthIn(8, FIN | TEXT, length, 0)));
        }
        return tests(cases);
    }

    @TestFactory
    Stream<DynamicTest> section52FramesComeInWhateverPieces() {
        List<Case> cases = new ArrayList<>();
        for (int length : new int[] {0, 1, 5, 126, 65_536}) {
            String text = "y".repeat(length);
            byte[] whole = frame(FIN | TEXT, utf8(text));
            for (int at = 1; at < Math.min(whole.length, 16); at++) {
                cases.add(taken("a text of " + length + " bytes, split at " + at, text, splitAt(whole, at)));
            }
        }
        for (int length : new int[] {0, 1, 5, 126}) {
            String text = "z".repeat(length);
            cases.add(
                    taken("a text of " + length + " bytes, byte by byte", text, singly(frame(FIN | TEXT, utf8(text)))));
        }
        cases.add(new Case(
                "three frames in one piece",
                List.of(joined(
                        frame(FIN | TEXT, utf8("one")), frame(FIN | TEXT, utf8("two")), frame(FIN | TEXT, utf8("")))),
                List.of("one", "two", ""),
                List.of(),
                OPEN));
        byte[] two = joined(frame(FIN | TEXT, utf8("first")), frame(FIN | TEXT, utf8("second")));
        for (int at = 8; at < 20; at++) {
            cases.add(new Case(
                    "two frames, split at " + at, splitAt(two, at), List.of("first", "second"), List.of(), OPEN));
        }
        return tests(cases);
    }

    private static byte[] masked(int mask, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(6 + payload.length)
                .put((byte) (FIN | TEXT))
                .put((byte) (0x80 | payload.length))
                .putInt(mask);
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ (mask >> (24 - 8 * (i % 4)))));
        }
        return frame.array();
    }

    @TestFactory
    Stream<DynamicTest> section53Masking() {
        List<Case> cases = new ArrayList<>();
        for (int mask : new int[] {0, -1, 0x01020304, 0xFF000000, 0x00FF0000, 0x0000FF00, 0x000000FF, 0x80808080}) {
            cases.add(taken(String.format("the mask %08x", mask), "masked", masked(mask, utf8("masked"))));
        }
        for (int length = 1; length <= 9; length++) {
            String text = "123456789".substring(0, length);
            byte[] whole = masked(0x12345678, utf8(text));
            cases.add(taken(length + " masked bytes", text, whole));
            cases.add(taken(length + " masked bytes, the last by itself", text, splitAt(whole, whole.length - 1)));
        }
        for (int opcode : new int[] {TEXT, BINARY, CONTINUATION, PING, PONG, CLOSE}) {
            cases.add(refused("opcode " + opcode + " that isn't masked", 1002, new byte[] {(byte) (FIN | opcode), 0}));
        }
        return tests(cases);
    }

    @TestFactory
    Stream<DynamicTest> section52ReservedBitsAndOpcodes() {
        List<Case> cases = new ArrayList<>();
        for (int bits = 1; bits <= 7; bits++) {
            for (int opcode : new int[] {TEXT, BINARY, PING, PONG, CLOSE}) {
                cases.add(refused(
                        "reserved bits " + bits + " on opcode " + opcode,
                        1002,
                        frame(FIN | bits << 4 | opcode, new byte[2])));
            }
            cases.add(refused(
                    "reserved bits " + bits + " on a continuation",
                    1002,
                    frame(TEXT, utf8("x")),
                    frame(FIN | bits << 4 | CONTINUATION, utf8("y"))));
        }
        for (int opcode : new int[] {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
            cases.add(refused("opcode " + opcode, 1002, frame(FIN | opcode, utf8("x"))));
            cases.add(refused("opcode " + opcode + ", not final", 1002, frame(opcode, utf8("x"))));
        }
        cases.add(refused("a binary message", 1003, frame(FIN | BINARY, new byte[3])));
        cases.add(refused("a binary message in fragments", 1003, frame(BINARY, new byte[3])));
        return tests(cases);
    }

    private static byte[] fragments(int count, String each) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            all.writeBytes(frame((i == count - 1 ? FIN : 0) | (i == 0 ? TEXT : CONTINUATION), utf8(each)));
        }
        return all.toByteArray();
    }

    @TestFactory
    Stream<DynamicTest> section54Fragmentation() {
        List<Case> cases = new ArrayList<>();
        for (int count : new int[] {2, 3, 10, 100, FrameGate.MAX_FRAGMENTS}) {
            cases.add(taken(count + " fragments", "ab".repeat(count), fragments(count, "ab")));
        }
        cases.add(refused("more fragments than anybody needs", 1009, fragments(FrameGate.MAX_FRAGMENTS + 1, "")));
        byte[] half = new byte[LIMIT / 2];
        Arrays.fill(half, (byte) 'h');
        cases.add(taken(
                "two fragments of together the limit",
                "h".repeat(LIMIT),
                frame(TEXT, half),
                frame(FIN | CONTINUATION, half)));
        cases.add(refused(
                "fragments of together more than the limit",
                1009,
                frame(TEXT, half),
                frame(CONTINUATION, half),
                frame(CONTINUATION, utf8("x"))));
        for (String[] parts : new String[][] {{"", "b", "c"}, {"a", "", "c"}, {"a", "b", ""}, {"", "", ""}}) {
            cases.add(taken(
                    "the fragments " + Arrays.toString(parts),
                    String.join("", parts),
                    frame(TEXT, utf8(parts[0])),
                    frame(CONTINUATION, utf8(parts[1])),
                    frame(FIN | CONTINUATION, utf8(parts[2]))));
        }
        cases.add(new Case(
                "two messages in fragments, one after the other",
                List.of(fragments(2, "a"), fragments(3, "b")),
                List.of("aa", "bbb"),
                List.of(),
                OPEN));
        cases.add(new Case(
                "a ping between fragments",
                List.of(frame(TEXT, utf8("a")), frame(FIN | PING, utf8("p")), frame(FIN | CONTINUATION, utf8("b"))),
                List.of("ab"),
                List.of(utf8("p")),
                OPEN));
        cases.add(taken(
                "a pong between fragments",
                "ab",
                frame(TEXT, utf8("a")),
                frame(FIN | PONG, utf8("p")),
                frame(FIN | CONTINUATION, utf8("b"))));
        cases.add(refused(
                "a close frame between fragments",
                1000,
                frame(TEXT, utf8("a")),
                frame(FIN | CLOSE, closePayload(1000)),
                frame(FIN | CONTINUATION, utf8("b"))));
        cases.add(refused("a last continuation of nothing", 1002, frame(FIN | CONTINUATION, utf8("x"))));
        cases.add(refused("a continuation of nothing", 1002, frame(CONTINUATION, utf8("x"))));
        cases.add(refused("a message in a message", 1002, frame(TEXT, utf8("a")), frame(FIN | TEXT, utf8("b"))));
        cases.add(refused("fragments in fragments", 1002, frame(TEXT, utf8("a")), frame(TEXT, utf8("b"))));
        cases.add(new Case(
                "a continuation behind a message that is whole",
                List.of(fragments(2, "a"), frame(FIN | CONTINUATION, utf8("x"))),
                List.of("aa"),
                List.of(),
                1002));
        return tests(cases);
    }

    @TestFactory
    Stream<DynamicTest> section55ControlFrames() {
        List<Case> cases = new ArrayList<>();
        for (int size : new int[] {0, 1, 2, 3, 4, 63, 64, 124, 125}) {
            byte[] payload = new byte[size];
            Arrays.fill(payload, (byte) 0xFE);
            byte[] ping = frame(FIN | PING, payload);
            cases.add(answered("a ping of " + size + " bytes", payload, List.of(ping)));
            cases.add(answered("a ping of " + size + " bytes, byte by byte", payload, singly(ping)));
            cases.add(new Case(
                    "a pong of " + size + " bytes", List.of(frame(FIN | PONG, payload)), List.of(), List.of(), OPEN));
        }
        for (int opcode : new int[] {PING, PONG, CLOSE}) {
            cases.add(refused("opcode " + opcode + " of 126 bytes", 1002, frame(FIN | opcode, new byte[126])));
            cases.add(refused("opcode " + opcode + " of 65,536 bytes", 1002, frame(FIN | opcode, new byte[65_536])));
            cases.add(refused("opcode " + opcode + " in fragments", 1002, frame(opcode, new byte[2])));
            cases.add(refused(
                    "opcode " + opcode + ", its length in 16 bits", 1002, frameWithLengthIn(2, FIN | opcode, 2, 2)));
        }
        cases.add(new Case(
                "text, ping, text in one piece",
                List.of(joined(
                        frame(FIN | TEXT, utf8("a")), frame(FIN | PING, utf8("p")), frame(FIN | TEXT, utf8("b")))),
                List.of("a", "b"),
                List.of(utf8("p")),
                OPEN));
        return tests(cases);
    }

    @TestFactory
    Stream<DynamicTest> section74CloseCodes() {
        List<Case> cases = new ArrayList<>();
        // 1012 to 1014 were registered with IANA after the RFC; from 3000 on codes belong to applications.
        int[] good = {
            1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4321, 4999
        };
        for (int code : good) {
            cases.add(refused("the code " + code + " comes back", code, frame(FIN | CLOSE, closePayload(code))));
        }
        // 1004 has no meaning, 1005, 1006 and 1015 never travel, the others belong to nobody.
        int[] bad = {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 32_768, 65_535};
        for (int code : bad) {
            cases.add(refused("the code " + code + " isn't one", 1002, frame(FIN | CLOSE, closePayload(code))));
        }
        cases.add(refused("no code", 1000, frame(FIN | CLOSE, new byte[0])));
        cases.add(refused("half a code", 1002, frame(FIN | CLOSE, new byte[] {3})));
        for (int size : new int[] {1, 122, 123}) {
            cases.add(refused(
                    "a reason of " + size + " bytes",
                    1000,
                    frame(FIN | CLOSE, closePayload(1000, utf8("r".repeat(size))))));
        }
        cases.add(refused("a reason of 124 bytes", 1002, frame(FIN | CLOSE, closePayload(1000, new byte[124]))));
        cases.add(refused("a reason beyond ASCII", 1000, frame(FIN | CLOSE, closePayload(1000, utf8("t\u00fcr")))));
        for (String bad8 : new String[] {"ff", "c328", "eda080", "e282"}) {
            cases.add(refused(
                    "the reason " + bad8 + " that isn't UTF-8",
                    1002,
                    frame(FIN | CLOSE, closePayload(1000, hex(bad8)))));
        }
        byte[] close = frame(FIN | CLOSE, closePayload(1001, utf8("bye")));
        for (int at = 1; at < close.length; at++) {
            byte[][] parts = splitAt(close, at).toArray(byte[][]::new);
            cases.add(refused("a close frame split at " + at, 1001, parts));
        }
        cases.add(refused(
                "text behind a close frame",
                1000,
                joined(frame(FIN | CLOSE, closePayload(1000)), frame(FIN | TEXT, utf8("late")))));
        cases.add(refused(
                "a ping behind a close frame",
                1000,
                joined(frame(FIN | CLOSE, closePayload(1000)), frame(FIN | PING, utf8("late")))));
        cases.add(refused(
                "rubbish behind a close frame", 1000, joined(frame(FIN | CLOSE, closePayload(1000)), hex("ffffffff"))));
        cases.add(refused(
                "two close frames",
                1000,
                joined(frame(FIN | CLOSE, closePayload(1000)), frame(FIN | CLOSE, closePayload(1001)))));
        cases.add(new Case(
                "text and a close frame",
                List.of(joined(frame(FIN | TEXT, utf8("last")), frame(FIN | CLOSE, closePayload(1001)))),
                List.of("last"),
                List.of(),
                1001));
        return tests(cases);
    }

    @TestFactory
    Stream<DynamicTest> section81TextThatIsUtf8() {
        List<Case> cases = new ArrayList<>();
        int[] edges = {
            0, 1, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x1F438, 0x10FFFF
        };
        for (int edge : edges) {
            String text = "<" + Character.toString(edge) + ">";
            cases.add(taken(String.format("U+%04X", edge), text, frame(FIN | TEXT, utf8(text))));
        }
        for (String text : List.of("a\u00e9\u20ac\ud83d\udc38z", "\u03ba\u1f79\u03c3\u03bc\u03b5")) {
            byte[] bytes = utf8(text);
            for (int at = 1; at < bytes.length; at++) {
                List<byte[]> parts = splitAt(bytes, at);
                cases.add(taken(
                        text + " in two fragments, split at " + at,
                        text,
                        frame(TEXT, parts.get(0)),
                        frame(FIN | CONTINUATION, parts.get(1))));
                cases.add(taken(
                        text + " in two pieces, split at " + at, text, splitAt(frame(FIN | TEXT, bytes), 6 + at)));
            }
            List<byte[]> single = new ArrayList<>();
            for (int i = 0; i < bytes.length; i++) {
                int fin = i == bytes.length - 1 ? FIN : 0;
                single.add(frame(fin | (i == 0 ? TEXT : CONTINUATION), new byte[] {bytes[i]}));
            }
            cases.add(taken(text + " in fragments of one byte", text, single));
        }
        return tests(cases);
    }

    @TestFactory
    Stream<DynamicTest> section81TextThatIsNot() {
        String[] overlong = {"c080", "c1bf", "e08080", "e09fbf", "f0808080", "f08fbfbf", "f888808080", "fc8480808080"};
        String[] beyond = {"eda080", "edbfbf", "eda080edb080", "f4908080", "f5808080", "f7bfbfbf", "fe", "ff"};
        String[] halves = {"80", "bf", "c2", "e282", "f09f90", "c220", "e228a1", "e28228", "f0288cbc", "f09028bc"};
        List<Case> cases = new ArrayList<>();
        Stream.of(overlong, beyond, halves).flatMap(Arrays::stream).forEach(bad -> {
            byte[] bytes = hex(bad);
            cases.add(refused(bad, 1007, frame(FIN | TEXT, bytes)));
            cases.add(refused(
                    bad + " in good text", 1007, frame(FIN | TEXT, joined(utf8("before "), bytes, utf8(" after")))));
            cases.add(refused(
                    bad + " as a second fragment", 1007, frame(TEXT, utf8("good ")), frame(FIN | CONTINUATION, bytes)));
            if (bytes.length > 1) {
                List<byte[]> parts = splitAt(bytes, 1);
                cases.add(refused(
                        bad + " over two fragments",
                        1007,
                        frame(TEXT, parts.get(0)),
                        frame(FIN | CONTINUATION, parts.get(1))));
            }
        });
        return tests(cases);
    }
}
