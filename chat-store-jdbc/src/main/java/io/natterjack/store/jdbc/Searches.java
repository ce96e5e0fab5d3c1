package io.natterjack.store.jdbc;

import io.natterjack.core.Message;
import io.natterjack.core.RoomId;
import io.natterjack.core.SearchPage;
import io.natterjack.core.SearchQuery;
import io.natterjack.core.spi.SearchPlace;
import io.natterjack.core.text.SearchWords;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/**
 * Finds messages by their words.
 *
 * <p><b>Threads.</b> Any thread may call.
 */
final class Searches {
    private final Jdbi reading;
    private final Dialect dialect;
    private final long epoch;

    Searches(Connections connections, Dialect dialect, long epoch) {
        this.reading = connections.reading();
        this.dialect = dialect;
        this.epoch = epoch;
    }

    static String sql(Dialect dialect, int rooms) {
        return "select " + Rows.MESSAGE_COLUMNS + " from chat_message m" + dialect.searchJoin()
                + " join chat_room r on r.room = m.room"
                + " left join chat_member mm on mm.room = m.room and mm.member = ? and mm.is_in = 1 where "
                + dialect.searchCondition()
                + (rooms == 0 ? " and mm.room is not null" : " and m.room in (" + Rows.places(rooms) + ")")
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
            Query sql = handle.createQuery(sql(dialect, query.rooms().size()));
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
