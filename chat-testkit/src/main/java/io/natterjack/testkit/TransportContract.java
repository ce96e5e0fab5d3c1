package io.natterjack.testkit;

import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natterjack.core.CloseReason;
import io.natterjack.core.TransportException;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionHandler;
import io.natterjack.core.spi.ConnectionListener;
import io.natterjack.core.spi.Connector;
import io.natterjack.core.spi.Transport;
import io.natterjack.core.wire.WireFrame;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link Transport} must do, together with a {@link Connector} for it. Extend it, say how to make them, and the
 * tests come along.
 */
@Timeout(60)
public abstract class TransportContract {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    /** More than sockets and the queues of both sides hold. */
    private static final long MORE_THAN_BUFFERS = 64L * 1024 * 1024;

    private final RecordingHandler serverSide = new RecordingHandler();
    private final RecordingHandler clientSide = new RecordingHandler();
    private Transport server;
    private Connector connector;
    private URI uri;

    /** For extending. */
    protected TransportContract() {}

    /**
     * Makes a transport that isn't started, on any free port. An orderly close on it should take longer than 10 seconds where
     * the peer doesn't answer, so that waiting for one can be told from not waiting.
     */
    protected abstract Transport transport();

    /** Returns the client's side. It must stop reading from the network when its connection is told to. */
    protected abstract Connector connector();

    /** Returns where {@code started} can be reached. */
    protected abstract URI uri(Transport started);

    /** Returns how many bytes the transport lets wait unsent for one connection. */
    protected long maxQueuedBytes() {
        return 1024 * 1024;
    }

    final Transport server() {
        return server;
    }

    final RecordingHandler serverSide() {
        return serverSide;
    }

    /** Puts another transport, not yet started, in the place of the one that was made first. */
    final void replaceServer(Transport other) {
        server = other;
        server.start(serverSide);
        uri = uri(server);
    }

    @BeforeEach
    void start() {
        server = transport();
        connector = connector();
        server.start(serverSide);
        uri = uri(server);
    }

    @AfterEach
    void everyListenerHeardOfTheEndExactlyOnceAndLastAndOneCallAtATime() {
        for (RecordingListener each : clientSide.all()) {
            each.connection().setReading(true);
            each.connection().close(CloseReason.NORMAL);
        }
        server.close();
        for (RecordingListener each : serverSide.all()) {
            assertThat(each.closed()).as("closed, when the transport is").isPresent();
        }
        clientSide.all().forEach(RecordingListener::awaitClosed);
        for (RecordingHandler side : List.of(serverSide, clientSide)) {
            for (RecordingListener each : side.all()) {
                assertThat(each.callsAfterClosed()).as("calls after closed").isZero();
                assertThat(each.overlappingCalls()).as("calls during others").isZero();
            }
        }
    }

    /** Both ends of a connection. */
    record Pair(RecordingListener client, RecordingListener server) {
        Connection clientConnection() {
            return client.connection();
        }

        Connection serverConnection() {
            return server.connection();
        }
    }

    Pair connect() {
        int before = serverSide.all().size();
        RecordingListener client = connectClient(clientSide);
        return new Pair(client, serverSide.await(before + 1));
    }

    private RecordingListener connectClient(RecordingHandler handler) {
        int before = handler.all().size();
        connector.connect(uri, CONNECT_TIMEOUT, handler).toCompletableFuture().join();
        return handler.await(before + 1);
    }

    private static void offer(Connection to, String text) {
        assertThat(to.offer(WireFrame.text(text))).as("offer").isTrue();
    }

