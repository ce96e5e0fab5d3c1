package io.natterjack.examples.campaign;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** Where the processes of one run keep their data and logs: gone with a run that went well, there to be read after any other. */
final class RunFolder {
    private final Path path;

    private RunFolder(Path path) {
        this.path = path;
    }

    /** Makes an empty one among the temporary files. */
    static RunFolder create(String command) throws IOException {
        return new RunFolder(Files.createTempDirectory("natterjack-" + command));
    }

    Path path() {
        return path;
    }

    /**
     * Ends the run.
     *
     * @return the exit code of its command
     */
    int end(boolean wentWell, PrintStream out) throws IOException {
        if (!wentWell) {
            out.println("logs are in " + path);
            return 1;
        }
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
        return 0;
    }
}
