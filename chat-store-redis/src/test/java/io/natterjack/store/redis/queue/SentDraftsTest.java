package io.natterjack.store.redis.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.Draft;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomId;
import io.natterjack.core.spi.Flow;
import io.natterjack.testkit.ManualScheduler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class SentDraftsTest {
    private final SentDrafts drafts = new SentDrafts(settings(3, 1_000_000), new ManualScheduler());

    private static QueueSettings settings(int maxDrafts, long maxBytes) {
        Duration second = Duration.ofSeconds(1);
        return new QueueSettings(
                "t", 0, "test", AckAt.QUEUE, 1, maxDrafts, maxBytes, second, second, 1, second, second, second);
    }

    private static Draft draft(String clientId) {
        return Talker.draft(new RoomId("lobby"), clientId);
    }

    private SentDrafts.Admitted admitted(String clientId) {
        return drafts.admit(draft(clientId), new Flow(), 0).orElseThrow();
    }

    @Test
    void whatIsSentAgainIsBoundedWhileItIsOnItsWay() {
        admitted("a");
        SentDrafts.Admitted second = admitted("a");
        admitted("a");
        admitted("a");
        assertThat(drafts.admit(draft("a"), new Flow(), 0)).isEmpty();
        drafts.queued(second.sent(), second.waiter(), "1-1");
        admitted("a");
        assertThat(drafts.stats(true).drafts()).isEqualTo(1);
    }

    @Test
    void whatIsSentAgainIsBoundedInBytes() {
        SentDrafts small = new SentDrafts(settings(100, draft("a").size()), new ManualScheduler());
        assertThat(small.admit(draft("a"), new Flow(), 0)).isPresent();
        assertThat(small.admit(draft("a"), new Flow(), 0)).isPresent();
        assertThat(small.admit(draft("a"), new Flow(), 0)).isEmpty();
    }

    @Test
    void whatComesAfterTheWaitForTheLastHasBegunIsNotTaken() {
        SentDrafts.Admitted before = admitted("a");
        CompletableFuture<Void> drained = drafts.drain();
        assertThat(drafts.admit(draft("b"), new Flow(), 0)).isEmpty();
        assertThat(drafts.stats(true).isAccepting()).isFalse();
        assertThat(drained).isNotDone();
        drafts.settle(before.sent().number, SentDrafts.UNAVAILABLE);
        assertThat(drained).isCompleted();
    }

    @Test
    void whoWasToldThatADraftIsQueuedHearsWhenTheQueueIsClosed() {
        SentDrafts.Admitted sent = admitted("a");
        drafts.queued(sent.sent(), sent.waiter(), "1-1");
        Outcome.Queued queued = (Outcome.Queued) sent.waiter().answer.join();
        CompletableFuture<Outcome> settled = queued.settled().toCompletableFuture();
        assertThat(settled).isNotDone();
        drafts.close();
        assertThat(settled).isCompletedWithValue(SentDrafts.UNAVAILABLE);
    }
}
