package io.natterjack.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.spi.MessageStore;
import io.natterjack.store.redis.connection.RedisClusterProcess;
import io.natterjack.testkit.MessageStoreContract;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Rooms on three masters: whatever a script needs is in one slot. As a user that has the documented rights and no others. */
final class RedisClusterStoreIT extends MessageStoreContract {
    private static RedisClusterProcess cluster;
    private static int stores;

    @BeforeAll
    static void startCluster() {
        cluster = RedisClusterProcess.start("--appendonly", "yes");
        cluster.servers().forEach(RedisMessageStoreIT::addUser);
    }

    @AfterAll
    static void stopCluster() {
        List<String> refused = cluster.servers().stream()
                .map(server -> server.ask("ACL", "LOG"))
                .toList();
        cluster.close();
        assertThat(refused).as("what the user had no right to").containsOnly("*0");
    }

    @Override
    protected MessageStore open() {
        return RedisMessageStore.builder(
                        RedisMessageStoreIT.uri(cluster.servers().get(1)))
                .prefix("test" + ++stores)
                .open();
    }
}
