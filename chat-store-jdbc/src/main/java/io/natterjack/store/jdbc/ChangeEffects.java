package io.natterjack.store.jdbc;

import static java.util.Collections.nCopies;

import io.natterjack.core.EventKind;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.store.jdbc.AppendPlan.Row;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;

/**
 * What changes of rooms do besides being events, in the transaction that inserts them, under the locks of their rooms.
 *
 * <p><b>Threads.</b> Any, with a handle of its own.
 */
final class ChangeEffects {
    private final Handle handle;
    private final Dialect dialect;

    ChangeEffects(Handle handle, Dialect dialect) {
        this.handle = handle;
        this.dialect = dialect;
    }

    /** Applies the changes among the rows, in their order. The rows are there already: a change may be to one of them. */
    void apply(List<Row> rows) {
        for (Row row : rows) {
            row.draft().change().ifPresent(change -> apply(row.draft().room(), row.seq(), change));
        }
    }

    private void apply(RoomId room, long seq, RoomChange change) {
        if (change instanceof RoomChange.Member member) {
            member(room, seq, member);
        } else if (change instanceof RoomChange.HistoryShown shown) {
            handle.execute("update chat_room set shows_all = ? where room = ?", shown.isAll() ? 1 : 0, room.value());
        } else if (change instanceof RoomChange.Erased erased) {
            erase(room, seq, erased.seqs());
        } else if (change instanceof RoomChange.Trimmed trimmed) {
            trim(room, Math.min(trimmed.upto(), seq - 1));
        }
    }

    /** What was there before somebody came counts as read. */
    private void member(RoomId room, long seq, RoomChange.Member change) {
        String user = change.user().value();
        Optional<Integer> before = handle.createQuery("select is_in from chat_member where room = ? and member = ?")
                .bind(0, room.value())
                .bind(1, user)
                .mapTo(Integer.class)
                .findOne();
        if (!change.isIn()) {
            handle.execute("update chat_member set is_in = 0 where room = ? and member = ?", room.value(), user);
        } else if (before.isEmpty()) {
            handle.execute(
                    "insert into chat_member (room, member, joined_seq, is_in, delivered_seq, read_seq)"
                            + " values (?, ?, ?, 1, ?, ?)",
                    room.value(),
                    user,
                    seq,
                    seq,
                    seq);
        } else if (before.get() == 0) {
            handle.execute(
                    "update chat_member set joined_seq = ?, is_in = 1, delivered_seq = ?, read_seq = ?"
                            + " where room = ? and member = ?",
                    seq,
                    seq,
                    seq,
                    room.value(),
                    user);
        }
    }

    private void erase(RoomId room, long rev, List<Long> seqs) {
        Update update = handle.createUpdate("update chat_message set " + dialect.takeBody() + ", rev = ? where room = ?"
                + " and kind = 0 and gone = 0 and seq < ? and seq in (" + String.join(", ", nCopies(seqs.size(), "?"))
                + ")");
        int position = 0;
        update.bind(position++, rev).bind(position++, room.value()).bind(position++, rev);
        for (long seq : seqs) {
            update.bind(position++, seq);
        }
        update.execute();
        dialect.forgetWords(handle, room, Collections.min(seqs), Collections.max(seqs));
    }

    private void trim(RoomId room, long upto) {
        handle.execute(
                "update chat_message set " + dialect.takeBody() + " where room = ? and kind = 0 and gone = 0"
                        + " and seq > (select trimmed from chat_room where room = ?) and seq <= ?",
                room.value(),
                room.value(),
                upto);
        dialect.forgetWords(handle, room, 1, upto);
        handle.execute("update chat_room set trimmed = ? where room = ? and trimmed < ?", upto, room.value(), upto);
    }

    /** Tells whether there is anything to apply. */
    static boolean isNeeded(List<Row> rows) {
        return rows.stream().anyMatch(row -> row.draft().kind() != EventKind.MESSAGE);
    }
}
