package io.natterjack.store.redis.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.StreamMessage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the scripts make of calls that come twice, or late. */
final class QueueScriptsIT extends StreamQueueFixture {
    private QueueScripts roomyScripts() {
        return scriptsOf("test");
    }

    private QueueScripts scriptsOf(String node) {
        return new QueueScripts(
                commands(),
                new QueueSettings(
                        PREFIX,
                        0,
                        node,
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
    void aCallThatComesAfterTheNextOneAddsNothingAndIsNoSignOfALoss() throws Exception {
        QueueScripts scripts = roomyScripts();
        added(scripts, 0, 7, "", new QueueScripts.Added("", 1, "text"));
        added(scripts, 0, 6, "", new QueueScripts.Added("", 2, "held up on its way"));
        QueueScripts.Adding next = added(scripts, 7, 8, "", new QueueScripts.Added("", 3, "text"));
        assertThat(next.isLost()).isFalse();
        assertThat(next.ids()).hasSize(1).doesNotContain("");
        assertThat(scripts.read(0, 10).toCompletableFuture().get())
                .extracting(message -> message.getBody().get(QueueScripts.NUMBER))
                .containsExactly("1", "3");
    }

    @Test
    void aLossIsToldUntilTheNodeKnowsOfIt() throws Exception {
        QueueScripts scripts = roomyScripts();
        added(scripts, 0, 7, "", new QueueScripts.Added("", 1, "lost"));
        redis.ask("FLUSHALL");
        for (int call = 8; call < 10; call++) { // the answer to the first may be lost
            assertThat(added(scripts, 7, call, "", new QueueScripts.Added("", call, "behind it"))
                            .isLost())
                    .isTrue();
        }
        QueueScripts.Adding known = added(scripts, 0, 10, "", new QueueScripts.Added("", 10, "sent again"));
        assertThat(known.isLost()).isFalse();
        assertThat(known.ids()).hasSize(1).doesNotContain("");
    }

    @Test
    void anIdThatIsGivenAgainIsNotTakenForTheDraft() throws Exception {
        QueueScripts scripts = roomyScripts();
        QueueScripts.Adding first = added(scripts, 0, 1, "", new QueueScripts.Added("", 1, "text"));
        String id = first.ids().get(0);
        assertThat(added(scripts, 0, 2, "", new QueueScripts.Added(id, 1, "text"))
                        .ids())
                .containsExactly(id);
        assertThat(added(scripts, 0, 3, "", new QueueScripts.Added(id, 2, "text"))
                        .ids())
                .doesNotContain(id);
    }

    @Test
    void withADraftThatIsGivenUpGoesWhatItsNodeHasBehindItAndTheNodeIsToldUntilItKnows() throws Exception {
        QueueScripts scripts = roomyScripts();
        QueueScripts others = scriptsOf("other");
        String before = added(scripts, 1, "before").ids().get(0);
        String givenUp = added(scripts, 2, "given up").ids().get(0);
        String ofAnother = added(others, 1, "of another").ids().get(0);
        added(scripts, 3, "behind it");
        assertThat(scripts.take(0).toCompletableFuture().get()).isTrue();
        assertThat(scripts.settle(0, List.of(new QueueScripts.Settled(givenUp, "", "test")))
                        .toCompletableFuture()
                        .get())
                .isTrue();
        assertThat(scripts.read(0, 10).toCompletableFuture().get())
                .extracting(StreamMessage::getId)
                .containsExactly(before, ofAnother);

        for (int call = 4; call < 6; call++) { // the answer to the first may be lost
            QueueScripts.Adding untaken = added(scripts, call, "sent behind it");
            assertThat(untaken.givenUp()).isEqualTo("2 3 ");
            assertThat(untaken.ids()).isEmpty();
        }
        assertThat(added(others, 2, "of another").givenUp()).isEmpty();
        for (int call = 6; call < 8; call++) {
            QueueScripts.Adding known = added(scripts, 0, call, "2 3 ", new QueueScripts.Added("", call, "sent again"));
            assertThat(known.givenUp()).isEmpty();
            assertThat(known.ids()).hasSize(1).doesNotContain("");
        }
        added(scripts, 5, "held up on its way");
        assertThat(scripts.read(0, 10).toCompletableFuture().get())
                .extracting(message -> message.getBody().get(QueueScripts.NUMBER))
                .containsExactly("1", "1", "2", "6", "7");
    }

    private static QueueScripts.Adding added(QueueScripts scripts, int number, String text) throws Exception {
        return added(scripts, 0, number, "", new QueueScripts.Added("", number, text));
    }

    private static QueueScripts.Adding added(
            QueueScripts scripts, long since, long call, String givenUp, QueueScripts.Added draft) throws Exception {
        return scripts.add(0, since, call, givenUp, List.of(draft))
                .toCompletableFuture()
                .get();
    }
}
