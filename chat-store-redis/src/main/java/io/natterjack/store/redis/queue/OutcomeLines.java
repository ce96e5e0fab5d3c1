package io.natterjack.store.redis.queue;

import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Outcome;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What became of drafts, as one node tells another: a line each, with the number that the sender gave it. Only what is final is told.
 *
 * <pre>{@code
 *   17 + EPOCH SEQ TIMESTAMP DUPLICATE TARGET
 *   18 - CODE
 * }</pre>
 */
final class OutcomeLines {
    private static final Logger LOG = LoggerFactory.getLogger(OutcomeLines.class);

    private final StringBuilder text = new StringBuilder();

    /** Adds the outcome of that draft. */
    void add(long number, Outcome outcome) {
        text.append(number);
        if (outcome instanceof Outcome.Accepted accepted) {
            text.append(" + ").append(accepted.at().epoch());
            text.append(' ').append(accepted.at().seq());
            text.append(' ').append(accepted.timestamp());
            text.append(' ').append(accepted.isDuplicate() ? 1 : 0);
            text.append(' ').append(accepted.target());
        } else if (outcome instanceof Outcome.Refused refused) {
            text.append(" - ").append(refused.code().wireName());
        }
        text.append('\n');
    }

    @Override
    public String toString() {
        return text.toString();
    }

    /** Hands on what each line says; one that can't be read is left out. */
    static void read(String lines, BiConsumer<Long, Outcome> sink) {
        lines.lines().forEach(line -> {
            long number;
            Outcome outcome;
            try {
                String[] parts = line.split(" ", -1);
                number = Long.parseLong(parts[0]);
                outcome = outcome(parts);
            } catch (RuntimeException unreadable) {
                LOG.debug("An outcome that can't be read is left out: {}", unreadable.toString());
                return;
            }
            sink.accept(number, outcome);
        });
    }

    private static Outcome outcome(String[] parts) {
        if (parts[1].equals("+")) {
            return new Outcome.Accepted(
                    new Cursor(Long.parseLong(parts[2]), Long.parseLong(parts[3])),
                    Long.parseLong(parts[4]),
                    parts[5].equals("1"),
                    Long.parseLong(parts[6]));
        }
        // A code of a newer version is a refusal for good all the same.
        return Outcome.Refused.forGood(ErrorCode.ofWireName(parts[2]).orElse(ErrorCode.INTERNAL));
    }
}
