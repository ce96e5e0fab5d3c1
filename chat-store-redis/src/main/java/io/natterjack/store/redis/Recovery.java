package io.natterjack.store.redis;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.natterjack.core.Durability;
import io.natterjack.core.StoreException;
import io.natterjack.store.redis.connection.Answers;
import io.natterjack.store.redis.connection.RedisConnections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out which incarnation a partition is in, and begins a new one where the data may be older than what was told of it.
 *
 * <p>An incarnation stands while its key is there and names the process that has the partition, and while that process has the
 * incarnation's witness, a script that only the beginning of one loads. A process that was started again has no scripts; one that came
 * back from being a replica has another copy of the data; {@code FLUSHALL} takes the key. All else that may bring back an older state
 * begins a new process.
 *
 * <p>A new incarnation begins with what is there. Its key is written first, so that scripts of the one before find themselves lost; its
 * witness is loaded last.
 *
 * <p><b>Threads.</b> Any thread may call, and waits for Redis.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private static final long LOCK_MILLIS = 5_000;
    private static final long PATIENCE_NANOS = RedisConnections.PATIENCE.toNanos();
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final String IF_LOCKED = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end ";
    private static final String BEGIN = IF_LOCKED + "redis.call('SET', KEYS[2], ARGV[2]) return 1";
    private static final String UNLOCK = IF_LOCKED + "return redis.call('DEL', KEYS[1])";

    private final RedisClusterAsyncCommands<String, String> commands;
    private final Servers servers;
    private final Keys keys;
    private final Durability durability;

    Recovery(RedisClusterAsyncCommands<String, String> commands, Servers servers, Keys keys, Durability durability) {
        this.commands = commands;
        this.servers = servers;
        this.keys = keys;
        this.durability = durability;
    }

    /**
     * Returns the incarnation that the partition is in, a new one if need be.
     *
     * @param seen the last epoch that this process knows of; what is older isn't taken for the present
     * @param now the time at which one that begins would begin, Unix milliseconds, 0 for the server's: its epoch, unless that would be no
     *     new one
     * @param checkedAt for {@link Life#checkedAt}
     */
    Life open(int partition, long seen, long now, long checkedAt) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        String token = UUID.randomUUID().toString();
        SetArgs ifFree = SetArgs.Builder.nx().px(LOCK_MILLIS);
        while (true) {
            Optional<Life> standing = join(partition, seen, checkedAt);
            if (standing.isPresent()) {
                return standing.get();
            }
            if (Answers.of(commands.set(keys.lock(partition), token, ifFree)) != null) {
                return beginLocked(partition, token, seen, now, checkedAt);
            }
            if (System.nanoTime() > deadline) {
                throw new StoreException(
                        StoreException.Kind.UNAVAILABLE, "Somebody else recovers partition " + partition);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private Life beginLocked(int partition, String token, long seen, long now, long checkedAt) {
        try {
            Optional<Life> standing = join(partition, seen, checkedAt);
            return standing.isPresent() ? standing.get() : begin(partition, token, seen, now, checkedAt);
        } finally {
            commands.eval(UNLOCK, ScriptOutputType.INTEGER, new String[] {keys.lock(partition)}, token);
        }
    }

    /** Returns the time by the clock of the server that has the partition, which all processes share; Unix milliseconds. */
    long now(int partition) {
        return Reply.millis(Answers.of(servers.of(partition).time()));
    }

    private Optional<Life> join(int partition, long seen, long checkedAt) {
        String server = servers.identity(partition);
        Incarnation found = found(partition);
        if (!found.server().equals(server) || found.epoch() < seen) {
            return Optional.empty();
        }
        Map<Script, String> scripts = names(partition, found);
        Set<Script> missing = EnumSet.noneOf(Script.class);
        Iterator<Boolean> there = Answers.of(
                        servers.of(partition).scriptExists(scripts.values().toArray(new String[0])))
                .iterator();
        for (Script script : scripts.keySet()) {
            if (!there.next()) {
                missing.add(script);
            }
        }
        if (missing.contains(Script.WITNESS)) {
            return Optional.empty();
        }
        // Another release of this library, whose scripts aren't the same, has begun it.
        missing.forEach(script -> load(partition, found, script));
        return Optional.of(new Life(found, checkedAt, scripts));
    }

    private Life begin(int partition, String token, long seen, long now, long checkedAt) {
        Incarnation before = found(partition);
        long epoch = Math.max(now > 0 ? now : now(partition), Math.max(before.epoch(), seen) + 1);
        Incarnation begun = new Incarnation(epoch, servers.identity(partition));
        Long written = Answers.of(commands.<Long>eval(
                BEGIN,
                ScriptOutputType.INTEGER,
                new String[] {keys.lock(partition), keys.incarnation(partition)},
                token,
                begun.toString()));
        if (written == null || written == 0) {
            throw new StoreException(
                    StoreException.Kind.UNAVAILABLE, "Recovering partition " + partition + " took too long");
        }
        for (Script script : Script.values()) {
            load(partition, begun, script);
        }
        if (before.epoch() > 0 || seen > 0) {
            LOG.warn("Redis may have lost something of partition {}: epoch {} begins", partition, epoch);
            // A replica that has taken over may be set up in another way than what it took over from.
            if (durability == Durability.REQUIRED) {
                DurabilityCheck.problems(servers, partition)
                        .forEach(problem -> LOG.error("Partition {}: {}", partition, problem));
            }
        }
        return new Life(begun, checkedAt, names(partition, begun));
    }

    private Incarnation found(int partition) {
        String text = Answers.of(commands.get(keys.incarnation(partition)));
        return Incarnation.of(text == null ? "" : text);
    }

    private void load(int partition, Incarnation incarnation, Script script) {
        Answers.of(servers.of(partition).scriptLoad(script.text(keys.of(partition), incarnation)));
    }

    /** Returns the scripts' names, in the order of the constants. */
    private Map<Script, String> names(int partition, Incarnation incarnation) {
        Map<Script, String> names = new EnumMap<>(Script.class);
        for (Script script : Script.values()) {
            names.put(script, commands.digest(script.text(keys.of(partition), incarnation)));
        }
        return names;
    }
}
