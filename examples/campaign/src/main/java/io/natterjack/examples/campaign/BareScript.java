package io.natterjack.examples.campaign;

import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.natterjack.core.Draft;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The least that an accepted message needs in Redis, one call of a script each: whether it is there, its seq, the log and its state. It
 * knows nothing of permissions, fences, epochs, mentions and listeners.
 *
 * <p><b>Threads.</b> Any thread may call; they share one connection.
 */
final class BareScript implements AutoCloseable {
    private static final String SCRIPT = """
            local known = redis.call('HGET', KEYS[2], ARGV[1])
            if known then return known end
            local seq = redis.call('HINCRBY', KEYS[1], 's', 1)
            local time = redis.call('TIME')
            local ts = time[1] .. string.format('%03d', math.floor(time[2] / 1000))
            redis.call('HSET', KEYS[1], 't', ts)
            redis.call('HSET', KEYS[2], ARGV[1], seq .. ' ' .. ts)
            redis.call('XADD', KEYS[3], '1-' .. string.format('%d', seq), 'h', ts .. ' ' .. ARGV[1], 'b', ARGV[2])
            redis.call('HSET', KEYS[4], seq, ts)
            return seq .. ' ' .. ts
            """;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final String digest;

    BareScript(String uri) {
        client = RedisClient.create(uri);
        connection = client.connect();
        digest = connection.sync().scriptLoad(SCRIPT);
    }

    /** Appends them, all under way at once, and waits for every answer. */
    void append(List<Draft> batch) {
        List<RedisFuture<String>> answers = new ArrayList<>(batch.size());
        for (Draft draft : batch) {
            String room = "bare:{" + draft.room().value() + "}:";
            String[] keys = {room + "room", room + "sent", room + "log", room + "states"};
            answers.add(connection
                    .async()
                    .evalsha(
                            digest,
                            ScriptOutputType.VALUE,
                            keys,
                            draft.sender().value() + " " + draft.clientId().value(),
                            draft.body().json()));
        }
        if (!LettuceFutures.awaitAll(PATIENCE, answers.toArray(RedisFuture[]::new))) {
            throw new IllegalStateException("Redis takes longer than " + PATIENCE);
        }
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown();
    }
}
