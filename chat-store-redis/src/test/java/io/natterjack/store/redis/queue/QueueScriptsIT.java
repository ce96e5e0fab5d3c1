package io.natterjack.store.redis.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the scripts make of calls that come twice, or late. */
final class QueueScriptsIT extends StreamQueueFixture {
    private QueueScripts roomyScripts() {
        return new QueueScripts(
                commands(),
                new QueueSettings(
                        PREFIX,
                        0,
                        "test",
                        AckAt.STORE,
                        1,
                        10,
                        10_000,
                        Duration.ofMinutes(1),
                        LEASE,
                        1,
                        LEASE,
                        LEASE,
                        LEASE));
    }

    @Test
    void aCallThatComesAfterTheNextOneIsNoSignOfALoss() throws Exception {
        QueueScripts scripts = roomyScripts();
        scripts.add(0, 0, 7, List.of(new QueueScripts.Added("", 1, "text")))
                .toCompletableFuture()
                .get();
        scripts.add(0, 0, 6, List.of(new QueueScripts.Added("", 2, "held up on its way")))
                .toCompletableFuture()
                .get();
        QueueScripts.Adding next = scripts.add(0, 7, 8, List.of(new QueueScripts.Added("", 3, "text")))
                .toCompletableFuture()
                .get();
        assertThat(next.isLost()).isFalse();
        assertThat(next.ids()).hasSize(1).doesNotContain("");
    }

    @Test
    void aLossIsToldUntilTheNodeKnowsOfIt() throws Exception {
        QueueScripts scripts = roomyScripts();
        scripts.add(0, 0, 7, List.of(new QueueScripts.Added("", 1, "lost")))
                .toCompletableFuture()
                .get();
        redis.ask("FLUSHALL");
        for (int call = 8; call < 10; call++) { // the answer to the first may be lost
            assertThat(scripts.add(0, 7, call, List.of(new QueueScripts.Added("", call, "behind it")))
                            .toCompletableFuture()
                            .get()
                            .isLost())
                    .isTrue();
        }
        QueueScripts.Adding known = scripts.add(0, 0, 10, List.of(new QueueScripts.Added("", 10, "sent again")))
                .toCompletableFuture()
                .get();
        assertThat(known.isLost()).isFalse();
        assertThat(known.ids()).hasSize(1).doesNotContain("");
    }

    @Test
    void anIdThatIsGivenAgainIsNotTakenForTheDraft() throws Exception {
        QueueScripts scripts = roomyScripts();
        QueueScripts.Adding first = scripts.add(0, 0, 1, List.of(new QueueScripts.Added("", 1, "text")))
                .toCompletableFuture()
                .get();
        String id = first.ids().get(0);
        assertThat(scripts.add(0, 0, 2, List.of(new QueueScripts.Added(id, 1, "text")))
                        .toCompletableFuture()
                        .get()
                        .ids())
                .containsExactly(id);
        assertThat(scripts.add(0, 0, 3, List.of(new QueueScripts.Added(id, 2, "text")))
                        .toCompletableFuture()
                        .get()
                        .ids())
                .doesNotContain(id);
    }
}
