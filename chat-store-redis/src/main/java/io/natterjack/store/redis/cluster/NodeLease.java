package io.natterjack.store.redis.cluster;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Says every {@link #RENEW_EVERY} that this node is there, and who else is. A node has one lease after another: when Redis has forgotten one,
 * or it ran out while the node stood still or was cut off, what was written under it counts no more, and is written again under the next.
 *
 * <p>Redis's clock is the only one; leases are in one sorted set by the time at which they run out.
 *
 * <p><b>Threads.</b> The upkeep lane; {@link #nodes} any.
 */
final class NodeLease {
    /**
     * Who was there at one time.
     *
     * @param listed all leases that Redis has on its list
     * @param dead the leases that have run out, and when, Unix milliseconds, 0 if nobody knows; none while it isn't sure that their nodes
     *     have had the time to take others
     */
    record View(String own, Set<String> listed, Map<String, Long> dead) {
        View {
            listed = Set.copyOf(listed);
            dead = Map.copyOf(dead);
        }

        /** Tells whether that is or was a lease of this node. */
        boolean isOwn(String lease) {
            return nodeOf(lease).equals(nodeOf(own));
        }
    }

    /** What hears of each look. Called on the upkeep lane. */
    interface Observer {
        /**
         * Takes how it looks now.
         *
         * @param renewed false if the own lease is a new one
         */
        void looked(View view, boolean renewed);

        /** Redis doesn't answer. */
        void away();
    }

    static final Duration TTL = Duration.ofSeconds(10);
    static final Duration RENEW_EVERY = Duration.ofSeconds(4);

    /**
     * How long after a new lease nobody is taken for dead: the others may have lost theirs in the same way, and take new ones within {@link
     * #RENEW_EVERY}.
     */
    static final Duration QUIET = Duration.ofSeconds(6);

    private static final Duration RETRY_AFTER = Duration.ofMillis(500);
    /** How long after the end of somebody's lease it's looked at again. */
    private static final Duration A_MOMENT = Duration.ofMillis(50);

    private static final int MAX_REMEMBERED = 1_000;
    private static final char INCARNATION = '.';

    private static final String NOW =
            "local t = redis.call('TIME') " + "local now = t[1] * 1000 + math.floor(t[2] / 1000) ";
    private static final String LOOK = NOW
            + "local had = redis.call('ZSCORE', KEYS[1], ARGV[1]) "
            + "local kept = had and tonumber(had) > now "
            + "if kept or ARGV[3] == '1' then redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1]) end "
            + "return {kept and 1 or 0, now, redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')}";
    private static final String NODES = NOW + "return redis.call('ZRANGE', KEYS[1], '(' .. now, '+inf', 'BYSCORE')";
    private static final String END = NOW + "if redis.call('ZSCORE', KEYS[1], ARGV[1]) then "
            + "redis.call('ZADD', KEYS[1], now, ARGV[1]) end return now";

    private final RedisClusterAsyncCommands<String, String> commands;
    private final String[] key;
    private final String node;
    private final Scheduler scheduler;
    private final Executor lane;
    private final Observer observer;
    private final CompletableFuture<Void> first = new CompletableFuture<>();

    private long incarnation;
    private boolean born;
    private boolean looking;
    private boolean again;
    private boolean closed;
    private long bornAt;
    // Dead is dead, also when the others have cleared up and forgotten it.
    private final Map<String, Long> known = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };
    // Leases that were missing on the list though something was read under them: those that await a look, and those
    // that await its answer.
    private final Set<String> doubted = new HashSet<>();
    private final Set<String> judged = new HashSet<>();
    private Scheduler.Cancellable next = () -> {};

    NodeLease(
            RedisClusterAsyncCommands<String, String> commands,
            String prefix,
            String node,
            Scheduler scheduler,
            Executor lane,
            Observer observer) {
        this.commands = commands;
        this.key = new String[] {keyOf(prefix)};
        this.node = node;
        this.scheduler = scheduler;
        this.lane = lane;
        this.observer = observer;
    }

    /** Returns the key of the sorted set of leases. */
    static String keyOf(String prefix) {
        return prefix + ":nodes";
    }

    /** Takes the first lease; what is returned completes when it's there, and fails if that goes wrong. */
    CompletableFuture<Void> open() {
        lane.execute(this::look);
        return first;
    }

    private String own() {
        return node + INCARNATION + incarnation;
    }

    /** Renews the lease and looks who is there, now and not only when it's time. */
    void look() {
        next.cancel();
        if (closed) {
            return;
        }
        if (looking) {
            again = true;
            return;
        }
        looking = true;
        judged.addAll(doubted);
        doubted.clear();
        String own = own();
        eval(LOOK, own, String.valueOf(TTL.toMillis()), born ? "0" : "1")
                .whenComplete((answer, failure) -> lane.execute(() -> looked(own, answer, failure)));
    }

    /**
     * Looks again, since something was read under a lease that the last look didn't find. Who writes under a lease has it by then: if a look
     * that begins now doesn't find it either, it is dead.
     */
    void doubt(String lease) {
        if (!judged.contains(lease) && doubted.size() + judged.size() < MAX_REMEMBERED && doubted.add(lease)) {
            look();
        }
    }

    private CompletionStage<List<Object>> eval(String script, String... arguments) {
        try {
            return commands.eval(script, ScriptOutputType.MULTI, key, arguments);
        } catch (RuntimeException away) {
            return CompletableFuture.failedFuture(away);
        }
    }

    private void looked(String own, @Nullable List<Object> answer, @Nullable Throwable failure) {
        looking = false;
        if (closed) {
            return;
        }
        if (answer == null) {
            if (failure instanceof RedisCommandExecutionException) {
                // It was refused, and will be.
                first.completeExceptionally(failure);
            }
            if (!born) {
                // Perhaps it was taken, and will have run out by then: others may call it dead already.
                incarnation++;
            }
            lookIn(RETRY_AFTER);
            observer.away();
            return;
        }
        boolean kept = answer.get(0).equals(1L);
        if (born && !kept) {
            incarnation++;
            born = false;
            look();
            return;
        }
        long now = (long) answer.get(1);
        lookIn(again ? Duration.ZERO : untilNext(now, (List<?>) answer.get(2)));
        again = false;
        boolean renewed = born;
        if (!born) {
            born = true;
            bornAt = scheduler.nanoTime();
        }
        observer.looked(view(own, now, (List<?>) answer.get(2)), renewed);
        first.complete(null);
    }

    private View view(String own, long now, List<?> leases) {
        Set<String> listed = new HashSet<>();
        Map<String, Long> dead = new HashMap<>();
        for (int i = 0; i < leases.size(); i += 2) {
            String lease = (String) leases.get(i);
            long until = millis(leases.get(i + 1));
            listed.add(lease);
            if (until <= now) {
                dead.put(lease, until);
            }
        }
        if (scheduler.nanoTime() - bornAt >= QUIET.toNanos()) {
            known.putAll(dead);
            judged.removeAll(listed);
            judged.forEach(lease -> known.putIfAbsent(lease, 0L));
            judged.clear();
        }
        return new View(own, listed, known);
    }

    /** Whose lease runs out before the next renewal is looked at right then, so that nobody is seen longer than need be. */
    private static Duration untilNext(long now, List<?> leases) {
        long soonest = RENEW_EVERY.toMillis();
        for (int i = 1; i < leases.size(); i += 2) {
            long left = millis(leases.get(i)) - now;
            if (left > 0) {
                soonest = Math.min(soonest, left + A_MOMENT.toMillis());
            }
        }
        return Duration.ofMillis(soonest);
    }

    private static long millis(Object score) {
        return (long) Double.parseDouble(score.toString());
    }

    private void lookIn(Duration delay) {
        next = scheduler.after(delay, () -> lane.execute(this::look));
    }

    /** Returns the nodes that are alive; fails if Redis doesn't answer. */
    CompletionStage<Set<String>> nodes() {
        return eval(NODES).thenApply(leases -> {
            Set<String> nodes = new HashSet<>();
            nodes.add(node);
            leases.forEach(lease -> nodes.add(nodeOf(lease.toString())));
            return nodes;
        });
    }

    private static String nodeOf(String lease) {
        int end = lease.lastIndexOf(INCARNATION);
        return end < 0 ? lease : lease.substring(0, end);
    }

    /** Takes a lease whose people are gone off the list. */
    void forget(String lease) {
        try {
            commands.zrem(key[0], lease);
        } catch (RuntimeException away) {
            // It's still on the list, and tried again.
        }
    }

    /** Ends the lease now, as if it had run out; what is returned completes when that is so, with the lease and Redis's time. */
    CompletionStage<Map.Entry<String, Long>> end() {
        closed = true;
        next.cancel();
        String own = own();
        return commands.<Long>eval(END, ScriptOutputType.INTEGER, key, own).thenApply(now -> Map.entry(own, now));
    }
}
