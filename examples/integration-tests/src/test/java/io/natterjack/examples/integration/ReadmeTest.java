package io.natterjack.examples.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What README.md and the pages in docs show is what is built, and most of it run. */
final class ReadmeTest {
    private static final Path ROOT = root();

    @Test
    void theJavaBlockIsTheOneThatIsCompiled() throws IOException {
        String source = Files.readString(
                ROOT.resolve("examples/quickstart/src/main/java/io/natterjack/examples/quickstart/HelloChat.java"));
        Matcher marked = Pattern.compile("// readme:begin\n(.*?)\n *// readme:end", Pattern.DOTALL)
                .matcher(source);
        assertThat(marked.find()).isTrue();

        // The formatter breaks lines where a page would not.
        assertThat(block("java")).isEqualToIgnoringWhitespace(marked.group(1));
    }

    @Test
    void theCodeOfTheClientsPageIsWhatIsCompiled() throws IOException {
        String source = Files.readString(ROOT.resolve(
                "examples/integration-tests/src/test/java/io/natterjack/examples/integration/ClientPage.java"));
        List<String> compiled = all("// client.md:begin\n(.*?)\n *// client.md:end", source);
        List<String> shown = all("^```java\n(.*?)\n```$", Files.readString(ROOT.resolve("docs/client.md")));

        assertThat(shown)
                .as("blocks of docs/client.md")
                .isNotEmpty()
                .usingElementComparator(Comparator.comparing(ReadmeTest::withoutSpace))
                .containsExactlyElementsOf(compiled);
    }

    @Test
    void theCodeOfTheOtherPagesIsWhatIsCompiled() throws IOException {
        String source = Files.readString(ROOT.resolve(
                "examples/integration-tests/src/test/java/io/natterjack/examples/integration/HostPages.java"));
        List<String> compiled = all("// docs:begin\n(.*?)\n *// docs:end", source);
        List<String> shown = new ArrayList<>();
        for (Path page : pages()) {
            shown.addAll(all("^```java\n(.*?)\n```$", Files.readString(page)));
        }
        // That one is HelloChat.
        shown.remove(block("java"));

        assertThat(shown)
                .as("blocks of README.md and docs")
                .isNotEmpty()
                .usingElementComparator(Comparator.comparing(ReadmeTest::withoutSpace))
                .containsExactlyInAnyOrderElementsOf(compiled);
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(Stream.of(ROOT.resolve("README.md")), docs)
                    .filter(page -> page.toString().endsWith(".md") && !page.endsWith("client.md"))
                    .toList();
        }
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        for (Path page : Links.pages(ROOT)) {
            assertThat(Links.deadOnes(page)).as("links of %s", page).isEmpty();
        }
    }

    private static List<String> all(String pattern, String text) {
        return Pattern.compile(pattern, Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(text)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static String withoutSpace(String text) {
        return text.replaceAll("\\s+", "");
    }

    @Test
    void theFirstCommandsAreThoseOfTheBuild() throws IOException {
        assertThat(block("sh").lines().filter(line -> !line.isBlank() && !line.startsWith("#")))
                .hasSize(2)
                .allSatisfy(command ->
                        assertThat(Files.readString(ROOT.resolve(".ci/run"))).contains(command.replace("mvn ", "")));
    }

    /** Returns the first fenced block of that language. */
    private static String block(String language) throws IOException {
        Matcher matcher = Pattern.compile("^```" + language + "\n(.*?)\n```$", Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(Files.readString(ROOT.resolve("README.md")));
        assertThat(matcher.find()).as("a ```%s block in README.md", language).isTrue();
        return matcher.group(1);
    }

    /** Tests run in their module's folder, or in the one above all. */
    private static Path root() {
        return List.of(Path.of(""), Path.of("../..")).stream()
                .map(path -> path.toAbsolutePath().normalize())
                .filter(path -> Files.exists(path.resolve("chat-core")))
                .findFirst()
                .orElseThrow();
    }
}
