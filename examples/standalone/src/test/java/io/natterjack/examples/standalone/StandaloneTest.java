package io.natterjack.examples.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the program says of what is wrong, where that is found only when an option is used. */
final class StandaloneTest {
    @TempDir
    private Path directory;

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void aMistakeIsOneSentenceAndWhereToReadMore() {
        assertThat(run("--insecure-dev-tokens", "--prot=1")).isEqualTo(2);
        assertThat(errors()).containsExactly("natterjack: unknown option --prot", "--help lists all options");
    }

    @Test
    void aFileThatIsNotThereIsNamedWithItsOption() {
        Path secret = directory.resolve("secret");
        assertThat(run("--memory", "--jwt-secret-file=" + secret)).isEqualTo(2);
        assertThat(errors()).contains("natterjack: --jwt-secret-file " + secret + ": there is no such file");
    }

    @Test
    void aFileIsNoDirectoryForData() throws IOException {
        Path file = Files.createFile(directory.resolve("data"));
        assertThat(run("--insecure-dev-tokens", "--data=" + file)).isEqualTo(2);
        assertThat(errors()).contains("natterjack: --data " + file + " is a file, not a directory");
    }

    @Test
    void aDirectoryIsNoFile() {
        assertThat(run("--memory", "--jwt-secret-file=" + directory)).isEqualTo(2);
        assertThat(errors()).contains("natterjack: --jwt-secret-file " + directory + " is a directory, not a file");
    }

    @Test
    void whatIsWrongWithAValueNamesItsOption() throws IOException {
        assertThat(mistake("--memory", "--behind-tls-proxy=10.0.0.x")).startsWith("natterjack: --behind-tls-proxy: ");
        assertThat(mistake("--jdbc-url=jdbc:postgresql://127.0.0.1:1"))
                .isEqualTo("natterjack: --jdbc-url can't be read: it must be jdbc:postgresql:// or"
                        + " jdbc:mariadb://HOST:PORT/DATABASE");
        assertThat(mistake("--memory", "--allow-origin=https://example.org/"))
                .startsWith("natterjack: --allow-origin: an allowed origin must be as https://example.org");
        assertThat(mistake("--memory", "--tls-certificate=none", "--tls-key=none"))
                .startsWith("natterjack: --tls-certificate, --tls-key: ");
        assertThat(mistake("--redis=redis://127.0.0.1:1", "--store=redis", "--redis-prefix=a/b"))
                .startsWith("natterjack: --redis-prefix: ");
        assertThat(mistake("--redis=redis://u:hu^sh@127.0.0.1:1", "--store=redis"))
                .startsWith("natterjack: --redis: the Redis address must be redis://")
                .doesNotContain("hu^sh");
        Path none = directory.resolve("none");
        assertThat(mistake("--redis=redis://127.0.0.1:1", "--store=redis", "--redis-password-file=" + none))
                .isEqualTo("natterjack: --redis-password-file " + none + ": there is no such file");
    }

    @Test
    void theDirectoryForDataIsMadeForThisUserAlone() throws IOException {
        assumeThat(directory.getFileSystem().supportedFileAttributeViews()).contains("posix");
        Path made = directory.resolve("made/data");
        openIn(made);
        assertThat(permissions(made)).isEqualTo("rwx------");
        assertThat(permissions(made.getParent())).isEqualTo("rwx------");

        Path there = Files.createDirectory(directory.resolve("there"));
        Files.setPosixFilePermissions(there, PosixFilePermissions.fromString("rwxr-x---"));
        openIn(there);
        assertThat(permissions(there)).isEqualTo("rwxr-x---");
    }

    private static void openIn(Path data) {
        OpenStore.open(new Settings.Storage.Sqlite(data), new Mistakes(new Options().parser()))
                .close();
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void aFileThatIsNoDatabaseIsNamed() throws IOException {
        Files.write(
                directory.resolve("chat.db"),
                "no database, but as long as the head of one has to be"
                        .repeat(40)
                        .getBytes(UTF_8));
        assertThat(run("--insecure-dev-tokens", "--data=" + directory)).isEqualTo(1);
        assertThat(errors())
                .anyMatch(line -> line.startsWith("natterjack: The SQLite file " + directory)
                        && line.contains("is not a database"));
    }

    private String mistake(String... arguments) throws IOException {
        err.reset();
        Path secret = Files.writeString(directory.resolve("good-secret"), "s".repeat(32));
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--jwt-secret-file=" + secret);
        assertThat(run(all.toArray(String[]::new))).isEqualTo(2);
        return errors().get(0);
    }

    private int run(String... arguments) {
        return Standalone.run(arguments, System.out, new PrintStream(err, true, UTF_8));
    }

    private List<String> errors() {
        return err.toString(UTF_8).lines().toList();
    }
}
