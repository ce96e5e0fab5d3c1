package io.natterjack.store.redis.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.Range;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Outcome;
import io.natterjack.testkit.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What can never get to the store is kept aside, and holds nothing up. */
final class StreamQueueDeadDraftsIT extends StreamQueueFixture {
    @Test
    void whatTheStoreRejectsIsRefusedAndKeptAside() throws Exception {
        TestNode node = node(store, builder().streams(1));
        store.reject(draft -> draft.clientId().value().equals("bad"));
        CompletionStage<Outcome> bad = node.append(draft("bad"));
        CompletionStage<Outcome> good = node.append(draft("good"));
        assertThat(refused(bad)).isEqualTo(Outcome.Refused.forGood(ErrorCode.INTERNAL));
        assertThat(outcome(good)).isInstanceOf(Outcome.Accepted.class);
        Await.until(() -> dead().size() == 1 && dead().get(0).contains("bad"));
    }

    @Test
    void whatMakesTheWorkerFailAgainAndAgainIsRefusedAndKeptAside() throws Exception {
        TestNode node = node(store, builder().streams(1).tries(3));
        node.failOn(draft -> draft.clientId().value().equals("bad"));
        CompletionStage<Outcome> bad = node.append(draft("bad"));
        CompletionStage<Outcome> good = node.append(draft("good"));
        assertThat(refused(bad)).isEqualTo(Outcome.Refused.forGood(ErrorCode.INTERNAL));
        assertThat(outcome(good)).isInstanceOf(Outcome.Accepted.class);
        Await.until(() -> dead().size() == 1 && dead().get(0).contains("bad"));
    }

    @Test
    void whatEndsItsNodeAgainAndAgainIsFoundAndKeptAside() throws Exception {
        RedisStreamQueue.Builder builder = builder().streams(1).tries(2).ackAt(AckAt.QUEUE);
        store.away(true);
        TestNode node = node(store, builder);
        List<CompletionStage<Outcome>> stages = new ArrayList<>();
        for (String cid : List.of("a", "b", "bad", "c")) {
            stages.add(node.append(draft(cid)));
        }
        for (CompletionStage<Outcome> stage : stages) {
            assertThat(outcome(stage)).isInstanceOf(Outcome.Queued.class);
        }
        CompletableFuture<Outcome> bad =
                ((Outcome.Queued) outcome(stages.get(2))).settled().toCompletableFuture();
        node.hangOn(draft -> draft.clientId().value().equals("bad")); // it may be appending just now
        node.stopClock();
        store.away(false);
        while (!bad.isDone()) {
            TestNode next = node(store, builder);
            next.hangOn(draft -> draft.clientId().value().equals("bad"));
            Await.until(() -> next.hung() > 0 || bad.isDone());
            next.stopClock();
            assertThat(nodes).hasSizeLessThan(8);
        }
        assertThat(refused(bad)).isEqualTo(Outcome.Refused.forGood(ErrorCode.INTERNAL));
        assertThat(log.log(LOBBY)).containsExactly("a", "b", "c");
        Await.until(() -> dead().size() == 1 && dead().get(0).contains("bad"));
    }

    @Test
    void aStoreThatIsSlowIsNoFaultOfADraft() throws Exception {
        TestNode node = node(store, builder().streams(1).tries(1).patience(DEADLINE));
        node.hangOn(draft -> true);
        assertThat(refused(node.append(draft("slow"))).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        Await.until(() -> node.hung() == 3);
        node.hangOn(draft -> false);
        Await.until(() -> log.log(LOBBY).equals(List.of("slow")));
        assertThat(dead()).isEmpty();
    }

    @Test
    void whatIsNoDraftIsKeptAside() throws Exception {
        commands().xadd(settings(1).draftsKey(0), "d", "nonsense").get();
        TestNode node = node(store, builder().streams(1));
        assertThat(outcome(node.append(draft("good")))).isInstanceOf(Outcome.Accepted.class);
        Await.until(() -> dead().equals(List.of("nonsense")));
    }

    private List<String> dead() {
        return commands().xrange(settings(1).deadKey(0), Range.unbounded()).toCompletableFuture().join().stream()
                .map(message -> message.getBody().get("d"))
                .toList();
    }
}
