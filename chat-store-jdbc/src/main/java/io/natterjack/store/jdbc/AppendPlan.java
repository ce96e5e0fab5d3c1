package io.natterjack.store.jdbc;

import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomId;
import io.natterjack.core.text.SearchWords;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;

/**
 * Decides what becomes of the drafts of a batch, given what the database says under the locks of their rooms: a pure function,
 * the same for every database.
 *
 * @param outcomes one a draft, in the order of the batch
 * @param rows what is new, each room's in the order of its seqs
 * @param rooms the rooms that have new rows, as they are after them
 */
record AppendPlan(List<Outcome> outcomes, List<Row> rows, Map<RoomId, RoomState> rooms) {

    /** The last event of a room, zeros if there is none; and whether the room is on legal hold. */
    record RoomState(long lastSeq, long lastTimestamp, boolean held) {
        static final RoomState NEW = new RoomState(0, 0, false);

        RoomState after(Row row) {
            return new RoomState(row.seq(), row.timestamp(), held);
        }
    }

    /** By what a resend is known. */
    record ResendKey(String room, String sender, String clientId) {
        static ResendKey of(Draft draft) {
            return new ResendKey(
                    draft.room().value(),
                    draft.sender().value(),
                    draft.clientId().value());
        }
    }

    /** What is kept of an event for its resends. */
    record Known(String contentHash, long seq, long timestamp) {}

    /** An event to insert. */
    record Row(Draft draft, long seq, long timestamp) {
        int kind() {
            return EventKinds.number(draft.kind());
        }

        /** Returns the tokens that a search finds it by, separated by spaces; empty for none. */
        String words() {
            if (draft.kind() != EventKind.MESSAGE) {
                return "";
            }
            try {
                return draft.body().text().map(SearchWords::tokens).orElse("");
            } catch (IllegalStateException notJson) {
                return ""; // Such a body is for the database to refuse.
            }
        }
    }

    /**
     * Makes the plan.
     *
     * @param before all rooms of the batch, locked
     * @param known those of the batch's keys that the database has
     * @param when a draft's time in Unix milliseconds; the event before may push it forward
     */
    static AppendPlan of(
            List<Draft> batch,
            Map<RoomId, RoomState> before,
            Map<ResendKey, Known> known,
            long epoch,
            ToLongFunction<Draft> when) {
        List<Outcome> outcomes = new ArrayList<>(batch.size());
        List<Row> rows = new ArrayList<>(batch.size());
        Map<RoomId, RoomState> rooms = new HashMap<>();
        Map<ResendKey, Known> seen = new HashMap<>(known);
        for (Draft draft : batch) {
            ResendKey key = ResendKey.of(draft);
            Known first = seen.get(key);
            RoomState last = rooms.getOrDefault(draft.room(), Objects.requireNonNull(before.get(draft.room())));
            if (first != null) {
                outcomes.add(again(draft, first, epoch));
            } else if (last.held() && takesAway(draft)) {
                outcomes.add(Outcome.Refused.forGood(ErrorCode.FORBIDDEN));
            } else {
                Row row = new Row(draft, last.lastSeq() + 1, Math.max(when.applyAsLong(draft), last.lastTimestamp()));
                rows.add(row);
                rooms.put(draft.room(), last.after(row));
                seen.put(key, new Known(draft.contentHash(), row.seq(), row.timestamp()));
                outcomes.add(new Outcome.Accepted(new Cursor(epoch, row.seq()), row.timestamp(), false));
            }
        }
        return new AppendPlan(outcomes, rows, rooms);
    }

    private static boolean takesAway(Draft draft) {
        return draft.kind() == EventKind.ERASED || draft.kind() == EventKind.TRIMMED;
    }

    private static Outcome again(Draft draft, Known first, long epoch) {
        return first.contentHash().equals(draft.contentHash())
                ? new Outcome.Accepted(new Cursor(epoch, first.seq()), first.timestamp(), true)
                : Outcome.Refused.forGood(ErrorCode.CID_CONFLICT);
    }
}
