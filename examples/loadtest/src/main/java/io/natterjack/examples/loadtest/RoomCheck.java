package io.natterjack.examples.loadtest;

import java.util.ArrayList;
import java.util.List;

/**
 * What is known of one room, so that nothing can be missed: every peer must see each seq once, one after the other, up to the highest
 * that was acknowledged or seen by anybody.
 */
final class RoomCheck {
    /** How far one peer has come in the room. */
    static final class Reader {
        private long last = -1;

        long last() {
            return last;
        }
    }

    private final Tally tally;
    private final List<Reader> readers = new ArrayList<>();
    private long head;

    RoomCheck(Tally tally) {
        this.tally = tally;
    }

    Reader reader() {
        Reader reader = new Reader();
        readers.add(reader);
        return reader;
    }

    /** A peer joined; what comes next to it is {@code after + 1}. */
    void joined(Reader reader, long after) {
        if (reader.last >= 0 && after > reader.last) {
            // A gap was told; the peer would page through the history.
            tally.gaps++;
        }
        reader.last = Math.max(reader.last, after);
    }

    void acked(long seq) {
        head = Math.max(head, seq);
    }

    /** A peer was given an event; false if it had it before. */
    boolean seen(Reader reader, long seq) {
        head = Math.max(head, seq);
        if (seq <= reader.last) {
            tally.duplicates++;
            return false;
        }
        if (seq != reader.last + 1) {
            tally.outOfOrder++;
        }
        reader.last = seq;
        return true;
    }

    /** Tells whether everybody has everything. */
    boolean isComplete() {
        return readers.stream().allMatch(reader -> reader.last < 0 || reader.last >= head);
    }

    /** Counts as lost what somebody lacks. */
    void countLost() {
        for (Reader reader : readers) {
            if (reader.last >= 0) {
                tally.lost += Math.max(0, head - reader.last);
            }
        }
    }
}
