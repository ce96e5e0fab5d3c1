package io.natterjack.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.spi.ListenerStore;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.store.redis.connection.RedisProcess;
import io.natterjack.testkit.DurableMessageStoreContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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

    @Test
    void aListenersTurnFromWhenTheClockWasAheadHoldsNobodyUp() {
        ListenerStore listeners = store().listeners();
        Duration turn = Duration.ofMinutes(1);
        assertThat(listeners.take("bot", "dead", turn)).isTrue();
        String holders = new Keys("test" + stores).holders(Keys.partition("bot"));
        long ahead = System.currentTimeMillis() + Duration.ofHours(1).toMillis();
        assertThat(redis.ask("HSET", holders, "bot", ahead + " dead"))
                .as("it was there")
                .isEqualTo(":0");

        assertThat(listeners.take("bot", "next", Duration.ZERO)).isFalse();
        assertThat(listeners.take("bot", "next", turn)).isTrue();
        assertThat(listeners.take("bot", "dead", turn)).isFalse();
    }
}
