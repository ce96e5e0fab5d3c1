package io.natterjack.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.spi.MessageStore;
import io.natterjack.store.redis.connection.RedisProcess;
import io.natterjack.testkit.DurableMessageStoreContract;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** As a user that has the documented rights and no others. */
final class RedisMessageStoreIT extends DurableMessageStoreContract {
    private static RedisProcess redis;
    private static int stores;

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.startDurable();
        addUser(redis);
    }

    static void addUser(RedisProcess server) {
        List<String> user = new ArrayList<>(List.of("ACL", "SETUSER", "chat", "on", ">changeit"));
        user.addAll(List.of(("resetkeys ~test*{p*}/* -@all " + RedisMessageStore.COMMANDS).split(" ")));
        assertThat(server.ask(user.toArray(String[]::new))).isEqualTo("+OK");
    }

    static String uri(RedisProcess server) {
        return "redis://chat:changeit@127.0.0.1:" + server.port();
    }

    @AfterAll
    static void stopRedis() {
        String refused = redis.ask("ACL", "LOG");
        redis.close();
        assertThat(refused).as("what the user had no right to").isEqualTo("*0");
    }

    @Override
    protected MessageStore open() {
        stores++;
        return openAgain();
    }

    @Override
    protected MessageStore openAgain() {
        return RedisMessageStore.builder(uri(redis)).prefix("test" + stores).open();
    }
}
