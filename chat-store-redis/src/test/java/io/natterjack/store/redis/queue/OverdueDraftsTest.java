package io.natterjack.store.redis.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.testkit.ForwardingStore;
import io.natterjack.testkit.ManualScheduler;
import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Without a Redis that answers: what is overdue is looked up in the store. */
final class OverdueDraftsTest {
    private static final RoomId LOBBY = new RoomId("lobby");
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final QueueSettings SETTINGS = new QueueSettings(
            "t", 0, "test", AckAt.STORE, 1, 100, 1 << 20, DEADLINE, DEADLINE, 1, DEADLINE, DEADLINE, DEADLINE);

    private final ManualScheduler time = new ManualScheduler();
    private final SentDrafts drafts = new SentDrafts(SETTINGS, time);
    private final LogStore log = new LogStore();

    private OverdueDrafts overdue(MessageStore store) {
        QueueScripts scripts = new QueueScripts(redisIsAway(), SETTINGS);
        return new OverdueDrafts(drafts, scripts, time, time, store, DEADLINE);
    }

    @SuppressWarnings("unchecked")
    private static RedisClusterAsyncCommands<String, String> redisIsAway() {
        return (RedisClusterAsyncCommands<String, String>) Proxy.newProxyInstance(
                OverdueDraftsTest.class.getClassLoader(),
                new Class<?>[] {RedisClusterAsyncCommands.class},
                (proxy, method, arguments) -> {
                    throw new IllegalStateException("Redis is away");
                });
    }

    private SentDrafts.Admitted queued(OverdueDrafts overdue, Draft draft) {
        SentDrafts.Admitted admitted = drafts.admit(draft, new Flow(), 0).orElseThrow();
        overdue.watch(admitted.sent());
        drafts.queued(admitted.sent(), admitted.waiter(), "1-1");
        return admitted;
    }

    @Test
    void whatIsSettledIsHeldNoLonger() throws Exception {
        WeakReference<Draft> settled = settled(overdue(log));
        for (int i = 0; i < 100 && settled.get() != null; i++) {
            System.gc();
        }
        assertThat(settled.get()).isNull();
    }

    private WeakReference<Draft> settled(OverdueDrafts overdue) {
        Draft draft = Talker.draft(LOBBY, "a");
        drafts.settle(queued(overdue, draft).sent().number, SentDrafts.UNAVAILABLE);
        return new WeakReference<>(draft);
    }

    @Test
    void whatTheStoreHasIsAnsweredAtTheDeadline() {
        Draft draft = Talker.draft(LOBBY, "a");
        CompletableFuture<Outcome> answer = queued(overdue(log), draft).waiter().answer;
        log.append(List.of(draft));
        time.advance(DEADLINE.minusMillis(1));
        assertThat(answer).isNotDone();
        time.advance(DEADLINE.dividedBy(4));
        assertThat(answer.join()).isInstanceOf(Outcome.Accepted.class);
    }

    @Test
    void whatTheStoreDoesNotHaveIsRefusedForNowALittleAfterTheDeadline() {
        CompletableFuture<Outcome> answer =
                queued(overdue(log), Talker.draft(LOBBY, "a")).waiter().answer;
        time.advance(DEADLINE.minusMillis(1));
        assertThat(answer).isNotDone();
        time.advance(DEADLINE.dividedBy(2));
        assertThat(answer).isCompletedWithValue(SentDrafts.UNAVAILABLE);
    }

    @Test
    void aLookUpThatFailsInAnyWayIsNotTheLast() {
        FailingOnce store = new FailingOnce(log);
        OverdueDrafts overdue = overdue(store);
        CompletableFuture<Outcome> first =
                queued(overdue, Talker.draft(LOBBY, "a")).waiter().answer;
        time.advance(DEADLINE.multipliedBy(2));
        assertThat(first).isCompletedWithValue(SentDrafts.UNAVAILABLE);
        assertThat(store.hasFailed).isTrue();

        Draft draft = Talker.draft(LOBBY, "b");
        CompletableFuture<Outcome> second = queued(overdue, draft).waiter().answer;
        log.append(List.of(draft));
        time.advance(DEADLINE.multipliedBy(2));
        assertThat(second.join()).isInstanceOf(Outcome.Accepted.class);
    }

    private static final class FailingOnce extends ForwardingStore {
        private boolean hasFailed;

        FailingOnce(MessageStore store) {
            super(store);
        }

        @Override
        public Optional<Known> find(RoomId room, UserId sender, ClientId clientId) {
            if (!hasFailed) {
                hasFailed = true;
                throw new NoSuchMethodError("on purpose");
            }
            return super.find(room, sender, clientId);
        }
    }
}
