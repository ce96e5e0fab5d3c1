package io.natterjack.store.jdbc;

import static java.util.Collections.nCopies;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.InboxEntry;
import io.natterjack.core.Membership;
import io.natterjack.core.Message;
import io.natterjack.core.Notify;
import io.natterjack.core.Outcome;
import io.natterjack.core.Receipts;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.RoomView;
import io.natterjack.core.SearchPage;
import io.natterjack.core.SearchQuery;
import io.natterjack.core.Standing;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.SearchPlace;
import io.natterjack.core.text.SearchWords;
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
 * Reads what rooms know of people and people of rooms, moves watermarks, and searches.
 *
 * <p><b>Threads.</b> Any thread may call.
 */
final class RoomReads {
    static final String MEMBERSHIP =
            "select " + Rows.MEMBER_COLUMNS + " from chat_member m where m.room = ? and m.member = ?";

    static final String MEMBERS = "select " + Rows.MEMBER_COLUMNS
            + " from chat_member m where m.room = ? and m.member > ? and m.standing = ? order by m.member limit ?";

    static final String VIEW = "select r.last_seq, r.trimmed, r.access_rev, r.settings, " + Rows.MEMBER_COLUMNS
            + " from chat_room r left join chat_member m on m.room = r.room and m.member = ? where r.room = ?";

    static final String APART =
            "select count(*) from chat_block where (member = ? and blocked = ?) or (member = ? and blocked = ?)";

    static final String FIND =
            "select content_hash, seq, ts from chat_message where room = ? and sender = ? and cid = ?";

    private static final String INBOX_OF = "select " + Rows.MEMBER_COLUMNS
            + ", r.last_seq, r.last_ts, r.trimmed, r.settings"
            + " from chat_member m join chat_room r on r.room = m.room where m.member = ? and m.standing in (1, 2)";

    static final String INBOX = INBOX_OF
            + " and (r.last_ts < ? or r.last_ts = ? and r.room < ?) order by r.last_ts desc, r.room desc limit ?";

    static final String RECEIPTS =
            "select count(*) as members, count(case when delivered_seq >= ? then 1 end) as delivered,"
                    + " count(case when read_seq >= ? then 1 end) as readers"
                    + " from chat_member where room = ? and is_in = 1 and member <> ?";

    static final String READERS = "select member from chat_member where room = ? and is_in = 1 and member <> ?"
            + " and read_seq >= ? order by member limit " + Receipts.MAX_READERS;

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
    private final Jdbi writing;
    private final Dialect dialect;
    private final long epoch;

    RoomReads(Connections connections, Dialect dialect, long epoch) {
        this.reading = connections.reading();
        this.writing = connections.writing();
        this.dialect = dialect;
        this.epoch = epoch;
    }

    RoomView view(RoomId room, UserId user) {
        return reading.withHandle(handle -> {
            RoomView view = handle.createQuery(VIEW)
                    .bind(0, user.value())
                    .bind(1, room.value())
                    .map((row, context) -> view(room, row))
                    .findOne()
                    .orElseGet(() -> new RoomView(room, RoomSettings.NONE, null, new Cursor(epoch, 0), 0, 0, false));
            List<UserId> people = view.settings().people();
            return people.size() == 2 && areApart(handle, people.get(0), people.get(1)) ? blocked(view) : view;
        });
    }

    private RoomView view(RoomId room, ResultSet row) throws SQLException {
        @Nullable Membership membership = row.getString("member") == null ? null : Rows.membership(row);
        RoomSettings settings = settings(row.getString("settings"));
        long head = row.getLong("last_seq");
        return new RoomView(
                room,
                settings,
                membership,
                new Cursor(epoch, head),
                row.getLong("access_rev"),
                floor(settings, membership, row.getLong("trimmed"), head),
                false);
    }

    private static long floor(RoomSettings settings, @Nullable Membership membership, long trimmed, long head) {
        if (settings.showsAll()) {
            return trimmed;
        }
        return Math.max(trimmed, membership != null && membership.isIn() ? membership.joinedSeq() - 1 : head);
    }

