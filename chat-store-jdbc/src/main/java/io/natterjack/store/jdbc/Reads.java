package io.natterjack.store.jdbc;

import io.natterjack.core.Cursor;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.HistoryQuery.Direction;
import io.natterjack.core.Message;
import io.natterjack.core.Page;
import io.natterjack.core.PagePart;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.ChangedHeads;
import io.natterjack.store.jdbc.AppendPlan.RoomState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Reads events and messages. A page and its head come from one statement, so that they are of one moment.
 *
 * <p><b>Threads.</b> Any thread may call.
 */
final class Reads {
    /** Later than any time that a database says, and not too late for one to understand: the year 9999. */
    private static final long END_OF_TIME = 253_000_000_000_000L;

    /** How many rows are fetched at a time, where fewer than were asked for may be enough. */
    private static final int FETCH = 100;

    /** The body of an edit is the one that its message has now. */
    static final String EVENTS = "select m.seq, m.sender, m.cid, m.ts, m.kind, m.target,"
            + " case when t.seq is null then m.body else t.body end as body,"
            + " case when t.seq is null then m.gone else t.gone end as gone from chat_message m"
            + " left join chat_message t on t.room = m.room"
            // Of a null the index is not asked: with the kind as a condition of its own it is, for every message.
            + " and t.seq = case when m.kind = " + EventKinds.EDIT + " then m.target end"
            + " where m.room = ? and m.seq > ? order by m.seq limit ?";

    private static final String ALL = " from chat_message m where m.room = ? and m.kind = 0";

    private static final String REPLIES = " from chat_reply x join chat_message m on m.room = x.room and m.seq = x.seq"
            + " where x.room = ? and m.kind = 0 and x.root = ";

    private static final String PINNED = " from chat_pin x join chat_message m on m.room = x.room and m.seq = x.seq"
            + " where x.room = ? and m.kind = 0";

    /** The greatest of a parameter and where the room, the next one, was trimmed. */
    private static final String FLOOR = "%1$s(?, coalesce((select trimmed from chat_room where room = ?), 0))";

    private static final String HISTORY = "select r.last_seq, r.trimmed, m.* from chat_room r left join ("
            + "select * from (select " + Rows.MESSAGE_COLUMNS + "%2$s and m.seq < ? and m.seq > " + FLOOR
            + " order by m.seq desc limit ?) below"
            + " union all "
            + "select * from (select " + Rows.MESSAGE_COLUMNS + "%2$s and m.seq > " + FLOOR
            + " order by m.seq limit ?) above"
            + ") m on 1 = 1 where r.room = ? order by m.seq";

    // No message above a floor has a rev below it, so the floor bounds what is read of the index too.
    private static final String CHANGES = "select r.last_seq, r.trimmed, m.* from chat_room r left join ("
            + "select " + Rows.MESSAGE_COLUMNS + ALL + " and m.rev > " + FLOOR + " and m.seq > " + FLOOR
            + " order by m.rev, m.seq limit ?"
            + ") m on 1 = 1 where r.room = ? order by m.rev, m.seq";

    private final Jdbi jdbi;
    private final Dialect dialect;
    private final long epoch;
    private final String changes;

    Reads(Jdbi jdbi, Dialect dialect, long epoch) {
        this.jdbi = jdbi;
        this.dialect = dialect;
        this.epoch = epoch;
        this.changes = changes(dialect);
    }

    static String history(Dialect dialect, HistoryQuery query) {
        String from = query.isPinnedOnly() ? PINNED : query.thread() > 0 ? REPLIES + query.thread() : ALL;
        return String.format(HISTORY, dialect.greatest(), from);
    }

