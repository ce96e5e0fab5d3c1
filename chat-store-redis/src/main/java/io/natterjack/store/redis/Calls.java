package io.natterjack.store.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.natterjack.core.Durability;
import io.natterjack.core.StoreException;
import io.natterjack.store.redis.connection.Answers;
import io.natterjack.store.redis.connection.RedisConnections;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs scripts, in the incarnation that their partition is in and in no other.
 *
 * <p><b>Threads.</b> Any thread may call, and waits for Redis.
 */
final class Calls {
    /** How often a script is sent that its partition has just lost. */
    private static final int ATTEMPTS = 4;

    private static final long OPENING_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final RedisConnections connections;
    private final Keys keys;
    private final Recovery recovery;
    private final List<Partition> partitions = new ArrayList<>();

    Calls(RedisConnections connections, Keys keys, Durability durability) {
        this.connections = connections;
        this.keys = keys;
        AtomicLong changes = new AtomicLong();
        connections.onChange(changes::incrementAndGet);
        recovery = new Recovery(connections.commands(), new Servers(connections, keys), keys, durability);
        for (int i = 0; i < Keys.PARTITIONS; i++) {
            partitions.add(new Partition(i, recovery, changes));
        }
    }

    /**
     * Makes sure that each partition has an incarnation; those that begin now have the same epoch if they can. Another process that is
     * at it is waited for, and one that died of it: its lock has an end.
     */
    void open() {
        long now = recovery.now(0);
        long deadline = System.nanoTime() + OPENING_NANOS;
        partitions.forEach(partition -> open(partition, now, deadline));
    }

    private static void open(Partition partition, long now, long deadline) {
        while (true) {
            try {
                partition.current(now);
                return;
            } catch (StoreException busy) {
                boolean passes = busy.kind() == StoreException.Kind.UNAVAILABLE
                        && !Thread.currentThread().isInterrupted();
                if (!passes || System.nanoTime() - deadline > 0) {
                    throw busy;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** Runs one script. */
    Reply one(Call call) {
        return all(List.of(call)).get(0);
    }

    /**
     * Runs the scripts, all at once.
     *
     * @return one reply a call, {@code OK} or {@code CONFLICT}; if it throws, some may have been run
     * @throws StoreException if Redis is away, or of kind {@code FENCED}
     */
    List<Reply> all(List<Call> calls) {
        try {
            return run(calls);
        } catch (RedisException away) {
            throw Answers.unavailable(away);
        }
    }

    private List<Reply> run(List<Call> calls) {
        Reply[] replies = new Reply[calls.size()];
        int open = replies.length;
        for (int attempt = 1; attempt <= ATTEMPTS && open > 0; attempt++) {
            if (attempt == 2) {
                // A slot that has moved is lost as well, until it is known where it is.
                Answers.of(connections.refresh().toCompletableFuture());
            }
            List<Sent> sent = new ArrayList<>();
            for (int i = 0; i < replies.length; i++) {
                if (replies[i] == null) {
                    sent.add(send(i, calls.get(i)));
                }
            }
            for (Sent each : sent) {
                Reply reply = reply(each);
                if (reply == null) {
                    partitions.get(each.call.partition()).forget(each.life);
                } else {
                    replies[each.place] = reply;
                    open--;
                }
            }
        }
        if (open > 0) {
            throw new StoreException(
                    StoreException.Kind.UNAVAILABLE, "Redis loses its data faster than that can be told");
        }
        return List.of(replies);
    }

    private record Sent(int place, Call call, Life life, Future<List<Object>> answer) {}

    private Sent send(int place, Call call) {
        Life life = partitions.get(call.partition()).current();
        if (call.epoch() != 0 && call.epoch() != life.epoch()) {
            return new Sent(place, call, life, CompletableFuture.completedFuture(List.of(Reply.CONFLICT)));
        }
        String[] all = new String[call.keys().size() + 1];
        all[0] = keys.incarnation(call.partition());
        for (int i = 1; i < all.length; i++) {
            all[i] = call.keys().get(i - 1);
        }
        Future<List<Object>> answer = connections
                .commands()
                .evalsha(
                        life.script(call.script()),
                        ScriptOutputType.MULTI,
                        all,
                        call.arguments().toArray(new String[0]));
        return new Sent(place, call, life, answer);
    }

    /** Returns the reply; null if there is no such incarnation any more. */
    private static @Nullable Reply reply(Sent sent) {
        try {
            Reply reply = new Reply(sent.life.epoch(), Answers.of(sent.answer));
            return switch (reply.status()) {
                case "LOST" -> null;
                case "FENCED" ->
                    throw new StoreException(StoreException.Kind.FENCED, "The fence is at generation " + reply.text(0));
                default -> reply;
            };
        } catch (RedisNoScriptException restarted) {
            return null;
        }
    }
}
