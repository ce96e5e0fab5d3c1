package io.natterjack.examples.integration;

import io.natterjack.testkit.Await;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program that runs beside the test. What it prints goes to files, so that it never waits for a reader. One thread. */
final class JarProcess implements AutoCloseable {
    private final String name;
    private final Process process;
    private final BufferedWriter input;
    private final Path output;
    private final Path errors;

    private JarProcess(String name, Process process, Path output, Path errors) {
        this.name = name;
        this.process = process;
        this.input = process.outputWriter(StandardCharsets.UTF_8);
        this.output = output;
        this.errors = errors;
    }

    /** Starts the runnable jar of a module. Its files are in {@code directory}, and begin with {@code name}. */
    static JarProcess start(String module, Path directory, String name, String... arguments) {
        List<String> command = new ArrayList<>(List.of("-jar", jar(module).toString()));
        command.addAll(List.of(arguments));
        return start(directory, name, command);
    }

    /** Starts a Java program. */
    static JarProcess start(Path directory, String name, List<String> javaArguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"));
        command.addAll(javaArguments);
        Path output = directory.resolve(name + ".out");
        Path errors = directory.resolve(name + ".err");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start();
            return new JarProcess(name, process, output, errors);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Returns the runnable jar of a module. */
    static Path jar(String module) {
        String property = "natterjack." + module + ".jar";
        Path jar = Path.of(System.getProperty(property, "(property " + property + " is not set)"));
        if (!Files.exists(jar)) {
            throw new AssertionError("there is no " + jar + ": build the module " + module + " first");
        }
        return jar.toAbsolutePath();
    }

    /** Waits until a line that begins so was printed on standard output, and returns it. */
    String awaitLine(String beginning) {
        Await.until(
                name + " prints " + beginning,
                () -> !process.isAlive() || output().stream().anyMatch(line -> line.startsWith(beginning)));
        return output().stream()
                .filter(line -> line.startsWith(beginning))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " ended without a line " + beginning + "\n" + errors()));
    }

    /** Returns what was printed on standard output so far. */
    List<String> output() {
        try {
            return Files.readAllLines(output);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Returns what was printed on standard error so far. */
    String errors() {
        try {
            return Files.readString(errors);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Writes a line to standard input. */
    void type(String line) {
        try {
            input.write(line);
            input.newLine();
            input.flush();
        } catch (IOException failure) {
            throw new AssertionError(name + " doesn't read its input\n" + errors(), failure);
        }
    }

    /** Ends standard input. */
    void endInput() {
        try {
            input.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Ends the process as {@code kill -9} does, and waits until it is gone. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Asks the process to end, as {@code kill} does. */
    void terminate() {
        process.destroy();
    }

    /** Returns the exit code when the process has ended. */
    int awaitEnd() {
        try {
            if (!process.waitFor(Await.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(name + " doesn't end\n" + errors());
            }
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        awaitEnd();
    }
}
