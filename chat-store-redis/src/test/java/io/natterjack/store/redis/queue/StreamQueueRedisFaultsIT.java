package io.natterjack.store.redis.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ErrorCode;
import io.natterjack.core.Outcome;
import io.natterjack.core.spi.Flow;
import io.natterjack.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The Redis of a queue is killed, stands still, is full, or has lost what waited there. */
final class StreamQueueRedisFaultsIT extends StreamQueueFixture {
    @Test
    void withoutRedisEverythingIsRefusedForNowUntilItIsBack() throws Exception {
        TestNode node = node(store, builder());
        assertThat(outcome(node.append(draft("a")))).isInstanceOf(Outcome.Accepted.class);
        redis.kill();
        long before = System.nanoTime();
        Flow flow = new Flow();
        assertThat(refused(node.queue().append(draft("b"), flow)).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(IN_TIME);
        assertThat(refused(node.queue().append(draft("c"), flow)).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        Await.until(() -> !node.queue().stats().isAccepting());

        redis.restart();
        Await.until(() -> node.queue().stats().isAccepting());
        assertThat(outcome(node.append(draft("b")))).isInstanceOf(Outcome.Accepted.class);
        assertThat(log.log(LOBBY)).containsExactly("a", "b");
    }

    @Test
    void aRedisThatStandsStillKeepsNobodyWaiting() throws Exception {
        TestNode node = node(store, builder());
        assertThat(outcome(node.append(draft("a")))).isInstanceOf(Outcome.Accepted.class);
        redis.freeze();
        long before = System.nanoTime();
        Outcome.Refused refused = refused(node.append(draft("b")));
        redis.resume();
        assertThat(refused.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(IN_TIME);
        Await.until(() -> outcomeNow(node.append(draft("b"))) instanceof Outcome.Accepted);
        assertThat(log.log(LOBBY)).containsExactly("a", "b");
    }

    @Test
    void whatIsAnsweredQueuedSurvivesThatRedisIsKilled() throws Exception {
        // With everysec Redis answers without having written while a sync of the second before takes long.
        assertThat(redis.ask("CONFIG", "SET", "appendfsync", "always")).isEqualTo("+OK");
        TestNode node = node(store, builder().ackAt(AckAt.QUEUE));
        store.away(true);
        List<Talker> talkers = talk(4, 500, node);
        for (int kills = 0; kills < 3; kills++) {
            int sofar = answered(talkers);
            Await.until(() -> answered(talkers) > sofar + 100 || answered(talkers) == 2_000);
            redis.kill();
            redis.restart();
            redis.ask("CONFIG", "SET", "appendfsync", "always");
        }
        Await.until(() -> answered(talkers) == 2_000);
        redis.kill();
        redis.restart();
        long kept = IntStream.range(0, 4)
                .mapToObj(stream -> redis.ask("XLEN", settings(4).draftsKey(stream)))
                .mapToLong(length -> Long.parseLong(length.substring(1)))
                .sum();
        assertThat(kept).isGreaterThanOrEqualTo(2_000);
        store.away(false);
        assertAllSaidOnceInOrder(talkers);
    }

    @Test
    void nothingIsLostOrTwiceWhileRedisIsKilledAgainAndAgain() throws Exception {
        TestNode first = node(store, builder());
        TestNode second = node(store, builder());
        List<Talker> talkers = talk(6, 400, first, second);
        for (int kills = 0; kills < 4; kills++) {
            int sofar = answered(talkers);
            Await.until(() -> answered(talkers) > sofar + 100 || answered(talkers) == 2_400);
            redis.kill();
            redis.restart();
        }
        assertAllSaidOnceInOrder(talkers);
    }

    @Test
    void whatIsLostWithRedisIsNotOvertakenByWhatIsBehindIt() throws Exception {
        TestNode node = node(store, builder().deadline(Duration.ofSeconds(20)));
        store.away(true);
        Flow flow = new Flow();
        CompletionStage<Outcome> lost = node.queue().append(draft("a"), flow);
        while (waiting(4) == 0) {
            Thread.onSpinWait();
        }
        redis.ask("FLUSHALL");
        CompletionStage<Outcome> behind = node.queue().append(draft("b"), flow);
        store.away(false);

        assertThat(refused(lost).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(refused(behind).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(log.log(LOBBY)).doesNotContain("b");
        assertThat(outcome(node.append(draft("a")))).isInstanceOf(Outcome.Accepted.class);
        assertThat(outcome(node.append(draft("b")))).isInstanceOf(Outcome.Accepted.class);
        assertThat(log.log(LOBBY)).containsExactly("a", "b");
    }

    @Test
    void aRedisThatIsFullIsDrainedByANodeThatIsNew() throws Exception {
        store.away(true);
        TestNode first = node(store, builder().ackAt(AckAt.QUEUE));
        for (int i = 0; i < 50; i++) {
            assertThat(outcome(first.append(draft("m" + i)))).isInstanceOf(Outcome.Queued.class);
        }
        assertThat(redis.ask("CONFIG", "SET", "maxmemory", "1000")).isEqualTo("+OK");
        assertThat(refused(first.append(draft("late"))).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        first.close();
        store.away(false);
        node(store, builder().ackAt(AckAt.QUEUE));
        Await.until(() -> log.log(LOBBY).size() == 50);
        Await.until(() -> waiting(4) == 0);
    }
}
