package io.natterjack.examples.integration;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Counts the lines of a file that is being written, by their first word. One thread. */
final class LogTail {
    private final Path file;
    private final Map<String, Integer> counts = new HashMap<>();
    private final StringBuilder rest = new StringBuilder();
    private long position;

    LogTail(Path file) {
        this.file = file;
    }

    /** Returns how many complete lines begin with {@code word} now. */
    int count(String word) {
        try {
            if (Files.exists(file)) {
                readNew();
            }
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
        return counts.getOrDefault(word, 0);
    }

    private void readNew() throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            byte[] bytes = new byte[(int) (in.length() - position)];
            in.seek(position);
            in.readFully(bytes);
            position += bytes.length;
            rest.append(new String(bytes, StandardCharsets.ISO_8859_1));
        }
        for (int end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
            String line = rest.substring(0, end);
            int space = line.indexOf(' ');
            counts.merge(space < 0 ? line : line.substring(0, space), 1, Integer::sum);
            rest.delete(0, end + 1);
        }
    }
}
