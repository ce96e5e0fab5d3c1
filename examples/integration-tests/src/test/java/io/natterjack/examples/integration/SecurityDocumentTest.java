package io.natterjack.examples.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every test that docs/security.md names is there. */
final class SecurityDocumentTest {
    /** A package, a class and a method, each of which may be left out; of a class alone what it's called must say that it's a test. */
    private static final Pattern NAMED =
            Pattern.compile("`(?:([a-z]\\w*)\\.)?(?:([A-Z]\\w*)?#(\\w+)|([A-Z]\\w*(?:Test|IT|Contract)))`");

    private final Path root = Stream.of(Path.of(""), Path.of("../.."))
            .map(path -> path.toAbsolutePath().normalize())
            .filter(path -> Files.exists(path.resolve("docs/security.md")))
            .findFirst()
            .orElseThrow();

    @Test
    void everyTestThatIsNamedIsThere() throws IOException {
        Map<String, List<Path>> sources = sources();
        List<String> missing = new ArrayList<>();
        int found = 0;
        for (String line : Files.readAllLines(root.resolve("docs/security.md"))) {
            String inPackage = "";
            String className = "";
            for (Matcher named = NAMED.matcher(line); line.startsWith("|") && named.find(); found++) {
                String ownClass = named.group(2) != null ? named.group(2) : named.group(4);
                if (ownClass != null) {
                    inPackage = named.group(1) == null ? "" : named.group(1);
                    className = ownClass;
                }
                if (!isThere(sources.getOrDefault(className, List.of()), inPackage, named.group(3))) {
                    missing.add(className + " " + named.group());
                }
            }
        }
        assertThat(missing).isEmpty();
        assertThat(found).as("names that were found").isGreaterThan(100);
    }

    private static boolean isThere(List<Path> files, String inPackage, String method) {
        return files.stream()
                .filter(file -> inPackage.isEmpty() || file.getParent().endsWith(inPackage))
                .anyMatch(file -> method == null
                        || read(file)
                                .lines()
                                .anyMatch(line -> line.startsWith("    ") && line.contains(" " + method + "(")));
    }

    private Map<String, List<Path>> sources() throws IOException {
        Map<String, List<Path>> sources = new HashMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            files.filter(file ->
                            file.toString().endsWith(".java") && file.toString().contains("src"))
                    .forEach(file -> sources.computeIfAbsent(
                                    file.getFileName().toString().replace(".java", ""), first -> new ArrayList<>())
                            .add(file));
        }
        return sources;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
