package io.natterjack.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.spi.Bus;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Bus} must do. Extend it, say how to open those of two nodes over the same medium, and the tests come along. */
public abstract class BusContract {
    /** The bus of one node. */
    public static final class Node {
        private final String id;
        private final Bus bus;

        /** Takes a node's id and its bus. */
        public Node(String id, Bus bus) {
            this.id = id;
            this.bus = bus;
        }
    }

    private static final int MANY = 500;

    private final RecordingEar earOfA = new RecordingEar();
    private final RecordingEar earOfB = new RecordingEar();
    private Node a;
    private Node b;

    /** For subclasses. */
    protected BusContract() {}

    /** Opens the bus of another node over the same medium at each call. */
    protected abstract Node openBus();

    /** Closes all that was opened. */
    protected abstract void closeAll();

    @BeforeEach
    final void openBoth() {
        a = openBus();
        b = openBus();
        a.bus.listen(earOfA);
        b.bus.listen(earOfB);
        earOfA.awaitRegained(1);
        earOfB.awaitRegained(1);
    }

    @AfterEach
    final void closeBoth() {
        closeAll();
    }

    @Test
    void whatOneSaysTheOtherHearsAndItselfDoesnt() {
        a.bus.publish("lobby", "from a");
        earOfB.awaitText("from a");
        b.bus.publish("lobby", "from b");
        earOfA.awaitText("from b");

        assertThat(earOfA.texts()).containsExactly("from b");
        assertThat(earOfB.texts()).containsExactly("from a");
    }

    @Test
    void textsUnderOneKeyComeInOrder() {
        List<String> texts = IntStream.range(0, MANY).mapToObj(i -> "text " + i).toList();
        texts.forEach(text -> a.bus.publish("lobby", text));
        earOfB.awaitText("text " + (MANY - 1));

        assertThat(earOfB.texts()).isEqualTo(texts);
    }

    @Test
    void everyKeyIsHeard() {
        List<String> texts = IntStream.range(0, MANY).mapToObj(i -> "key " + i).toList();
        texts.forEach(text -> a.bus.publish(text, text));
        texts.forEach(earOfB::awaitText);

        assertThat(earOfB.texts()).containsExactlyInAnyOrderElementsOf(texts);
    }

    @Test
    void textsAreCarriedAsTheyAre() {
        String odd = "\0 \r\n \"{}\" ?! 🐸 " + "x".repeat(100_000);
        a.bus.publish("🐸 {}\n", odd);
        earOfB.awaitText(odd);
        a.bus.publish("", "");
        earOfB.awaitText("");
    }

    @Test
    void whatIsSentToOneOnlyThatOneHears() {
        Node c = openBus();
        RecordingEar earOfC = new RecordingEar();
        c.bus.listen(earOfC);
        earOfC.awaitRegained(1);
        a.bus.send(b.id, "for b");
        a.bus.send(c.id, "for c");
        a.bus.send("nobody", "for nobody");
        earOfB.awaitText("for b");
        earOfC.awaitText("for c");

        assertThat(earOfA.texts()).isEmpty();
        assertThat(earOfB.texts()).containsExactly("for b");
        assertThat(earOfC.texts()).containsExactly("for c");
    }

    @Test
    void aListenerThatThrowsHearsWhatComesAfter() {
        Node c = openBus();
        RecordingEar earOfC = new RecordingEar();
        c.bus.listen(new Bus.Listener() {
            @Override
            public void received(String text) {
                earOfC.received(text);
                throw new IllegalStateException("planted");
            }

            @Override
            public void regained() {
                earOfC.regained();
                throw new IllegalStateException("planted");
            }
        });
        earOfC.awaitRegained(1);
        a.bus.publish("lobby", "1");
        a.bus.publish("lobby", "2");
        earOfC.awaitText("2");
        earOfB.awaitText("2");
    }

    @Test
    void isConnectedWhileItHears() {
        assertThat(a.bus.isConnected()).isTrue();
        a.bus.close();
        assertThat(a.bus.isConnected()).isFalse();
    }

    @Test
    void whoIsClosedNeitherHearsNorSpeaks() {
        Node c = openBus();
        RecordingEar earOfC = new RecordingEar();
        c.bus.listen(earOfC);
        earOfC.awaitRegained(1);
        a.bus.close();
        a.bus.close();
        a.bus.publish("lobby", "too late");
        a.bus.send(c.id, "too late");
        b.bus.publish("lobby", "still here");
        earOfC.awaitText("still here");
        c.bus.publish("lobby", "here too");
        earOfB.awaitText("here too");

        assertThat(earOfA.texts()).isEmpty();
        assertThat(earOfB.texts()).containsExactly("here too");
        assertThat(earOfC.texts()).containsExactly("still here");
    }
}
