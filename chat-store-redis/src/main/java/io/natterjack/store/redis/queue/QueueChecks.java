package io.natterjack.store.redis.queue;

import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.async.RedisAdvancedClusterAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.natterjack.core.StoreException;
import io.natterjack.store.redis.connection.Answers;
import io.natterjack.store.redis.connection.ServerSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is looked at before a queue begins. All of it blocks. */
final class QueueChecks {
    private static final Logger LOG = LoggerFactory.getLogger(QueueChecks.class);

    private QueueChecks() {}

    /**
     * Makes sure that all nodes spread the rooms over as many streams: else two workers would have the same room.
     *
     * @throws StoreException if others use another number, or drafts wait in streams of another number ({@code REJECTED})
     */
    static void requireStreams(
            RedisClusterAsyncCommands<String, String> commands, QueueScripts scripts, QueueSettings settings) {
        String own = String.valueOf(settings.streams());
        // Read first: nothing can be written while the memory of Redis is full.
        String known = Answers.of(commands.get(settings.streamsKey()));
        if (known == null) {
            known = Answers.of(commands.setGet(settings.streamsKey(), own, SetArgs.Builder.nx()));
        }
        if (known == null || known.equals(own)) {
            return;
        }
        long waiting = 0;
        for (int stream = 0; stream < Integer.parseInt(known); stream++) {
            waiting += Answers.of(commands.xlen(settings.draftsKey(stream)));
        }
        if (waiting > 0 || Answers.of(scripts.nodes().toCompletableFuture()) > 0) {
            throw new StoreException(
                    StoreException.Kind.REJECTED,
                    "the queue " + settings.prefix() + " has " + known + " streams, not " + own
                            + "; that can be changed only while no node uses it and nothing waits");
        }
        @Nullable String unused = Answers.of(commands.set(settings.streamsKey(), own));
    }

    /**
     * Makes sure that Redis keeps what is acknowledged once it has it, and says how much may be lost all the same. Asks all servers that
     * take writes.
     *
     * @throws StoreException if one of them keeps no append-only file, or may evict what waits ({@code REJECTED}); or doesn't answer
     */
    static void requireDurability(RedisClusterAsyncCommands<String, String> commands) {
        for (String info : infos(commands, "persistence")) {
            if (!ServerSettings.keepsFile(info)) {
                throw refused("appendonly", "no", "yes");
            }
        }
        for (String info : infos(commands, "memory")) {
            String policy = ServerSettings.evictionPolicy(info);
            if (!policy.equals(ServerSettings.NO_EVICTION)) {
                throw refused("maxmemory-policy", policy, ServerSettings.NO_EVICTION);
            }
        }
        String appendFsync = ServerSettings.appendFsync(commands).orElse("");
        LOG.info("What is acknowledged by the queue in Redis {}", lossWindow(appendFsync));
    }

    private static StoreException refused(String setting, String is, String needed) {
        return new StoreException(
                StoreException.Kind.REJECTED,
                "Redis may lose what is acknowledged by the queue: " + setting + " is " + is + " and must be "
                        + needed);
    }

    private static List<String> infos(RedisClusterAsyncCommands<String, String> commands, String section) {
        List<String> infos = new ArrayList<>();
        if (commands instanceof RedisAdvancedClusterAsyncCommands<String, String> cluster) {
            for (CompletionStage<String> info :
                    cluster.upstream().commands().info(section).futures()) {
                infos.add(Answers.of(info.toCompletableFuture()));
            }
        } else {
            infos.add(Answers.of(commands.info(section)));
        }
        return infos;
    }

    private static String lossWindow(String appendFsync) {
        String window = switch (appendFsync) {
            case "always" -> "survives a power failure (appendfsync always)";
            case "everysec" -> "may be lost for about the last second when the power fails (appendfsync everysec)";
            case "no" -> "may be lost for the last half a minute and more when the power fails (appendfsync no)";
            default -> "may be lost for the last second and more when the power fails (appendfsync isn't known)";
        };
        return window + "; at a fail-over, what had not reached the replica is lost";
    }
}
