package io.natterjack.store.redis.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ErrorCode;
import io.natterjack.core.Outcome;
import io.natterjack.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** The store of a queue in Redis is away, or has forgotten whom it fences off. */
final class StreamQueueStoreFaultsIT extends StreamQueueFixture {
    @Test
    void aDatabaseOutageIsBridgedAndTheBacklogDrainsInOrder() throws Exception {
        TestNode node = node(store, builder().ackAt(AckAt.QUEUE));
        store.away(true);
        List<Talker> talkers = talk(8, 250, node);
        Await.until(() -> answered(talkers) == 2_000);
        assertThat(waiting(4)).isEqualTo(2_000);

        store.away(false);
        assertAllSaidOnceInOrder(talkers);
        // What is in the store is taken out of the streams a moment later.
        Await.until(() -> node.queue().stats().drafts() == 0 && waiting(4) == 0);
    }

    @Test
    void whoWaitsForAStoreThatIsAwayHearsSoInTimeAndADraftSentAgainIsThereOnce() throws Exception {
        TestNode node = node(store, builder());
        store.away(true);
        long before = System.nanoTime();
        assertThat(refused(node.append(draft("a"))).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(IN_TIME);

        CompletionStage<Outcome> again = node.append(draft("a"));
        CompletionStage<Outcome> next = node.append(draft("b"));
        Await.until(() -> log.log(LOBBY).isEmpty() && node.queue().stats().drafts() == 2);
        store.away(false);
        assertThat(outcome(again)).isInstanceOf(Outcome.Accepted.class);
        assertThat(outcome(next)).isInstanceOf(Outcome.Accepted.class);
        assertThat(store.batches().get(store.batches().size() - 1)).doesNotHaveDuplicates();
        assertThat(log.log(LOBBY)).containsExactly("a", "b");
    }

    @Test
    void aFenceThatTheStoreHasLostIsRaisedAgain() throws Exception {
        TestNode node = node(store, builder());
        assertThat(outcome(node.append(draft("a")))).isInstanceOf(Outcome.Accepted.class);
        log.forgetFences();
        CompletionStage<Outcome> unused = node.append(draft("b"));

        Await.until(() -> log.log(LOBBY).equals(List.of("a", "b")));
        assertThat(log.fenced()).isPositive();
    }

    @Test
    void aFenceThatIsRaisedBehindTheWorkersBackIsRaisedAnew() throws Exception {
        TestNode node = node(store, builder().streams(1));
        assertThat(outcome(node.append(draft("a")))).isInstanceOf(Outcome.Accepted.class);
        log.raiseFence(settings(1).fenceName(0));
        assertThat(refused(node.append(draft("b"))).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        Await.until(() -> log.log(LOBBY).equals(List.of("a", "b")));
        assertThat(log.fenced()).isPositive();
    }
}
