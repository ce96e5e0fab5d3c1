package io.natterjack.core.wire;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.CloseReason;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.MessageBody;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds docs/protocol.md to what the codec does. */
final class ProtocolDocumentTest {
    private static final String DOCUMENT = read();

    static List<String> clientExamples() {
        return examples("client");
    }

    static List<String> serverExamples() {
        return examples("server");
    }

    @ParameterizedTest
    @MethodSource("clientExamples")
    void aClientExampleIsWhatTheCodecWrites(String example) {
        assertThat(FrameCodec.encode(FrameCodec.decodeClient(example)).text()).isEqualTo(compact(example));
    }

    @ParameterizedTest
    @MethodSource("serverExamples")
    void aServerExampleIsWhatTheCodecWrites(String example) {
        ServerFrame frame = FrameCodec.decodeServer(example).orElseThrow();

        assertThat(FrameCodec.encode(frame).text()).isEqualTo(compact(example));
    }

    @Test
    void everyFrameHasOneExample() {
        assertThat(clientExamples()).extracting(ProtocolDocumentTest::type).doesNotHaveDuplicates();
        assertThat(serverExamples()).extracting(ProtocolDocumentTest::type).doesNotHaveDuplicates();
        Set<Class<?>> client = clientExamples().stream()
                .map(example -> FrameCodec.decodeClient(example).getClass())
                .collect(toSet());
        Set<Class<?>> server = serverExamples().stream()
                .map(example -> FrameCodec.decodeServer(example).orElseThrow().getClass())
                .collect(toSet());

        assertThat(client).isEqualTo(frames(ClientFrame.class));
        assertThat(server).isEqualTo(frames(ServerFrame.class));
    }

    private static String type(String example) {
        return example.replaceAll("(?s)^\\{\"t\":\"([a-z]+)\".*", "$1");
    }

    private static Set<Class<?>> frames(Class<?> type) {
        Class<?>[] permitted = type.getPermittedSubclasses();
        return permitted == null
                ? Set.of(type)
                : Arrays.stream(permitted)
                        .flatMap(each -> frames(each).stream())
                        .collect(toSet());
    }

    @Test
    void everyFieldOfTheSamplesIsNamed() {
        Pattern name = Pattern.compile("\"([a-z]+)\":");
        Stream.concat(
                        Samples.clientFrames().stream().map(FrameCodec::encode),
                        Samples.serverFrames().stream().map(FrameCodec::encode))
                .flatMap(frame -> name.matcher(frame.text()).results())
                .map(field -> field.group(1))
                .filter(field -> field.length() > 1)
                .distinct()
                .forEach(field -> assertThat(DOCUMENT).containsPattern("[`\"]" + field + "[`\"]"));
    }

    @Test
    void everyErrorCodeHasARow() {
        Arrays.stream(ErrorCode.values())
                .forEach(code -> assertThat(DOCUMENT).contains("\n| `" + code.wireName() + "` |"));
    }

    @Test
    void everyCloseCodeHasARow() throws IllegalAccessException {
        for (var field : CloseReason.class.getFields()) {
            if (field.getType() == CloseReason.class) {
                int code = ((CloseReason) field.get(null)).code();
                assertThat(DOCUMENT).containsPattern("\\n\\| [0-9, ]*" + code);
            }
        }
    }

    @Test
    void linesAreShort() {
        assertThat(DOCUMENT.lines()).allMatch(line -> line.length() <= 120);
    }

    private static List<String> examples(String side) {
        Matcher matcher = Pattern.compile("^```json " + side + "\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(DOCUMENT);
        return matcher.results().map(example -> example.group(1)).toList();
    }

    /** Takes the white space out. */
    private static String compact(String example) {
        return MessageBody.json(example).json();
    }

    private static String read() {
        try {
            Path folder = Path.of("").toAbsolutePath();
            while (!Files.exists(folder.resolve("docs/protocol.md"))) {
                folder = folder.getParent();
            }
            return Files.readString(folder.resolve("docs/protocol.md"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
