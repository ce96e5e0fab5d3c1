package io.natterjack.store.redis.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.Outcome;
import io.natterjack.core.spi.Flow;
import io.natterjack.store.redis.queue.SentDraft.Waiter;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class OrderedAnswersTest {
    private static final Outcome FIRST = SentDrafts.UNAVAILABLE;
    private static final Outcome SECOND = SentDrafts.BUSY;

    private final OrderedAnswers answers = new OrderedAnswers();

    private Waiter waiter(Flow flow) {
        Waiter waiter = new Waiter(flow, 0, false);
        answers.expect(waiter);
        return waiter;
    }

    private void answer(Waiter waiter, Outcome outcome) {
        answers.answer(waiter, outcome);
        answers.tell();
    }

    @Test
    void withinAFlowNobodyHearsBeforeThoseInFront() {
        Flow flow = new Flow();
        Waiter before = waiter(flow);
        Waiter behind = waiter(flow);
        answer(behind, SECOND);
        assertThat(behind.answer).isNotDone();
        answer(before, FIRST);
        assertThat(before.answer).isCompletedWithValue(FIRST);
        assertThat(behind.answer).isCompletedWithValue(SECOND);
    }

    @Test
    void flowsDoNotWaitForEachOther() {
        waiter(new Flow());
        Waiter other = waiter(new Flow());
        answer(other, FIRST);
        assertThat(other.answer).isCompletedWithValue(FIRST);
    }

    @Test
    void theFirstAnswerCounts() {
        Flow flow = new Flow();
        Waiter before = waiter(flow);
        Waiter behind = waiter(flow);
        answer(behind, FIRST);
        answer(behind, SECOND);
        answer(before, FIRST);
        assertThat(behind.answer).isCompletedWithValue(FIRST);
    }

    @Test
    void whoComesAfterNobodyWaitedIsWaitedForAnew() {
        assertThat(answers.nobodyWaits()).isCompleted();
        Waiter waiter = waiter(new Flow());
        CompletableFuture<Void> nobodyWaits = answers.nobodyWaits();
        assertThat(nobodyWaits).isNotDone();
        answer(waiter, FIRST);
        assertThat(nobodyWaits).isCompleted();
    }
}
