package io.natterjack.store.redis.connection;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.natterjack.core.StoreException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads how a server is set up to keep what it has acknowledged. */
public final class ServerSettings {
    /** The only policy for a full memory under which nothing is dropped. */
    public static final String NO_EVICTION = "noeviction";

    private static final Pattern AOF = Pattern.compile("(?m)^aof_enabled:1");
    private static final Pattern EVICTION = Pattern.compile("(?m)^maxmemory_policy:(\\S+)");
    private static final String APPEND_FSYNC = "appendfsync";

    private ServerSettings() {}

    /** Tells whether the server keeps an append-only file, by its {@code INFO persistence}. */
    public static boolean keepsFile(String persistence) {
        return AOF.matcher(persistence).find();
    }

    /** Tells what the server drops when its memory is full, by its {@code INFO memory}. */
    public static String evictionPolicy(String memory) {
        Matcher eviction = EVICTION.matcher(memory);
        return eviction.find() ? eviction.group(1) : "unknown";
    }

    /**
     * Asks when the server syncs its file to the disk: {@code always}, {@code everysec} or {@code no}; empty if it doesn't tell its settings.
     * Blocks.
     *
     * @throws StoreException if it doesn't answer
     */
    public static Optional<String> appendFsync(RedisClusterAsyncCommands<String, String> server) {
        try {
            Map<String, String> settings = Answers.of(server.configGet(APPEND_FSYNC));
            return Optional.ofNullable(settings.get(APPEND_FSYNC));
        } catch (StoreException notTold) {
            if (notTold.getCause() instanceof RedisCommandExecutionException) {
                return Optional.empty();
            }
            throw notTold;
        }
    }
}
