package io.natterjack.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natterjack.testkit.InMemoryMedium;
import io.natterjack.testkit.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class NodesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final ManualScheduler time = new ManualScheduler();
    private final InMemoryMedium medium = new InMemoryMedium(time);
    private final List<String> heard = new ArrayList<>();

    private Nodes node(String name) {
        Nodes nodes = new Nodes(medium.join(name), time, time);
        nodes.on("say", text -> heard.add(name + " heard " + text.field(0) + "/" + text.payload()));
        nodes.answer("name", question -> name.startsWith("shy") ? "" : name + question);
        nodes.start();
        time.runAll();
        return nodes;
    }

    @Test
    void aTextComesBackAsItWasWhateverIsInIt() {
        NodeText text = NodeText.of("word", "{\n}", "a b", "", "é\n%", "c");
        assertThat(NodeText.decode(text.encoded())).isEqualTo(text);
        assertThat(NodeText.decode(NodeText.of("word", "").encoded())).isEqualTo(NodeText.of("word", ""));
        assertThat(text.field(9)).isEmpty();
        assertThatThrownBy(() -> NodeText.decode("no line")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsSaidIsHeardByTheOthersAlone() {
        Nodes one = node("one");
        node("two");
        node("three");
        one.publish("key", NodeText.of("say", "there", "hello"));
        one.publish("key", NodeText.of("newer", "nobody knows the word"));
        time.runAll();

        assertThat(heard).containsExactlyInAnyOrder("two heard hello/there", "three heard hello/there");
    }

    @Test
    void allThatAreAliveAnswer() {
        Nodes one = node("one");
        node("two");
        node("shy");
        CompletableFuture<List<String>> answers =
                one.askAll("name", "?", PATIENCE).toCompletableFuture();
        time.runAll();

        assertThat(answers).isCompletedWithValue(List.of("two?"));
    }

    @Test
    void whoIsAskedAndDoesntAnswerIsntWaitedForForEver() {
        Nodes one = node("one");
        node("two");
        medium.join("dead");
        CompletableFuture<List<String>> answers =
                one.askAll("name", "?", PATIENCE).toCompletableFuture();
        time.runAll();
        assertThat(answers).isNotDone();
        time.advance(PATIENCE);
        assertThat(answers).isCompletedWithValue(List.of("two?"));
        assertThat(time.waitingTimers()).isZero();
    }

    @Test
    void theFirstAnswerIsEnoughForWhoWantsNoMore() {
        Nodes one = node("one");
        node("two");
        medium.join("dead");
        CompletableFuture<Optional<String>> answer =
                one.askFirst("name", "?", PATIENCE).toCompletableFuture();
        time.runAll();

        assertThat(answer).isCompletedWithValue(Optional.of("two?"));
    }

    @Test
    void whoIsAloneOrCantBeHeardHasNoAnswer() {
        assertThat(Nodes.alone(time, time).askAll("name", "?", PATIENCE).toCompletableFuture())
                .isCompletedWithValue(List.of());
        Nodes one = node("one");
        assertThat(one.askAll("name", "?", PATIENCE).toCompletableFuture()).isCompletedWithValue(List.of());
        node("two");
        medium.away(true);
        assertThat(one.askFirst("name", "?", PATIENCE).toCompletableFuture()).isCompletedWithValue(Optional.empty());
    }

    @Test
    void whatComesFasterThanItIsHeardIsDroppedAndThatIsSaid() {
        Nodes one = node("one");
        Nodes two = new Nodes(medium.join("two"), time, time);
        List<String> lost = new ArrayList<>();
        two.on("say", text -> heard.add(text.field(0)));
        two.whenLost(() -> lost.add("lost"));
        two.start();
        time.runAll();
        assertThat(lost).as("the first connection").hasSize(1);
        String megabyte = "x".repeat(1 << 20);
        for (int i = 0; i < 40; i++) {
            one.publish("key", NodeText.of("say", megabyte, "big"));
        }
        time.runAll();

        assertThat(heard.size()).isBetween(30, 40);
        one.publish("key", NodeText.of("say", "", "small"));
        time.runAll();
        assertThat(heard).endsWith("small");
    }

    @Test
    void whatIsntUnderstoodHarmsNothing() {
        Nodes one = node("one");
        node("two");
        one.publish("key", NodeText.of("answer", "", "one", "no number"));
        one.publish("key", NodeText.of("say", "", "hello"));
        time.runAll();

        assertThat(heard).containsExactly("two heard hello/");
    }

    @Test
    void whoWaitsForAnswersGoesOnWithoutALock() {
        Nodes one = new Nodes(medium.join("one"), Runnable::run, time);
        one.start();
        medium.join("dead");
        time.runAll();
        List<String> thread = new ArrayList<>();
        one.askAll("name", "?", PATIENCE).thenAccept(answers -> {
            // The answer that comes too late, on another thread.
            String late = NodeText.of("answer", "late", "dead", "1").encoded();
            Thread other = new Thread(() -> one.received(late), "test-other");
            other.start();
            try {
                other.join(10_000);
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
            thread.add(other.isAlive() ? "waits" : "done");
        });
        time.advance(PATIENCE);

        assertThat(thread).containsExactly("done");
    }

    @Test
    void thatATextWasTooMuchIsSaidThoughNoneFollows() {
        Nodes one = new Nodes(medium.join("one"), time, time);
        List<String> lost = new ArrayList<>();
        one.whenLost(() -> lost.add("lost"));
        one.received("x".repeat((32 << 20) + 1));
        time.runAll();

        assertThat(lost).hasSize(1);
    }
}
