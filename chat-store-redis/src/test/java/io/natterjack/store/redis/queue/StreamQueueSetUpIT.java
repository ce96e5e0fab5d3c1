package io.natterjack.store.redis.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natterjack.core.Outcome;
import io.natterjack.core.StoreException;
import io.natterjack.store.redis.connection.RedisProcess;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a Redis must be set up for before a queue begins there. */
final class StreamQueueSetUpIT extends StreamQueueFixture {
    @Test
    void aRedisThatMayForgetIsRefusedIfWhatItHasIsAcknowledged() {
        try (RedisProcess forgetful = RedisProcess.start("--maxmemory-policy", "noeviction")) {
            assertRefused(forgetful, "appendonly");
        }
        try (RedisProcess evicting = RedisProcess.start("--appendonly", "yes", "--maxmemory-policy", "allkeys-lru")) {
            assertRefused(evicting, "maxmemory-policy");
        }
    }

    private void assertRefused(RedisProcess unfit, String setting) {
        assertThatThrownBy(() -> new TestNode(
                        store,
                        new DeafRouter(),
                        RedisStreamQueue.builder(unfit.uri()).ackAt(AckAt.QUEUE)))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        refusal -> assertThat(refusal.kind()).isEqualTo(StoreException.Kind.REJECTED))
                .hasMessageContaining(setting);
    }

    @Test
    void aUserWithTheRightsThatAreDocumentedMayDoAll() throws Exception {
        String rights =
                "resetkeys ~" + PREFIX + ":* resetchannels &" + PREFIX + ":* -@all +eval +xrange +xlen +xadd +xdel"
                        + " +get +set +del +incrby +decrby +pexpire +time +zadd +zcard +zcount +zrem +zremrangebyscore +hget +hset +hincrby"
                        + " +ssubscribe +sunsubscribe +spublish +info +ping +hello +auth +client|setname +config|get";
        assertThat(redis.ask(("ACL SETUSER chat on >secret " + rights).split(" ")))
                .isEqualTo("+OK");
        String uri = "redis://chat:secret@127.0.0.1:" + redis.port();
        RedisStreamQueue.Builder builder =
                RedisStreamQueue.builder(uri).prefix(PREFIX).streams(4).ackAt(AckAt.QUEUE);
        TestNode node = node(store, builder);
        store.reject(draft -> draft.clientId().value().equals("bad"));
        for (String cid : List.of("a", "bad", "b")) {
            Outcome outcome = outcome(node.append(draft(cid)));
            assertThat(outcome instanceof Outcome.Queued queued ? outcome(queued.settled()) : outcome)
                    .isNotInstanceOf(Outcome.Queued.class);
        }
        assertThat(log.log(LOBBY)).containsExactly("a", "b");
        node.close();
    }
}
