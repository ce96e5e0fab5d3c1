package io.natterjack.store.redis.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomChange;
import io.natterjack.core.Target;
import io.natterjack.core.Terms;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.QueueFactory.Permit;
import io.natterjack.testkit.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What senders hear of a queue in Redis, and when. */
final class StreamQueueAnswersIT extends StreamQueueFixture {
    @Test
    void messagesAreAnsweredByTheQueueIfItIsToldToAndChangesByTheStore() throws Exception {
        TestNode node = node(store, builder().ackAt(AckAt.QUEUE));
        Flow flow = new Flow();
        CompletionStage<Outcome> message = node.queue().append(draft("a"), flow);
        RoomChange edit =
                new RoomChange.Edited(Target.own(new ClientId("a")), MessageBody.text("other"), OptionalLong.empty());
        CompletionStage<Outcome> change = node.queue().append(Draft.change(LOBBY, ADA, new ClientId("e"), edit), flow);
        if (outcome(message) instanceof Outcome.Queued queued) {
            assertThat(((Outcome.Accepted) outcome(queued.settled())).at().seq())
                    .isEqualTo(1);
        } else {
            assertThat(outcome(message)).isInstanceOf(Outcome.Accepted.class);
        }
        assertThat(((Outcome.Accepted) outcome(change)).at().seq()).isEqualTo(2);

        store.away(true);
        assertThat(outcome(node.append(draft("b")))).isInstanceOf(Outcome.Queued.class);
        CompletionStage<Outcome> later = node.append(Draft.change(LOBBY, ADA, new ClientId("f"), edit));
        assertThat(refused(later).code()).isEqualTo(ErrorCode.UNAVAILABLE);
    }

    @Test
    void whatWasPermittedBeforeARightWasTakenIsPermittedAnew() throws Exception {
        TestNode node = node(store, builder());
        log.accessRev(7);
        node.policy(draft -> draft.clientId().value().startsWith("no")
                ? Permit.refused(Outcome.Refused.forGood(ErrorCode.FORBIDDEN))
                : Permit.of(draft.under(new Terms(7, false, 0))));
        Flow flow = new Flow();
        Terms old = new Terms(6, false, 0);
        List<CompletionStage<Outcome>> stages = new ArrayList<>();
        for (String cid : List.of("a", "no1", "b", "c", "no2", "d")) {
            stages.add(node.queue().append(draft(cid).under(old), flow));
        }
        for (CompletionStage<Outcome> stage : stages) {
            outcome(stage);
        }
        assertThat(log.log(LOBBY)).containsExactly("a", "b", "c", "d");
        assertThat(refused(stages.get(1)).code()).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(refused(stages.get(4)).code()).isEqualTo(ErrorCode.FORBIDDEN);
    }

    @Test
    void whatCameBehindADraftThatIsGivenUpDoesNotOvertakeIt() throws Exception {
        TestNode node = node(store, builder().streams(1).permitPatience(Duration.ofSeconds(2)));
        log.accessRev(7);
        CountDownLatch asked = new CountDownLatch(1);
        node.policy(draft -> {
            if (draft.clientId().value().equals("a")) {
                asked.countDown();
                throw new IllegalStateException("planted: the policy is away");
            }
            return Permit.of(draft.under(new Terms(7, false, 0)));
        });
        Terms old = new Terms(6, false, 0);
        Flow flow = new Flow();
        CompletionStage<Outcome> first = node.queue().append(draft("a").under(old), flow);
        assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
        CompletionStage<Outcome> second = node.queue().append(draft("b").under(old), flow);

        assertThat(refused(first).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(refused(second).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        Await.until(() -> waiting(1) == 0);
        assertThat(log.log(LOBBY)).isEmpty();
        node.policy(draft -> Permit.of(draft.under(new Terms(7, false, 0))));
        for (String cid : List.of("a", "b")) {
            Await.until(() -> outcomeNow(node.append(draft(cid).under(old))) instanceof Outcome.Accepted);
        }
        assertThat(log.log(LOBBY)).containsExactly("a", "b");
    }

    @Test
    void whatIsQueuedAlreadyIsNotGivenUpWhoeverWorksOnIt() throws Exception {
        store.away(true);
        TestNode before = node(store, builder().streams(1).ackAt(AckAt.QUEUE));
        assertThat(outcome(before.append(draft("a").under(new Terms(6, false, 0)))))
                .isInstanceOf(Outcome.Queued.class);
        before.close();
        log.accessRev(7);
        store.away(false);
        TestNode node = node(store, builder().streams(1).permitPatience(Duration.ofMillis(200)));
        AtomicInteger asked = new AtomicInteger();
        node.policy(draft -> {
            asked.incrementAndGet();
            throw new IllegalStateException("planted: the policy is away");
        });
        Await.until(() -> asked.get() >= 7); // with the pauses in between that is long enough to give up
        node.policy(draft -> Permit.of(draft.under(new Terms(7, false, 0))));
        Await.until(() -> log.log(LOBBY).equals(List.of("a")));
    }

    @Test
    void whatIsBeyondTheBoundsIsRefusedForNowAndNothingOfItsFlowOvertakesIt() throws Exception {
        store.away(true);
        TestNode first = node(store, builder().streams(1).maxDrafts(3).maxBytes(4_000));
        TestNode second = node(store, builder().streams(1).maxDrafts(3).maxBytes(4_000));
        assertThat(refused(first.append(draft("a"))).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        Flow flow = new Flow();
        Draft large = new Draft(LOBBY, ADA, new ClientId("large"), MessageBody.text("x".repeat(3_900)));
        CompletionStage<Outcome> tooLarge = second.queue().append(large, flow);
        CompletionStage<Outcome> behind = second.queue().append(draft("behind"), flow);
        assertThat(refused(tooLarge).code()).isEqualTo(ErrorCode.BUSY);
        assertThat(refused(behind).code()).isEqualTo(ErrorCode.BUSY);

        first.append(draft("b"));
        assertThat(refused(first.append(draft("c"))).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(refused(second.append(draft("d"))).code()).isEqualTo(ErrorCode.BUSY);
        store.away(false);
        Await.until(() -> log.log(LOBBY).equals(List.of("a", "b", "c")));
        Await.until(() -> outcomeNow(second.append(draft("d"))) instanceof Outcome.Accepted);
        // The sender hears first, then it is taken out.
        Await.until(() ->
                commands().get(settings(1).bytesKey(0)).toCompletableFuture().join() == null);
    }

    @Test
    void aStreamWhoseOldestDraftHasWaitedTooLongTakesNoMore() throws Exception {
        store.away(true);
        TestNode node = node(store, builder().streams(1).maxAge(Duration.ofSeconds(1)));
        assertThat(refused(node.append(draft("a"))).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        Await.until(() -> ((Outcome.Refused) outcomeNow(node.append(draft("b")))).code() == ErrorCode.BUSY);
    }

    @Test
    void aQueueThatIsDrainedAnswersFirst() throws Exception {
        TestNode node = node(store, builder());
        List<CompletionStage<Outcome>> stages = IntStream.range(0, 100)
                .mapToObj(i -> node.append(draft("m" + i)))
                .toList();
        assertThat(node.queue().drain(Duration.ofSeconds(10))).isTrue();
        for (CompletionStage<Outcome> stage : stages) {
            assertThat(outcome(stage)).isInstanceOf(Outcome.Accepted.class);
        }
        assertThat(refused(node.append(draft("late"))).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(new HashSet<>(log.log(LOBBY))).hasSize(100);
    }
}
