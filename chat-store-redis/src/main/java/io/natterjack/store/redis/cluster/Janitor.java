package io.natterjack.store.redis.cluster;

import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clears away what dead nodes said of people, one node at a time for each of them, and tells whom it was about. It goes on where it was
 * broken off, and twice does no harm.
 *
 * <p><b>Threads.</b> Any; the state is guarded by this.
 */
final class Janitor {
    /** How many people are cleared at once. */
    static final int STEP = 200;

    private static final Logger LOG = LoggerFactory.getLogger(Janitor.class);
    /** How long another node stays away from what this one clears, if that isn't renewed. */
    private static final Duration TURN = Duration.ofSeconds(5);

    private final RedisClusterAsyncCommands<String, String> commands;
    private final RedisPresenceEntries entries;
    private final String prefix;
    private final Consumer<List<String>> cleared;
    private final Consumer<String> done;

    private final Set<String> clearing = new HashSet<>();

    /**
     * Makes a janitor.
     *
     * @param cleared takes the people whose entries are gone, {@value #STEP} at most
     * @param done takes each lease of which nothing is left
     */
    Janitor(
            RedisClusterAsyncCommands<String, String> commands,
            RedisPresenceEntries entries,
            String prefix,
            Consumer<List<String>> cleared,
            Consumer<String> done) {
        this.commands = commands;
        this.entries = entries;
        this.prefix = prefix;
        this.cleared = cleared;
        this.done = done;
    }

    /**
     * Clears what was said under a lease that ran out at {@code at}, unless another node is at it. Completes when that is done or has
     * failed; never exceptionally.
     */
    CompletionStage<Void> clear(String lease, long at) {
        synchronized (this) {
            if (!clearing.add(lease)) {
                return CompletableFuture.completedFuture(null);
            }
        }
        CompletionStage<Void> work;
        try {
            work = commands.set(turnOf(lease), "1", SetArgs.Builder.nx().px(TURN.toMillis()))
                    .thenCompose(mine -> mine == null ? CompletableFuture.completedFuture(null) : steps(lease, at));
        } catch (RuntimeException away) {
            work = CompletableFuture.failedFuture(away);
        }
        return work.handle((nothing, failure) -> {
            finished(lease, failure);
            return null;
        });
    }

    private String turnOf(String lease) {
        return prefix + ":janitor:" + lease;
    }

    private CompletionStage<Void> steps(String lease, long at) {
        return entries.someOf(lease, STEP).thenCompose(users -> {
            if (users.isEmpty()) {
                done.accept(lease);
                return commands.del(turnOf(lease)).thenApply(deleted -> null);
            }
            return entries.removeAll(lease, users, at)
                    .thenCompose(removed -> {
                        cleared.accept(users);
                        return commands.pexpire(turnOf(lease), TURN.toMillis());
                    })
                    .thenCompose(renewed -> steps(lease, at));
        });
    }

    private synchronized void finished(String lease, @Nullable Throwable failure) {
        clearing.remove(lease);
        if (failure != null) {
            LOG.debug("Clearing up after {} failed; it goes on later", lease, failure);
        }
    }
}
