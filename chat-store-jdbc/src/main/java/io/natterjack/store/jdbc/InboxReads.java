package io.natterjack.store.jdbc;

import static java.util.Collections.nCopies;

import io.natterjack.core.Cursor;
import io.natterjack.core.InboxEntry;
import io.natterjack.core.Membership;
import io.natterjack.core.Message;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.UserId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Reads the list of somebody's rooms, with what is unread in each.
 *
 * <p><b>Threads.</b> Any thread may call.
 */
final class InboxReads {
    private static final String INBOX_OF = "select " + Rows.MEMBER_COLUMNS
            + ", r.last_seq, r.last_ts, r.trimmed, r.settings"
            + " from chat_member m join chat_room r on r.room = m.room where m.member = ? and m.standing in (1, 2)";

    static final String INBOX = INBOX_OF
            + " and (r.last_ts < ? or r.last_ts = ? and r.room < ?) order by r.last_ts desc, r.room desc limit ?";

    /** Counts one room's unread mentions, up to the last parameter. */
    static final String MENTIONED = "select count(*) as unread from (select distinct seq from chat_mention"
            + " where room = ? and member in (?, '') and seq > ? and sender <> ? limit ?) u";

    /** Counts one room's unread messages, up to the last parameter. */
    static final String UNREAD = "select count(*) as unread from (select 1 from chat_message"
            + " where room = ? and seq > ? and kind = 0 and gone = 0 and sender <> ? limit ?) u";

    /** Finds a room's newest message above a floor. */
    static final String LAST = "select * from (select " + Rows.MESSAGE_COLUMNS
            + " from chat_message m where m.room = ? and m.seq > ? and m.kind = 0 and m.gone = 0 order by m.seq desc"
            + " limit 1) l";

    private final Jdbi reading;
    private final long epoch;

    InboxReads(Connections connections, long epoch) {
        this.reading = connections.reading();
        this.epoch = epoch;
    }

    List<InboxEntry> inbox(UserId user, Optional<InboxEntry> after, int limit) {
        long before = after.map(InboxEntry::timestamp).orElse(Long.MAX_VALUE);
        return reading.withHandle(handle -> entries(
                handle,
                user,
                handle.createQuery(INBOX)
                        .bind(0, user.value())
                        .bind(1, before)
                        .bind(2, before)
                        .bind(3, after.map(entry -> entry.room().value()).orElse(""))
                        .bind(4, limit)));
    }

    List<InboxEntry> inbox(UserId user, Collection<RoomId> rooms) {
        if (rooms.isEmpty()) {
            return List.of();
        }
        return reading.withHandle(handle -> {
            Query query = handle.createQuery(INBOX_OF + " and m.room in (" + Rows.places(rooms.size()) + ")");
            query.bind(0, user.value());
            int position = 1;
            for (RoomId room : rooms) {
                query.bind(position++, room.value());
            }
            return entries(handle, user, query);
        });
    }

    private List<InboxEntry> entries(Handle handle, UserId user, Query query) {
        List<Listed> listed = query.map((row, context) -> Listed.of(row)).list();
        if (listed.isEmpty()) {
            return List.of();
        }
        Map<RoomId, Integer> unread = unread(handle, user, listed);
        Map<RoomId, Integer> mentions = mentions(handle, user, listed);
        Map<RoomId, Message> last = last(handle, listed);
        List<InboxEntry> entries = new ArrayList<>();
        for (Listed each : listed) {
            RoomId room = each.membership.room();
            @Nullable Message newest = last.get(room);
            entries.add(new InboxEntry(
                    each.membership,
                    each.settings,
                    new Cursor(epoch, each.lastSeq),
                    each.timestamp,
                    unread.getOrDefault(room, 0),
                    mentions.getOrDefault(room, 0),
                    newest));
        }
        return entries;
    }

    // One statement for all rooms of a page: a few milliseconds of network each would add up.
    private static Map<RoomId, Integer> unread(Handle handle, UserId user, List<Listed> rooms) {
        return count(
                handle,
                UNREAD,
                rooms,
                (each, bind) -> bind.next(each.membership.room().value())
                        .next(each.unreadAbove())
                        .next(user.value())
                        .next(InboxEntry.MAX_UNREAD));
    }

    private static Map<RoomId, Integer> mentions(Handle handle, UserId user, List<Listed> rooms) {
        return count(
                handle,
                MENTIONED,
                rooms,
                (each, bind) -> bind.next(each.membership.room().value())
                        .next(user.value())
                        .next(each.unreadAbove())
                        .next(user.value())
                        .next(InboxEntry.MAX_UNREAD));
    }

    private static Map<RoomId, Integer> count(
            Handle handle, String sql, List<Listed> rooms, BiConsumer<Listed, Binding> parameters) {
        Query query = handle.createQuery(String.join(" union all ", numbered(sql, rooms.size())));
        Binding binding = new Binding(query);
        rooms.forEach(each -> parameters.accept(each, binding));
        return query.scanResultSet((result, context) -> {
            Map<RoomId, Integer> counts = new HashMap<>();
            for (ResultSet row = result.get(); row.next(); ) {
                counts.put(rooms.get(row.getInt("number")).membership.room(), row.getInt("unread"));
            }
            return counts;
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

    /** A room in the list, before its messages are looked at. */
    private record Listed(Membership membership, RoomSettings settings, long lastSeq, long timestamp, long floor) {
        static Listed of(ResultSet row) throws SQLException {
            Membership membership = Rows.membership(row);
            RoomSettings settings = RoomReads.settings(row.getString("settings"));
            long head = row.getLong("last_seq");
            // Who is only invited sees nothing yet.
            long floor = membership.isIn() ? RoomReads.floor(settings, membership, row.getLong("trimmed"), head) : head;
            return new Listed(membership, settings, head, row.getLong("last_ts"), floor);
        }

        long unreadAbove() {
            return Math.max(floor, membership.read());
        }
    }

    /** Binds one parameter after the other. */
    private static final class Binding {
        private final Query query;
        private int position;

        Binding(Query query) {
            this.query = query;
        }

        Binding next(Object value) {
            query.bind(position++, value);
            return this;
        }
    }
}
