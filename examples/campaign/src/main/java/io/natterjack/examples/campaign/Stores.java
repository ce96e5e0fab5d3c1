package io.natterjack.examples.campaign;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.store.jdbc.JdbcMessageStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Looks into a database as no client does: past servers and proxies. */
final class Stores {
    private Stores() {}

    /** Returns the epoch of the store in the database of that JDBC URL. */
    static long epoch(String url) {
        RoomId any = new RoomId("any");
        return with(url, store -> Optional.ofNullable(store.heads(List.of(any)).get(any)))
                .orElseThrow()
                .epoch();
    }

    /** Returns all that is in the rooms. */
    static Map<RoomId, List<RoomEvent>> logs(String url, List<RoomId> rooms) {
        return with(url, store -> {
            Map<RoomId, List<RoomEvent>> logs = new LinkedHashMap<>();
            rooms.forEach(room -> logs.put(room, store.eventsAfter(room, 0, Integer.MAX_VALUE, Integer.MAX_VALUE)));
            return logs;
        });
    }

    private static <T> T with(String url, Function<JdbcMessageStore, T> use) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(1);
        try (HikariDataSource pool = new HikariDataSource(config);
                JdbcMessageStore store = JdbcMessageStore.create(pool)) {
            return use.apply(store);
        }
    }
}
