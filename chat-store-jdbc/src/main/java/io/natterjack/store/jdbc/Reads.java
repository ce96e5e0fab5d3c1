package io.natterjack.store.jdbc;

import io.natterjack.core.Cursor;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.HistoryQuery.Direction;
import io.natterjack.core.Message;
import io.natterjack.core.Page;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.store.jdbc.AppendPlan.RoomState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jdbi.v3.core.Jdbi;

/**
 * Reads events and messages. A page and its head come from one statement, so that they are of one moment.
 *
 * <p><b>Threads.</b> Any thread may call.
 */
final class Reads {
    /** How many rows are fetched at a time, where fewer than were asked for may be enough. */
    private static final int FETCH = 100;

    static final String EVENTS =
            "select seq, sender, cid, ts, body from chat_message where room = ? and seq > ? order by seq limit ?";

    private static final String MESSAGES = "select seq, rev, sender, cid, ts, body from chat_message where room = ?";

    static final String HISTORY = "select r.last_seq, m.* from chat_room r left join ("
            + "select * from (" + MESSAGES + " and seq < ? order by seq desc limit ?) below"
            + " union all "
            + "select * from (" + MESSAGES + " and seq >= ? order by seq limit ?) above"
            + ") m on true where r.room = ? order by m.seq";

    static final String CHANGES = "select r.last_seq, m.* from chat_room r left join ("
            + MESSAGES + " and rev > ? order by rev limit ?"
            + ") m on true where r.room = ? order by m.rev";

    private final Jdbi jdbi;
    private final Dialect dialect;
    private final long epoch;

    Reads(Jdbi jdbi, Dialect dialect, long epoch) {
        this.jdbi = jdbi;
        this.dialect = dialect;
        this.epoch = epoch;
    }

    // In a transaction, because PostgreSQL fetches in parts only there.
    List<RoomEvent> eventsAfter(RoomId room, long seq, int maxEvents, int maxBytes) {
        return jdbi.inTransaction(handle -> handle.createQuery(EVENTS)
                .bind(0, room.value())
                .bind(1, seq)
                .bind(2, maxEvents)
                .setFetchSize(FETCH)
                .scanResultSet((result, context) -> {
                    List<RoomEvent> events = new ArrayList<>();
                    long bytes = 0;
                    for (ResultSet row = result.get(); row.next(); ) {
                        RoomEvent event = Rows.event(room, epoch, row);
                        bytes += event.size();
                        if (bytes > maxBytes && !events.isEmpty()) {
                            break;
                        }
                        events.add(event);
                    }
                    return events;
                }));
    }

    Map<RoomId, Cursor> heads(Collection<RoomId> rooms) {
        Map<RoomId, RoomState> found = jdbi.withHandle(handle -> dialect.rooms(handle, rooms));
        Map<RoomId, Cursor> heads = new HashMap<>();
        for (RoomId room : rooms) {
            heads.put(
                    room,
                    new Cursor(epoch, found.getOrDefault(room, RoomState.NEW).lastSeq()));
        }
        return heads;
    }

    Page history(HistoryQuery query, int maxBytes) {
        boolean around = query.direction() == Direction.AROUND;
        int limitBelow = around ? query.limit() / 2 : query.limit();
        int limitAbove = query.limit() - (around ? limitBelow : 0);
        int bytes = around ? maxBytes / 2 : maxBytes;
        // Only AFTER leaves out the seq itself.
        long split = query.direction() == Direction.AFTER ? query.seq() + 1 : query.seq();
        Part below = new Part(limitBelow, bytes);
        Part above = new Part(limitAbove, bytes);
        List<Message> messages = new ArrayList<>();
        // One more than wanted shows whether there are more.
        Cursor upto = jdbi.withHandle(handle -> handle.createQuery(HISTORY)
                .bind(0, query.room().value())
                .bind(1, split)
                .bind(2, query.direction() == Direction.AFTER ? 0 : limitBelow + 1)
                .bind(3, query.room().value())
                .bind(4, split)
                .bind(5, query.direction() == Direction.BEFORE ? 0 : limitAbove + 1)
                .bind(6, query.room().value())
                .scanResultSet((result, context) -> readPage(query.room(), result.get(), messages::add)));
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i).seq() < split) {
                below.offer(messages.get(i));
            }
        }
        for (Message message : messages) {
            if (message.seq() >= split) {
                above.offer(message);
            }
        }
        Collections.reverse(below.messages);
        below.messages.addAll(above.messages);
        return new Page(below.messages, below.full || above.full, upto);
    }

    Page changes(RoomId room, long sinceRev, int limit, int maxBytes) {
        Part part = new Part(limit, maxBytes);
        Cursor upto = jdbi.inTransaction(handle -> handle.createQuery(CHANGES)
                .bind(0, room.value())
                .bind(1, sinceRev)
                .bind(2, limit + 1L)
                .bind(3, room.value())
                .setFetchSize(FETCH)
                .scanResultSet((result, context) -> readPage(room, result.get(), part::offer)));
        return new Page(part.messages, part.full, upto);
    }

    /** Reads rows that each have the head, and a message or nothing, until {@code sink} wants no more. */
    private Cursor readPage(RoomId room, ResultSet row, Predicate<Message> sink) throws SQLException {
        long head = 0;
        while (row.next()) {
            head = row.getLong("last_seq");
            if (row.getLong("seq") == 0 || !sink.test(Rows.message(room, epoch, row))) {
                break;
            }
        }
        return new Cursor(epoch, head);
    }

    /** Messages up to a limit of count and bytes, at least one. */
    private static final class Part {
        private final int limit;
        private final int maxBytes;
        private final List<Message> messages = new ArrayList<>();
        private long bytes;
        private boolean full;

        Part(int limit, int maxBytes) {
            this.limit = limit;
            this.maxBytes = maxBytes;
        }

        /** Takes a message; returns whether it wants more. */
        boolean offer(Message message) {
            bytes += Rows.size(message);
            full |= messages.size() == limit || bytes > maxBytes && !messages.isEmpty();
            if (!full) {
                messages.add(message);
            }
            return !full;
        }
    }
}
