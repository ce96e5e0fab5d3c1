package io.natterjack.store.jdbc;

import static java.util.Collections.nCopies;

import io.natterjack.core.Cursor;
import io.natterjack.core.InboxEntry;
import io.natterjack.core.Membership;
import io.natterjack.core.Message;
import io.natterjack.core.RoomId;
import io.natterjack.core.SearchPage;
import io.natterjack.core.SearchQuery;
import io.natterjack.core.UserId;
import io.natterjack.core.text.SearchWords;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Reads what rooms know of people and people of rooms, moves watermarks, and searches.
 *
 * <p><b>Threads.</b> Any thread may call.
 */
final class RoomReads {
    private static final String MEMBER_COLUMNS = "room, member, joined_seq, is_in, delivered_seq, read_seq";

    static final String MEMBERSHIP = "select " + MEMBER_COLUMNS + " from chat_member where room = ? and member = ?";

    static final String MEMBERS = "select " + MEMBER_COLUMNS
            + " from chat_member where room = ? and member > ? and is_in = 1 order by member limit ?";

    static final String FLOOR = "select r.trimmed, r.shows_all, r.last_seq, m.joined_seq from chat_room r"
            + " left join chat_member m on m.room = r.room and m.member = ? and m.is_in = 1 where r.room = ?";

    static final String INBOX = "select m.room, m.member, m.joined_seq, m.is_in, m.delivered_seq, m.read_seq,"
            + " r.last_seq, r.last_ts, r.trimmed, r.shows_all"
            + " from chat_member m join chat_room r on r.room = m.room where m.member = ? and m.is_in = 1"
            + " and (r.last_ts < ? or r.last_ts = ? and r.room < ?) order by r.last_ts desc, r.room desc limit ?";

    /** Counts one room's unread messages, up to the last parameter. */
    static final String UNREAD = "select count(*) as unread from (select 1 from chat_message"
            + " where room = ? and seq > ? and kind = 0 and gone = 0 and sender <> ? limit ?) u";

    /** Finds a room's newest message above a floor. */
    static final String LAST = "select * from (select " + Rows.MESSAGE_COLUMNS
            + " from chat_message m where room = ? and seq > ? and kind = 0 and gone = 0 order by seq desc limit 1) l";

    private final Jdbi reading;
    private final Jdbi writing;
    private final Dialect dialect;
    private final long epoch;

    RoomReads(Connections connections, Dialect dialect, long epoch) {
        this.reading = connections.reading();
        this.writing = connections.writing();
        this.dialect = dialect;
        this.epoch = epoch;
    }

    long floor(RoomId room, UserId reader) {
        return reading.withHandle(handle -> handle.createQuery(FLOOR)
                .bind(0, reader.value())
                .bind(1, room.value())
                .scanResultSet((result, context) -> {
                    ResultSet row = result.get();
                    if (!row.next()) {
                        return 0L;
                    }
                    long trimmed = row.getLong("trimmed");
                    if (row.getInt("shows_all") != 0) {
                        return trimmed;
                    }
                    long joined = row.getLong("joined_seq");
                    return Math.max(trimmed, joined > 0 ? joined - 1 : row.getLong("last_seq"));
                }));
    }

    Optional<Membership> membership(RoomId room, UserId user) {
        return reading.withHandle(handle -> handle.createQuery(MEMBERSHIP)
                .bind(0, room.value())
                .bind(1, user.value())
                .map((row, context) -> Rows.membership(row))
                .findOne());
    }

    List<Membership> members(RoomId room, Optional<UserId> after, int limit) {
        return reading.withHandle(handle -> handle.createQuery(MEMBERS)
                .bind(0, room.value())
                .bind(1, after.map(UserId::value).orElse(""))
                .bind(2, limit)
                .map((row, context) -> Rows.membership(row))
                .list());
    }

    void mark(RoomId room, UserId user, long delivered, long read) {
        writing.useHandle(handle -> {
            long head = Optional.ofNullable(dialect.rooms(handle, List.of(room)).get(room))
                    .map(AppendPlan.RoomState::lastSeq)
                    .orElse(0L);
            advance(handle, room, user, "read_seq", Math.min(read, head));
            advance(handle, room, user, "delivered_seq", Math.min(Math.max(delivered, read), head));
        });
    }

    private static void advance(Handle handle, RoomId room, UserId user, String column, long seq) {
        handle.execute(
                "update chat_member set " + column + " = ? where room = ? and member = ? and is_in = 1 and " + column
                        + " < ?",
                seq,
                room.value(),
                user.value(),
                seq);
    }

    /** A room in the list, before its messages are looked at. */
    private record Listed(Membership membership, long lastSeq, long timestamp, long floor) {}

    List<InboxEntry> inbox(UserId user, Optional<InboxEntry> after, int limit) {
        return reading.withHandle(handle -> {
            List<Listed> listed = list(handle, user, after, limit);
            if (listed.isEmpty()) {
                return List.of();
            }
            Map<RoomId, Integer> unread = unread(handle, user, listed);
            Map<RoomId, Message> last = last(handle, listed);
            List<InboxEntry> entries = new ArrayList<>();
            for (Listed each : listed) {
                RoomId room = each.membership.room();
                @Nullable Message newest = last.get(room);
                entries.add(new InboxEntry(
                        each.membership,
                        new Cursor(epoch, each.lastSeq),
                        each.timestamp,
                        unread.getOrDefault(room, 0),
                        newest));
            }
            return entries;
        });
    }

