package io.natterjack.store.redis.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natterjack.core.ErrorCode;
import io.natterjack.core.Outcome;
import io.natterjack.core.StoreException;
import io.natterjack.core.Terms;
import io.natterjack.core.spi.Flow;
import io.natterjack.testkit.Await;
import io.natterjack.testkit.FaultyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Nodes share the streams of a queue in Redis; one of them leaves, stands still, goes deaf, or is set up otherwise. */
final class StreamQueueNodesIT extends StreamQueueFixture {
    @Test
    void nodesShareTheStreamsAndTakeThoseOfOneThatLeaves() throws Exception {
        TestNode first = node(store, builder().node("one"));
        node(store, builder().node("two"));
        Await.until(() -> owners().equals(List.of("one", "one", "two", "two")));
        first.close();
        Await.until(() -> owners().equals(List.of("two", "two", "two", "two")));
    }

    private List<String> owners() {
        List<String> owners = new ArrayList<>();
        for (int stream = 0; stream < 4; stream++) {
            owners.add(String.valueOf(commands()
                    .get(settings(4).leaseKey(stream))
                    .toCompletableFuture()
                    .join()));
        }
        return owners.stream().sorted().toList();
    }

    @Test
    void whenANodeStopsInTheMiddleAnotherTakesOverAndWhatTheFirstStillAppendsIsFencedOff() throws Exception {
        FaultyStore firsts = new FaultyStore(log);
        TestNode first = node(firsts, builder());
        TestNode second = node(store, builder());
        List<Talker> talkers = talk(8, 300, second);
        Await.until(() -> answered(talkers) > 300);

        CountDownLatch frozen = new CountDownLatch(1);
        CountDownLatch inAppend = new CountDownLatch(1);
        firsts.beforeAppend(() -> {
            inAppend.countDown();
            awaitLatch(frozen);
        });
        first.stopClock();
        awaitLatch(inAppend);
        assertAllSaidOnceInOrder(talkers);

        frozen.countDown();
        Await.until(() -> log.fenced() > 0);
        assertAllSaidOnceInOrder(talkers);
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void anOutcomeThatIsLostIsLookedUpInTheStore() throws Exception {
        // A node that does the work and can tell nobody of it.
        String channels = " resetchannels &" + PREFIX + ":queue-node:{mute}";
        assertThat(redis.ask(("ACL SETUSER mute on >secret ~* +@all" + channels).split(" ")))
                .isEqualTo("+OK");
        String uri = "redis://mute:secret@127.0.0.1:" + redis.port();
        node(
                store,
                RedisStreamQueue.builder(uri)
                        .prefix(PREFIX)
                        .node("mute")
                        .streams(1)
                        .lease(LEASE));
        Await.until(() ->
                commands().get(settings(1).leaseKey(0)).toCompletableFuture().join() != null);
        TestNode sender = node(store, builder().streams(1).deadline(Duration.ofSeconds(20)));
        long before = System.nanoTime();
        Outcome outcome = outcome(sender.append(draft("a")));
        assertThat(((Outcome.Accepted) outcome).at().seq()).isEqualTo(1);
        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .as("long before the deadline")
                .isLessThan(Duration.ofSeconds(10));
        Await.until(() -> sender.queue().stats().drafts() == 0);
    }

    @Test
    void whatAnotherNodeSendsBehindADraftThatIsGivenUpDoesNotOvertakeIt() throws Exception {
        RedisStreamQueue.Builder builder =
                builder().streams(1).deadline(Duration.ofSeconds(20)).permitPatience(Duration.ofSeconds(1));
        TestNode worker = node(store, builder.node("worker"));
        Await.until(() ->
                commands().get(settings(1).leaseKey(0)).toCompletableFuture().join() != null);
        TestNode sender = node(store, builder.node("sender"));
        log.accessRev(7);
        worker.policy(draft -> {
            throw new IllegalStateException("planted: the policy is away");
        });
        Flow flow = new Flow();
        CompletionStage<Outcome> first = sender.queue().append(draft("a").under(new Terms(6, false, 0)), flow);
        Await.until(() -> waiting(1) == 1);
        Await.until(() -> waiting(1) == 0);
        Terms now = new Terms(7, false, 0);
        CompletionStage<Outcome> second = sender.queue().append(draft("b").under(now), flow);

        assertThat(refused(first).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(refused(second).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(log.log(LOBBY)).isEmpty();
        for (String cid : List.of("a", "b")) {
            assertThat(outcome(sender.append(draft(cid).under(now)))).isInstanceOf(Outcome.Accepted.class);
        }
        assertThat(log.log(LOBBY)).containsExactly("a", "b");
    }

    @Test
    void nodesThatSpreadTheRoomsOtherwiseAreRefused() throws Exception {
        Duration lease = Duration.ofSeconds(10); // however slow the machine, the first isn't forgotten meanwhile
        TestNode node = node(store, builder().lease(lease));
        assertThat(outcome(node.append(draft("a")))).isInstanceOf(Outcome.Accepted.class);
        assertThatThrownBy(() -> new TestNode(
                        store, new DeafRouter(), builder().lease(lease).streams(5)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("4 streams, not 5");
        node.close();
        TestNode other = node(store, builder().streams(5));
        assertThat(outcome(other.append(draft("b")))).isInstanceOf(Outcome.Accepted.class);
    }

    @Test
    void aNodeThatSpreadsTheRoomsOtherwiseStopsWhenItLearnsSo() throws Exception {
        TestNode node = node(store, builder());
        assertThat(outcome(node.append(draft("a")))).isInstanceOf(Outcome.Accepted.class);
        commands().set(settings(4).streamsKey(), "5").get();
        Await.until(() -> !node.queue().stats().isAccepting());
        assertThat(refused(node.append(draft("b"))).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        Await.until(() -> owners().equals(List.of("null", "null", "null", "null")));
        commands().del(settings(4).streamsKey()).get();
        Await.until(() -> outcomeNow(node.append(draft("b"))) instanceof Outcome.Accepted);
    }
}