    static String changes(Dialect dialect) {
        return String.format(CHANGES, dialect.greatest());
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

    ChangedHeads headsChangedSince(long since, int limit) {
        return jdbi.withHandle(handle -> {
            // Asked for first: what comes in between is found again, not missed.
            long now = handle.createQuery("select " + dialect.nowMillis())
                    .mapTo(Long.class)
                    .one();
            if (since == 0) {
                return new ChangedHeads(Map.of(), false, now);
            }
            List<Changed> changed = changed(handle, since, END_OF_TIME, limit + 1);
            if (changed.size() <= limit) {
                return heads(changed, false, now);
            }
            long last = changed.get(limit).at;
            if (changed.get(0).at < last) {
                return heads(changed.stream().filter(each -> each.at < last).toList(), true, last);
            }
            // More than a page of one moment, from which a reader couldn't go on.
            return heads(changed(handle, last, last + 1, Integer.MAX_VALUE), true, last + 1);
        });
    }

    private List<Changed> changed(Handle handle, long since, long before, int limit) {
        return handle.createQuery(dialect.changedRooms())
                .bind("since", since)
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) ->
                        new Changed(new RoomId(row.getString(1)), new Cursor(epoch, row.getLong(2)), row.getLong(3)))
                .list();
    }

    private static ChangedHeads heads(List<Changed> changed, boolean more, long asOf) {
        Map<RoomId, Cursor> heads = new LinkedHashMap<>();
        changed.forEach(each -> heads.put(each.room, each.head));
        return new ChangedHeads(heads, more, asOf);
    }

    /** A room, and when it was last appended to, in milliseconds of the database's clock. */
    private record Changed(RoomId room, Cursor head, long at) {}

    Page history(HistoryQuery query, int maxBytes) {
        boolean around = query.direction() == Direction.AROUND;
        int limitBelow = around ? query.limit() / 2 : query.limit();
        int limitAbove = query.limit() - (around ? limitBelow : 0);
        int bytes = around ? maxBytes / 2 : maxBytes;
        // Only AFTER leaves out the seq itself.
        long split = query.direction() == Direction.AFTER ? query.seq() + 1 : query.seq();
        PagePart below = new PagePart(limitBelow, bytes);
        PagePart above = new PagePart(limitAbove, bytes);
        List<Message> messages = new ArrayList<>();
        long floor = query.floor();
        String room = query.room().value();
        // One more than wanted shows whether there are more.
        Head head = jdbi.withHandle(handle -> handle.createQuery(history(dialect, query))
                .bind(0, room)
                .bind(1, split)
                .bind(2, floor)
                .bind(3, room)
                .bind(4, query.direction() == Direction.AFTER ? 0 : limitBelow + 1)
                .bind(5, room)
                .bind(6, Math.max(floor, split - 1))
                .bind(7, room)
                .bind(8, query.direction() == Direction.BEFORE ? 0 : limitAbove + 1)
                .bind(9, room)
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
        List<Message> page = new ArrayList<>(below.messages());
        Collections.reverse(page);
        page.addAll(above.messages());
        return head.page(own(query.room(), query.reader().orElse(null), page), below.isFull() || above.isFull(), floor);
    }

    Page changes(RoomId room, UserId reader, long floor, long sinceRev, int limit, int maxBytes) {
        PagePart part = new PagePart(limit, maxBytes);
        // One more shows whether there are more, and those that one event changed stay together.
        long rows = limit + 1L + RoomChange.Erased.MAX;
        Head head = jdbi.inTransaction(handle -> handle.createQuery(changes)
                .bind(0, room.value())
                .bind(1, Math.max(sinceRev, floor))
                .bind(2, room.value())
                .bind(3, floor)
                .bind(4, room.value())
                .bind(5, rows)
                .bind(6, room.value())
                .setFetchSize(FETCH)
                .scanResultSet((result, context) -> readPage(room, result.get(), part::offerChange)));
        return head.page(own(room, reader, part.messages()), part.isFull(), floor);
    }

    /**
     * Returns the messages with the reader's own reactions told from others'. It is read a moment after the messages: an event that
     * came between says the same of the reader once more.
     */
    private List<Message> own(RoomId room, @Nullable UserId reader, List<Message> messages) {
        List<Long> reacted = messages.stream()
                .filter(message -> !message.details().reactions().isEmpty())
                .map(Message::seq)
                .toList();
        if (reader == null || reacted.isEmpty()) {
            return messages;
        }
        Map<Long, Set<String>> own = new HashMap<>();
        jdbi.useHandle(handle -> Targets.query(
                        handle, Targets.OWN_REACTIONS, reacted, List.of(room.value(), reader.value()))
                .map((row, context) -> Map.entry(row.getLong("seq"), row.getString("reaction")))
                .forEach(each -> own.computeIfAbsent(each.getKey(), first -> new HashSet<>())
                        .add(each.getValue())));
        return messages.stream()
                .map(message ->
                        own.containsKey(message.seq()) ? message.seenWith(own.get(message.seq())::contains) : message)
                .toList();
    }

    /** Reads rows that each have the head, and a message or nothing, until {@code sink} wants no more. */
    private Head readPage(RoomId room, ResultSet row, Predicate<Message> sink) throws SQLException {
        Head head = new Head(new Cursor(epoch, 0), 0);
        while (row.next()) {
            head = new Head(new Cursor(epoch, row.getLong("last_seq")), row.getLong("trimmed"));
            if (row.getLong("seq") == 0 || !sink.test(Rows.message(room, epoch, row))) {
                break;
            }
        }
        return head;
    }

    /** What a page knows of its room beside messages. */
    private record Head(Cursor at, long trimmed) {
        Page page(List<Message> messages, boolean more, long floor) {
            return new Page(messages, more, at, Math.max(floor, trimmed));
        }
    }
}