    private static List<Listed> list(Handle handle, UserId user, Optional<InboxEntry> after, int limit) {
        long before = after.map(InboxEntry::timestamp).orElse(Long.MAX_VALUE);
        return handle.createQuery(INBOX)
                .bind(0, user.value())
                .bind(1, before)
                .bind(2, before)
                .bind(3, after.map(entry -> entry.room().value()).orElse(""))
                .bind(4, limit)
                .map((row, context) -> {
                    Membership membership = Rows.membership(row);
                    long trimmed = row.getLong("trimmed");
                    long floor = row.getInt("shows_all") != 0 ? trimmed : Math.max(trimmed, membership.joinedSeq() - 1);
                    return new Listed(membership, row.getLong("last_seq"), row.getLong("last_ts"), floor);
                })
                .list();
    }

    // One statement for all rooms of a page: a few milliseconds of network each would add up.
    private static Map<RoomId, Integer> unread(Handle handle, UserId user, List<Listed> rooms) {
        Query query = handle.createQuery(String.join(" union all ", numbered(UNREAD, rooms.size())));
        int position = 0;
        for (Listed each : rooms) {
            query.bind(position++, each.membership.room().value())
                    .bind(position++, Math.max(each.floor, each.membership.read()))
                    .bind(position++, user.value())
                    .bind(position++, InboxEntry.MAX_UNREAD);
        }
        return query.scanResultSet((result, context) -> {
            Map<RoomId, Integer> unread = new HashMap<>();
            for (ResultSet row = result.get(); row.next(); ) {
                unread.put(rooms.get(row.getInt("number")).membership.room(), row.getInt("unread"));
            }
            return unread;
        });
    }

    private static List<String> numbered(String count, int times) {
        List<String> counts = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            counts.add(count.replace("count(*) as unread", i + " as number, count(*) as unread"));
        }
        return counts;
    }

    private Map<RoomId, Message> last(Handle handle, List<Listed> rooms) {
        Query query = handle.createQuery(String.join(" union all ", nCopies(rooms.size(), LAST)));
        int position = 0;
        for (Listed each : rooms) {
            query.bind(position++, each.membership.room().value()).bind(position++, each.floor);
        }
        return query.scanResultSet((result, context) -> {
            Map<RoomId, Message> last = new HashMap<>();
            for (ResultSet row = result.get(); row.next(); ) {
                RoomId room = new RoomId(row.getString("room"));
                last.put(room, Rows.message(room, epoch, row));
            }
            return last;
        });
    }

    static String search(Dialect dialect, int rooms) {
        return "select " + Rows.MESSAGE_COLUMNS + " from chat_message m" + dialect.searchJoin()
                + " join chat_room r on r.room = m.room"
                + " left join chat_member mm on mm.room = m.room and mm.member = ? and mm.is_in = 1 where "
                + dialect.searchCondition()
                + (rooms == 0
                        ? " and mm.room is not null"
                        : " and m.room in (" + String.join(", ", nCopies(rooms, "?")) + ")")
                + " and m.gone = 0 and m.seq > r.trimmed and (r.shows_all = 1 or m.seq >= mm.joined_seq)"
                + " and (m.ts < ? or m.ts = ? and (m.room < ? or m.room = ? and m.seq < ?))"
                + " order by m.ts desc, m.room desc, m.seq desc limit ?";
    }

    SearchPage search(SearchQuery query) {
        SearchWords.Wanted wanted = new SearchWords.Wanted(query.text());
        if (wanted.isEmpty()) {
            return new SearchPage(List.of(), null);
        }
        Place after = query.after().map(Place::of).orElse(Place.BEFORE_ALL);
        return reading.withHandle(handle -> {
            Query sql = handle.createQuery(search(dialect, query.rooms().size()));
            int position = 0;
            sql.bind(position++, query.reader().value());
            sql.bind(position++, dialect.searchParameter(wanted));
            for (RoomId room : query.rooms()) {
                sql.bind(position++, room.value());
            }
            sql.bind(position++, after.timestamp)
                    .bind(position++, after.timestamp)
                    .bind(position++, after.room)
                    .bind(position++, after.room)
                    .bind(position++, after.seq)
                    .bind(position++, query.limit());
            List<Message> rows = sql.map((row, context) -> Rows.message(new RoomId(row.getString("room")), epoch, row))
                    .list();
            List<Message> found = new ArrayList<>(rows);
            found.removeIf(message -> message.body().text().filter(wanted::isIn).isEmpty());
            boolean more = rows.size() == query.limit();
            return new SearchPage(
                    found, more ? Place.of(rows.get(rows.size() - 1)).toString() : null);
        });
    }

    /** A place in the order of findings. */
    private record Place(long timestamp, String room, long seq) {
        static final Place BEFORE_ALL = new Place(Long.MAX_VALUE, "", 0);

        static Place of(Message message) {
            return new Place(message.timestamp(), message.room().value(), message.seq());
        }

        /** Room names have none of the separators. */
        static Place of(String text) {
            String[] parts = text.split("/", -1);
            if (parts.length != 3) {
                throw new IllegalArgumentException("not what a page of findings ended with");
            }
            return new Place(Long.parseLong(parts[0]), new RoomId(parts[1]).value(), Long.parseLong(parts[2]));
        }

        @Override
        public String toString() {
            return timestamp + "/" + room + "/" + seq;
        }
    }
}
