package io.natterjack.examples.integration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What one console client wrote of one room with {@code --log}.
 *
 * @param user who it was
 * @param sent client ids in the order in which they were sent
 * @param acks what the server said that it has
 * @param events what it showed
 * @param troubles lines that say that something was lost or refused
 */
record ClientLog(String user, List<String> sent, List<Event> acks, List<Event> events, List<String> troubles) {
    private static final Set<String> TROUBLES = Set.of("refused", "unknown", "skipped", "reset");

    /** A message's place, its id and who sent it. */
    record Event(long epoch, long seq, String clientId, String sender) {}

    /** Reads a log that is complete. */
    static ClientLog read(String user, Path file) {
        try {
            return parse(user, Files.readAllLines(file));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static ClientLog parse(String user, List<String> lines) {
        ClientLog log = new ClientLog(user, new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (String line : lines) {
            String[] fields = line.split(" ", 6);
            switch (fields[0]) {
                case "sent" -> log.sent.add(fields[2]);
                case "ack" ->
                    log.acks.add(new Event(Long.parseLong(fields[3]), Long.parseLong(fields[4]), fields[2], user));
                case "event" ->
                    log.events.add(
                            new Event(Long.parseLong(fields[2]), Long.parseLong(fields[3]), fields[4], fields[5]));
                default -> {
                    if (TROUBLES.contains(fields[0])) {
                        log.troubles.add(line);
                    }
                }
            }
        }
        return log;
    }
}
