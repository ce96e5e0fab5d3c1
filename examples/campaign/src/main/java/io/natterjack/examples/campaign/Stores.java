package io.natterjack.examples.campaign;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.store.jdbc.JdbcMessageStore;
import io.natterjack.store.redis.RedisMessageStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Looks into a store as no client does: past servers and proxies. */
final class Stores {
    private static final int PAGE = 10_000;

    private Stores() {}

    /** Returns the epoch of the store in the database of that JDBC URL. */
    static long epoch(String url) {
        return with(url, Stores::epoch);
    }

    /** Returns all that is in the rooms. */
    static Map<RoomId, List<RoomEvent>> logs(String url, List<RoomId> rooms) {
        return with(url, store -> logs(store, rooms));
    }

    /** Returns the epoch of the store in that Redis. */
    static long epoch(RedisServer redis) {
        try (RedisMessageStore store = RedisMessageStore.connect(redis.uri())) {
            return epoch(store);
        }
    }

    /** Returns all that is in the rooms of that Redis. */
    static Map<RoomId, List<RoomEvent>> logs(RedisServer redis, List<RoomId> rooms) {
        try (RedisMessageStore store = RedisMessageStore.connect(redis.uri())) {
            return logs(store, rooms);
        }
    }

    private static long epoch(MessageStore store) {
        RoomId any = new RoomId("any");
        return Optional.ofNullable(store.heads(List.of(any)).get(any))
                .orElseThrow()
                .epoch();
    }

    private static Map<RoomId, List<RoomEvent>> logs(MessageStore store, List<RoomId> rooms) {
        Map<RoomId, List<RoomEvent>> logs = new LinkedHashMap<>();
        for (RoomId room : rooms) {
            List<RoomEvent> log = new ArrayList<>();
            List<RoomEvent> page;
            do {
                long last = log.isEmpty() ? 0 : log.get(log.size() - 1).seq();
                page = store.eventsAfter(room, last, PAGE, Integer.MAX_VALUE);
                log.addAll(page);
            } while (!page.isEmpty());
            logs.put(room, log);
        }
        return logs;
    }

    private static <T> T with(String url, Function<MessageStore, T> use) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(1);
        try (HikariDataSource pool = new HikariDataSource(config);
                JdbcMessageStore store = JdbcMessageStore.create(pool)) {
            return use.apply(store);
        }
    }
}
