package io.natterjack.store.redis.cluster;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.natterjack.core.UserId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * {@link PresenceEntries} in Redis: a hash for each person, with a field for each lease and one for when they were last seen; and a set for
 * each lease, of the people of whom it says something, so that they can be found when its node is dead. Of those who aren't there the hash
 * goes after {@link #REMEMBERED}.
 *
 * <p><b>Threads.</b> Any.
 */
final class RedisPresenceEntries implements PresenceEntries {
    /** How long it's known when somebody was last seen. */
    static final Duration REMEMBERED = Duration.ofDays(30);

    private static final String SEEN = "seen";

    private static final String WRITE = "if string.sub(ARGV[2], 1, 1) ~= '~' then "
            + "local all = redis.call('HGETALL', KEYS[1]) "
            + "for i = 1, #all, 2 do "
            + "if all[i] ~= ARGV[1] and string.sub(all[i + 1], 1, 1) == '~' then redis.call('HDEL', KEYS[1], all[i]) end "
            + "end end "
            + "local said = redis.call('HGET', KEYS[1], ARGV[1]) "
            + "redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) "
            + "redis.call('PERSIST', KEYS[1]) return said == ARGV[2] and 0 or 1";
    private static final String REMOVE = "local said = redis.call('HGET', KEYS[1], ARGV[1]) "
            + "if not said then return 0 end "
            + "redis.call('HDEL', KEYS[1], ARGV[1]) "
            + "if redis.call('HLEN', KEYS[1]) == redis.call('HEXISTS', KEYS[1], 'seen') then "
            + "if ARGV[2] ~= '0' and not string.find(said, '^~?[hx]') then redis.call('HSET', KEYS[1], 'seen', ARGV[2]) end "
            + "redis.call('PEXPIRE', KEYS[1], ARGV[3]) end return 1";

    private final RedisClusterAsyncCommands<String, String> commands;
    private final String prefix;

    RedisPresenceEntries(RedisClusterAsyncCommands<String, String> commands, String prefix) {
        this.commands = commands;
        this.prefix = prefix;
    }

    private String keyOf(String user) {
        return prefix + ":presence:" + user;
    }

    private String peopleOf(String lease) {
        return prefix + ":people:" + lease;
    }

    /** The set first: whoever is in no set would never be cleared away. */
    @Override
    public CompletionStage<Boolean> write(String lease, UserId user, PresenceEntry entry) {
        return attempt(() -> commands.sadd(peopleOf(lease), user.value())
                .thenCompose(added -> eval(WRITE, user.value(), lease, entry.encode()))
                .thenApply(changed -> changed != 0));
    }

    @Override
    public CompletionStage<?> remove(String lease, UserId user, long at) {
        return remove(lease, user.value(), at);
    }

    private CompletionStage<?> remove(String lease, String user, long at) {
        return attempt(() -> eval(REMOVE, user, lease, String.valueOf(at), String.valueOf(REMEMBERED.toMillis()))
                .thenCompose(done -> commands.srem(peopleOf(lease), user)));
    }

    private CompletionStage<Long> eval(String script, String user, String... arguments) {
        return commands.eval(script, ScriptOutputType.INTEGER, new String[] {keyOf(user)}, arguments);
    }

    @Override
    public CompletionStage<Said> read(UserId user) {
        return attempt(() -> commands.hgetall(keyOf(user.value())).thenApply(RedisPresenceEntries::said));
    }

    private static Said said(Map<String, String> fields) {
        Map<String, PresenceEntry> byLease = new HashMap<>();
        fields.forEach((lease, value) -> {
            if (!lease.equals(SEEN)) {
                PresenceEntry.decode(value).ifPresent(entry -> byLease.put(lease, entry));
            }
        });
        return new Said(byLease, Long.parseLong(fields.getOrDefault(SEEN, "0")));
    }

    /** Returns some of the people of whom {@code lease} says something; none if there are none. */
    CompletionStage<List<String>> someOf(String lease, int atMost) {
        return attempt(() -> commands.srandmember(peopleOf(lease), atMost));
    }

    /** Removes what {@code lease} says of all of these, as {@link #remove(String, UserId, long)} does. */
    CompletionStage<Void> removeAll(String lease, List<String> users, long at) {
        return CompletableFuture.allOf(users.stream()
                .map(user -> remove(lease, user, at).toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    }

    private static <T> CompletionStage<T> attempt(Supplier<CompletionStage<T>> command) {
        try {
            return command.get();
        } catch (RuntimeException away) {
            return CompletableFuture.failedFuture(away);
        }
    }
}