    private static RoomView blocked(RoomView view) {
        return new RoomView(
                view.room(),
                view.settings(),
                view.membership().orElse(null),
                view.head(),
                view.accessRev(),
                view.floor(),
                true);
    }

    private static boolean areApart(Handle handle, UserId one, UserId other) {
        return handle.createQuery(APART)
                        .bind(0, one.value())
                        .bind(1, other.value())
                        .bind(2, other.value())
                        .bind(3, one.value())
                        .mapTo(Integer.class)
                        .one()
                > 0;
    }

    /** Returns the settings that a room's row has. */
    static RoomSettings settings(String json) {
        return json.isEmpty() ? RoomSettings.NONE : RoomSettings.json(json);
    }

    Optional<MessageStore.Known> find(RoomId room, UserId sender, ClientId clientId) {
        return reading.withHandle(handle -> handle.createQuery(FIND)
                .bind(0, room.value())
                .bind(1, sender.value())
                .bind(2, clientId.value())
                .map((row, context) -> new MessageStore.Known(
                        row.getString("content_hash"),
                        new Outcome.Accepted(new Cursor(epoch, row.getLong("seq")), row.getLong("ts"), true)))
                .findOne());
    }

    Receipts receipts(RoomId room, long seq, UserId sender) {
        return reading.withHandle(handle -> {
            List<UserId> readers = handle.createQuery(READERS)
                    .bind(0, room.value())
                    .bind(1, sender.value())
                    .bind(2, seq)
                    .map((row, context) -> new UserId(row.getString("member")))
                    .list();
            return handle.createQuery(RECEIPTS)
                    .bind(0, seq)
                    .bind(1, seq)
                    .bind(2, room.value())
                    .bind(3, sender.value())
                    .map((row, context) -> new Receipts(
                            row.getInt("members"), row.getInt("delivered"), row.getInt("readers"), readers))
                    .one();
        });
    }

    void notifications(RoomId room, UserId user, Notify wanted) {
        writing.useHandle(handle -> handle.execute(
                "update chat_member set notify = ? where room = ? and member = ? and is_in = 1",
                EnumNumbers.of(wanted),
                room.value(),
                user.value()));
    }

    Optional<Membership> membership(RoomId room, UserId user) {
        return reading.withHandle(handle -> handle.createQuery(MEMBERSHIP)
                .bind(0, room.value())
                .bind(1, user.value())
                .map((row, context) -> Rows.membership(row))
                .findOne());
    }

    List<Membership> members(RoomId room, Standing standing, Optional<UserId> after, int limit) {
        return reading.withHandle(handle -> handle.createQuery(MEMBERS)
                .bind(0, room.value())
                .bind(1, after.map(UserId::value).orElse(""))
                .bind(2, EnumNumbers.of(standing))
                .bind(3, limit)
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
            Query query = handle.createQuery(
                    INBOX_OF + " and m.room in (" + String.join(", ", nCopies(rooms.size(), "?")) + ")");
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
        SearchPlace after = query.after().map(SearchPlace::of).orElse(SearchPlace.BEFORE_ALL);
        return reading.withHandle(handle -> {
            Query sql = handle.createQuery(search(dialect, query.rooms().size()));
            int position = 0;
            sql.bind(position++, query.reader().value());
            sql.bind(position++, dialect.searchParameter(wanted));
            for (RoomId room : query.rooms()) {
                sql.bind(position++, room.value());
            }
            sql.bind(position++, after.timestamp())
                    .bind(position++, after.timestamp())
                    .bind(position++, after.room())
                    .bind(position++, after.room())
                    .bind(position++, after.seq())
                    .bind(position++, query.limit());
            List<Message> rows = sql.map((row, context) -> Rows.message(new RoomId(row.getString("room")), epoch, row))
                    .list();
            List<Message> found = new ArrayList<>(rows);
            found.removeIf(message -> message.body().text().filter(wanted::isIn).isEmpty());
            boolean more = rows.size() == query.limit();
            return new SearchPage(
                    found, more ? SearchPlace.of(rows.get(rows.size() - 1)).cursor() : null);
        });
    }
}
