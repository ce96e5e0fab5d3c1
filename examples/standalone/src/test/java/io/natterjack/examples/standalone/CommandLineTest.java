package io.natterjack.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class CommandLineTest {
    @Test
    void valuesFollowTheNameOrAnEqualsSign() {
        CommandLine line = parse("--port", "80", "--name=a=b", "--flag");

        assertThat(line.integer("--port", 0, 100)).contains(80);
        assertThat(line.value("--name")).contains("a=b");
        assertThat(line.has("--flag")).isTrue();
    }

    @Test
    void whatIsNotThereIsAbsent() {
        CommandLine line = parse();

        assertThat(line.value("--name")).isEmpty();
        assertThat(line.integer("--port", 0, 100)).isEmpty();
        assertThat(line.has("--flag")).isFalse();
    }

    @Test
    void anOptionMayBeRepeatedWhereItsValuesAreAskedFor() {
        CommandLine line = parse("--name", "a", "--name", "b");

        assertThat(line.values("--name")).containsExactly("a", "b");
        assertThatThrownBy(() -> line.value("--name")).hasMessage("--name may be given once");
    }

    @Test
    void everyMistakeNamesItsOption() {
        assertMistake("unknown option --colour", "--colour", "red");
        assertMistake("unknown option 8080", "8080");
        assertMistake("--port needs a value", "--port");
        assertMistake("--port needs a value", "--port", "--flag");
        assertMistake("--flag takes no value", "--flag=yes");
    }

    @Test
    void aNumberMustBeInItsRange() {
        assertThatThrownBy(() -> parse("--port", "x").integer("--port", 0, 9))
                .isInstanceOf(UsageException.class)
                .hasMessage("--port must be 0 to 9, was x");
        assertThatThrownBy(() -> parse("--port", "10").integer("--port", 0, 9))
                .hasMessage("--port must be 0 to 9, was 10");
        assertThatThrownBy(() -> parse("--port=-1").integer("--port", 0, 9))
                .hasMessage("--port must be 0 to 9, was -1");
    }

    @Test
    void optionsMayExcludeEachOther() {
        parse("--flag").atMostOneOf("--flag", "--name");
        assertThatThrownBy(() -> parse("--name", "a", "--flag").atMostOneOf("--flag", "--name"))
                .hasMessage("--flag and --name exclude each other");
    }

    private static void assertMistake(String message, String... arguments) {
        assertThatThrownBy(() -> parse(arguments))
                .isInstanceOf(UsageException.class)
                .hasMessage(message);
    }

    private static CommandLine parse(String... arguments) {
        return CommandLine.parse(List.of(arguments), Set.of("--port", "--name"), Set.of("--flag"));
    }
}