    private static List<String> numbered(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).collect(toList());
    }

    void assertTalking(Pair pair) {
        int toClient = pair.client.receivedCount();
        int toServer = pair.server.receivedCount();
        offer(pair.serverConnection(), "are you there?");
        offer(pair.clientConnection(), "yes, and you?");
        assertThat(pair.client.awaitReceived(toClient + 1)).last().isEqualTo("are you there?");
        assertThat(pair.server.awaitReceived(toServer + 1)).last().isEqualTo("yes, and you?");
    }

    @Test
    void framesArriveInOrderBothWays() {
        Pair pair = connect();
        List<String> down = numbered("down ", 1_000);
        List<String> up = numbered("up ", 1_000);
        for (int i = 0; i < 1_000; i++) {
            offer(pair.serverConnection(), down.get(i));
            offer(pair.clientConnection(), up.get(i));
        }

        assertThat(pair.client.awaitReceived(1_000)).isEqualTo(down);
        assertThat(pair.server.awaitReceived(1_000)).isEqualTo(up);
    }

    @Test
    void framesOfEverySizeArriveWhole() {
        Pair pair = connect();
        List<String> texts = new ArrayList<>();
        for (int size : new int[] {0, 1, 125, 126, 127, 65_535, server.maxFrameBytes()}) {
            texts.add("x".repeat(Math.min(size, server.maxFrameBytes())));
        }
        texts.add("\u00e4\u20ac\ud83d\udc38".repeat(1_000));
        for (String text : texts) {
            offer(pair.serverConnection(), text);
            offer(pair.clientConnection(), text);
        }

        assertThat(pair.client.awaitReceived(texts.size())).isEqualTo(texts);
        assertThat(pair.server.awaitReceived(texts.size())).isEqualTo(texts);
    }

    @Test
    void aFrameBeyondTheLimitEndsItsConnectionAndNoOther() {
        Pair innocent = connect();
        Pair pair = connect();
        offer(pair.clientConnection(), "x".repeat(server.maxFrameBytes() + 1));

        assertThat(pair.server.awaitClosed()).isEqualTo(CloseReason.MESSAGE_TOO_BIG);
        assertThat(pair.client.awaitClosed()).isEqualTo(CloseReason.MESSAGE_TOO_BIG);
        assertThat(pair.server.received()).isEmpty();
        assertTalking(innocent);
    }

    @Test
    void everyConnectionHearsWhatIsMeantForIt() {
        List<Pair> pairs = IntStream.range(0, 50).mapToObj(i -> connect()).collect(toList());
        for (Pair pair : pairs) {
            offer(pair.serverConnection(), pair.serverConnection().id());
            offer(pair.clientConnection(), pair.clientConnection().id());
        }

        for (Pair pair : pairs) {
            assertThat(pair.client.awaitReceived(1))
                    .containsExactly(pair.serverConnection().id());
            assertThat(pair.server.awaitReceived(1))
                    .containsExactly(pair.clientConnection().id());
        }
        assertThat(pairs.stream().map(pair -> pair.serverConnection().id())).doesNotHaveDuplicates();
        assertThat(pairs)
                .allSatisfy(pair -> assertThat(pair.serverConnection().remote()).isNotEmpty());
    }

    @Test
    void whatIsOfferedWhileAConnectionOpensArrivesFirst() {
        RecordingHandler greeted = new RecordingHandler();
        restartWith(connection -> {
            offer(connection, "welcome");
            return serverSide.opened(connection);
        });
        RecordingListener client = connectClient(greeted);
        offer(serverSide.await(1).connection(), "and more");

        assertThat(client.awaitReceived(2)).containsExactly("welcome", "and more");
    }

    @Test
    void eachThreadsFramesKeepTheirOrder() throws InterruptedException {
        Pair pair = connect();
        List<Thread> threads = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "d")) {
            threads.add(new Thread(() -> numbered(name, 500).forEach(text -> offer(pair.serverConnection(), text))));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }

        List<String> received = pair.client.awaitReceived(2_000);
        for (String name : List.of("a", "b", "c", "d")) {
            assertThat(received.stream().filter(text -> text.startsWith(name))).isEqualTo(numbered(name, 500));
        }
    }

    /** Offers frames of 16 KiB until one isn't taken, and returns how many were. */
    private static int fill(Connection connection) {
        String filling = "x".repeat(16 * 1024 - 8);
        int taken = 0;
        while (connection.offer(WireFrame.text(String.format("%08d", taken) + filling))) {
            taken++;
            assertThat(taken * 16L * 1024)
                    .as("bytes taken for a peer that doesn't read")
                    .isLessThan(MORE_THAN_BUFFERS);
        }
        return taken;
    }

    /** How many frames were taken for a peer that doesn't read, and how many bytes of them waited when no more were. */
    private record Filled(int frames, long queuedBytes) {}

    /**
     * Fills until nothing is taken and something waits. A thread that had no time to write may do so however late, and leave nothing
     * waiting: then sockets took more than was thought, and it is filled again until they take no more.
     */
    private static Filled fillUp(Connection connection) {
        int taken = 0;
        while (true) {
            int before = taken;
            taken = fillUntilItStalls(connection, before);
            long queuedBytes = connection.queuedBytes();
            if (queuedBytes > 0) {
                return new Filled(taken, queuedBytes);
            }
            assertThat(taken).as("frames taken, when nothing waits").isGreaterThan(before);
        }
    }

    /** Fills until nothing was taken for a while, and returns how many frames were by then, those before among them. */
    private static int fillUntilItStalls(Connection connection, int before) {
        int taken = before;
        String filling = "x".repeat(16 * 1024 - 8);
        long stalledAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300);
        while (System.nanoTime() - stalledAt < 0) {
            if (connection.offer(WireFrame.text(String.format("%08d", taken) + filling))) {
                taken++;
                stalledAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300);
                assertThat(taken * 16L * 1024)
                        .as("bytes taken for a peer that doesn't read")
                        .isLessThan(MORE_THAN_BUFFERS);
            } else {
                Thread.onSpinWait();
            }
        }
        return taken;
    }

    @Test
    void aPeerThatDoesNotReadFillsItsQueueUpToTheLimitAndHarmsNobody() {
        Pair innocent = connect();
        Pair pair = connect();
        pair.clientConnection().setReading(false);
        Filled filled = fillUp(pair.serverConnection());
        int taken = filled.frames();

        assertThat(filled.queuedBytes()).isBetween(1L, maxQueuedBytes());
        assertTalking(innocent);

        pair.clientConnection().setReading(true);
        List<String> received = pair.client.awaitReceived(taken);
        pair.server.awaitDrained(1);
        assertThat(received).hasSize(taken);
        for (int i = 0; i < taken; i++) {
            assertThat(received.get(i)).startsWith(String.format("%08d", i)).hasSize(16 * 1024);
        }
        assertThat(pair.serverConnection().queuedBytes()).isLessThan(server.lowMark());
        assertTalking(pair);
    }

    @Test
    void aSignalArrivesBehindWhatWasOfferedBefore() {
        Pair pair = connect();
        offer(pair.serverConnection(), "message");
        pair.serverConnection().signal("kind", WireFrame.text("signal"));

        assertThat(pair.client.awaitReceived(2)).containsExactly("message", "signal");
    }

    @Test
    void signalsToAPeerThatDoesNotReadAreLeftOutAndTakeNoMessagesPlace() {
        Pair pair = connect();
        pair.clientConnection().setReading(false);
        WireFrame signal = WireFrame.text("signal " + "x".repeat(1_000));
        long most = 0;
        for (int i = 0; i < MORE_THAN_BUFFERS / signal.size(); i++) {
            pair.serverConnection().signal("kind " + i % 8, signal);
            most = Math.max(most, pair.serverConnection().queuedBytes());
        }
        assertThat(most).as("bytes of signals that wait").isLessThanOrEqualTo(server.lowMark());
        pair.clientConnection().setReading(true);

        offer(pair.serverConnection(), "last");
        pair.client.awaitReceived("last");
    }

    @Test
    void whatAPeerSendsIsHeardBeforeItIsReceived() {
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        restartWith(connection -> {
            ConnectionListener recording = serverSide.opened(connection);
            return new ForwardingListener(recording) {
                @Override
                public void heard() {
                    calls.add("heard");
                }

                @Override
                public void received(String text) {
                    calls.add(text);
                    super.received(text);
                }
            };
        });
        Pair pair = connect();
        offer(pair.clientConnection(), "hello");
        pair.server.awaitReceived(1);

        assertThat(calls.get(0)).isEqualTo("heard");
        assertThat(calls).contains("hello");
    }

    @Test
    void drainedIsNotToldBelowTheLowMark() {
        Pair pair = connect();
        for (int i = 0; i < 100; i++) {
            assertTalking(pair);
        }

        assertThat(pair.server.drainedCount()).isZero();
    }

    @Test
    void closeDeliversWhatWasOfferedAndThenTheReason() {
        Pair pair = connect();
        List<String> texts = numbered("text ", 200);
        texts.forEach(text -> offer(pair.serverConnection(), text));
        pair.serverConnection().close(CloseReason.DRAIN);

        assertThat(pair.client.awaitClosed()).isEqualTo(CloseReason.DRAIN);
        assertThat(pair.client.received()).isEqualTo(texts);
        assertThat(pair.server.awaitClosed()).isEqualTo(CloseReason.DRAIN);
    }

    @Test
    void theClientsReasonReachesTheServer() {
        Pair pair = connect();
        offer(pair.clientConnection(), "last words");
        pair.clientConnection().close(CloseReason.NORMAL);

        assertThat(pair.server.awaitClosed()).isEqualTo(CloseReason.NORMAL);
        assertThat(pair.server.received()).containsExactly("last words");
        assertThat(pair.client.awaitClosed()).isEqualTo(CloseReason.NORMAL);
    }

    @Test
    void onlyTheFirstCloseCounts() {
        Pair pair = connect();
        pair.serverConnection().close(CloseReason.AUTH);
        pair.serverConnection().close(CloseReason.DRAIN);
        pair.serverConnection().close(CloseReason.SLOW_CONSUMER);

        assertThat(pair.server.awaitClosed()).isEqualTo(CloseReason.AUTH);
        assertThat(pair.client.awaitClosed()).isEqualTo(CloseReason.AUTH);
    }

    @Test
    void nothingIsTakenAfterClose() {
        Pair pair = connect();
        pair.serverConnection().close(CloseReason.DRAIN);

        assertThat(pair.serverConnection().offer(WireFrame.text("late"))).isFalse();
        pair.server.awaitClosed();
        assertThat(pair.serverConnection().offer(WireFrame.text("later"))).isFalse();
    }

    @Test
    void aSlowConsumerIsCutWithoutWaitingForIt() {
        Pair pair = connect();
        pair.clientConnection().setReading(false);
        fill(pair.serverConnection());
        pair.serverConnection().close(CloseReason.SLOW_CONSUMER);

        assertThat(pair.server.awaitClosed(Duration.ofSeconds(5))).isEqualTo(CloseReason.SLOW_CONSUMER);
    }

    @Test
    void readingStopsAndGoesOnWithoutLoss() {
        Pair pair = connect();
        pair.serverConnection().setReading(false);
        Filled filled = fillUp(pair.clientConnection());
        int taken = filled.frames();
        int early = pair.server.receivedCount();

        assertThat(filled.queuedBytes()).as("what waits at the client").isPositive();
        assertThat(early).as("texts received though reading had stopped").isLessThan(taken);
        pair.serverConnection().setReading(true);
        List<String> received = pair.server.awaitReceived(taken);
        for (int i = 0; i < taken; i++) {
            assertThat(received.get(i)).startsWith(String.format("%08d", i));
        }
        assertTalking(pair);
    }

    @Test
    void aConnectionThatDoesNotReadCanBeClosed() {
        Pair pair = connect();
        pair.serverConnection().setReading(false);
        pair.serverConnection().close(CloseReason.FLOOD);

        assertThat(pair.server.awaitClosed()).isEqualTo(CloseReason.FLOOD);
        assertThat(pair.client.awaitClosed()).isEqualTo(CloseReason.FLOOD);
    }

    /** Puts a transport with another handler in the place of the one that was started. */
    private void restartWith(ConnectionHandler handler) {
        server.close();
        server = transport();
        connector = connector();
        server.start(handler);
        uri = uri(server);
    }

    /** Returns a handler whose listeners do {@code onText} with each text, after it was recorded. */
    private ConnectionHandler reacting(BiConsumer<Connection, String> onText) {
        return connection -> {
            ConnectionListener recording = serverSide.opened(connection);
            return new ForwardingListener(recording) {
                @Override
                public void received(String text) {
                    super.received(text);
                    onText.accept(connection, text);
                }
            };
        };
    }

    @Test
    void aListenerMayAnswerAndCloseFromItsCalls() {
        restartWith(reacting((connection, text) -> {
            offer(connection, "bye");
            connection.close(CloseReason.REPLACED);
        }));
        Pair pair = connect();
        offer(pair.clientConnection(), "hello");

        assertThat(pair.client.awaitClosed()).isEqualTo(CloseReason.REPLACED);
        assertThat(pair.client.received()).containsExactly("bye");
    }

    @Test
    void aListenerThatThrowsEndsItsConnectionAndNoOther() {
        restartWith(reacting((connection, text) -> {
            if (text.equals("throw")) {
                throw new StackOverflowError("thrown by the test");
            }
        }));
        Pair innocent = connect();
        Pair pair = connect();
        offer(pair.clientConnection(), "throw");
        // Taken or not: the connection may be gone by now.
        pair.clientConnection().offer(WireFrame.text("not heard any more"));

        assertThat(pair.server.awaitClosed()).isEqualTo(CloseReason.INTERNAL);
        assertThat(pair.client.awaitClosed()).isEqualTo(CloseReason.INTERNAL);
        assertThat(pair.server.received()).containsExactly("throw");
        assertTalking(innocent);
    }

    @Test
    void aHandlerThatThrowsEndsItsConnectionAndNoOther() {
        restartWith(connection -> {
            if (serverSide.all().isEmpty()) {
                return serverSide.opened(connection);
            }
            throw new IllegalStateException("thrown by the test");
        });
        Pair innocent = connect();
        RecordingListener client = connectClient(clientSide);

        assertThat(client.awaitClosed()).isEqualTo(CloseReason.INTERNAL);
        assertTalking(innocent);
    }

    @Test
    void stopAcceptingRefusesNewConnectionsAndKeepsTheOthers() {
        Pair pair = connect();
        server.stopAccepting();
        server.stopAccepting();

        assertNotConnecting();
        assertTalking(pair);
    }

    private void assertNotConnecting() {
        RecordingHandler nobody = new RecordingHandler();
        assertThatThrownBy(() -> connector
                        .connect(uri, CONNECT_TIMEOUT, nobody)
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(TransportException.class);
        assertThat(nobody.all()).isEmpty();
    }

    @Test
    void closeEndsAllConnectionsBeforeItReturns() {
        List<Pair> pairs = IntStream.range(0, 20).mapToObj(i -> connect()).collect(toList());
        server.close();

        for (Pair pair : pairs) {
            assertThat(pair.server.closed()).contains(CloseReason.ABNORMAL);
            assertThat(pair.client.awaitClosed()).isEqualTo(CloseReason.ABNORMAL);
        }
        assertNotConnecting();
        assertThatCode(server::close).as("closing twice").doesNotThrowAnyException();
    }

    @Test
    void aTransportThatWasNeverStartedCanBeClosed() {
        Transport idle = transport();
        idle.stopAccepting();
        idle.close();
        idle.close();
        assertThatIllegalStateException().isThrownBy(() -> idle.start(serverSide));
    }

    @Test
    void aTransportIsStartedOnce() {
        assertThatIllegalStateException().isThrownBy(() -> server.start(serverSide));
    }
}
