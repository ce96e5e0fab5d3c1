package io.natterjack.store.redis;

import io.natterjack.core.Durability;
import io.natterjack.core.StoreException;
import io.natterjack.store.redis.connection.Answers;
import io.natterjack.store.redis.connection.ServerSettings;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks whether Redis is set up to keep what it has acknowledged. */
final class DurabilityCheck {
    private static final Logger LOG = LoggerFactory.getLogger(DurabilityCheck.class);

    private DurabilityCheck() {}

    /**
     * Looks at each server that has a partition. Blocks.
     *
     * @throws StoreException of kind {@code REJECTED} if one may lose what it has acknowledged, and that may not be
     */
    static void check(Servers servers, Durability durability) {
        Set<String> looked = new LinkedHashSet<>();
        for (int partition = 0; partition < Keys.PARTITIONS; partition++) {
            if (looked.add(servers.identity(partition))) {
                check(servers, partition, durability);
            }
        }
    }

    private static void check(Servers servers, int partition, Durability durability) {
        var persistence = servers.of(partition).info("persistence");
        String memory = Answers.of(servers.of(partition).info("memory"));
        problems(Answers.of(persistence), memory).forEach(problem -> complain(durability, problem));
        warnOfEverySecond(servers, partition);
    }

    /**
     * Looks at the server of a partition once more, which may be another by now. Blocks.
     *
     * @return what may make it lose what it has acknowledged; empty for nothing, or if it doesn't say
     */
    static List<String> problems(Servers servers, int partition) {
        try {
            var persistence = servers.of(partition).info("persistence");
            String memory = Answers.of(servers.of(partition).info("memory"));
            return problems(Answers.of(persistence), memory);
        } catch (StoreException away) {
            LOG.debug("Redis doesn't tell how it is set up", away);
            return List.of();
        }
    }

    private static List<String> problems(String persistence, String memory) {
        List<String> problems = new ArrayList<>();
        if (!ServerSettings.keepsFile(persistence)) {
            problems.add("Redis keeps no append-only file (set appendonly yes)");
        }
        String policy = ServerSettings.evictionPolicy(memory);
        if (!policy.equals(ServerSettings.NO_EVICTION)) {
            problems.add(
                    "Redis drops keys when its memory is full (maxmemory-policy is " + policy + ", set noeviction)");
        }
        return problems;
    }

    private static void complain(Durability durability, String problem) {
        if (durability == Durability.REQUIRED) {
            throw new StoreException(
                    StoreException.Kind.REJECTED,
                    problem + ": it would forget acknowledged messages. For data that may be lost:"
                            + " RedisMessageStore.builder(…).durability(Durability."
                            + Durability.MAY_LOSE_ACKNOWLEDGED_MESSAGES + ")");
        }
        LOG.warn("{}: acknowledged messages may be lost", problem);
    }

    private static void warnOfEverySecond(Servers servers, int partition) {
        try {
            ServerSettings.appendFsync(servers.of(partition))
                    .filter(value -> !value.equals("always"))
                    .ifPresent(value -> LOG.warn(
                            "Redis doesn't wait for the disk (appendfsync {}): when the machine goes down, {} of"
                                    + " acknowledged messages may be lost",
                            value,
                            value.equals("no") ? "the last half a minute and more" : "about the last second"));
        } catch (StoreException away) {
            LOG.debug("Redis doesn't tell its settings", away);
        }
    }
}
