package io.natterjack.client;

import static io.natterjack.client.ClientFixture.LONG;
import static io.natterjack.client.ClientFixture.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.natterjack.core.CloseReason;
import io.natterjack.core.Page;
import io.natterjack.core.wire.ClientFrame;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The end of a client that the application closes. */
final class ClosingTest {
    private final ClientFixture it = new ClientFixture();

    @Test
    void closingSaysGoodbyeAndFailsWhatIsOpen() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        CompletionStage<Sent> sent = room.send(body("hello"));
        end.next(ClientFrame.Send.class);
        CompletionStage<Page> page = room.latest(10);
        end.next(ClientFrame.History.class);
        it.client.close();

        end.next(ClientFrame.Bye.class);
        assertThat(end.closedByClient()).contains(CloseReason.NORMAL);
        assertThat(sent.toCompletableFuture()).isCompletedExceptionally();
        assertThat(page.toCompletableFuture()).isCompletedExceptionally();
        assertThat(it.clientCalls).endsWith("CLOSED", "closed 1000");
    }

    @Test
    void closingTwiceDoesNothingMore() {
        it.online();
        it.client.close();
        it.client.close();
        it.time.runAll();

        assertThat(it.clientCalls).containsExactly("CONNECTING", "ONLINE", "CLOSED", "closed 1000");
    }

    @Test
    void aClientClosedWhileItConnectsLetsGoOfWhatTheConnectorBrings() {
        it.client = it.builder.connect();
        it.client.close();
        it.time.advance(LONG);

        assertThat(it.client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(it.server.connections()).isZero();
    }

    @Test
    void aClientClosedWhileItWaitsDoesNotComeBack() {
        it.online().close(CloseReason.ABNORMAL);
        it.client.close();
        it.time.advance(LONG);

        assertThat(it.server.connections()).isEqualTo(1);
        assertThat(it.time.waitingTimers()).isZero();
    }

    @Test
    void whatIsOpenFailsEvenIfTheListenerExecutorIsGone() {
        AtomicBoolean gone = new AtomicBoolean();
        it.listenersOn(task -> {
            if (gone.get()) {
                throw new RejectedExecutionException("shut down");
            }
            it.time.execute(task);
        });
        CompletionStage<Sent> sent = it.joined(it.online(), 5).send(body("hello"));
        gone.set(true);
        it.client.close();
        it.time.runAll();

        assertThat(sent.toCompletableFuture()).isCompletedExceptionally();
        assertThat(it.client.closed().toCompletableFuture()).isCompletedWithValue(CloseReason.NORMAL);
    }

    @Test
    void aClosedClientTakesNoMessagesAndNoRooms() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        it.client.close();
        it.time.runAll();

        assertThat(room.send(body("late")).toCompletableFuture()).isCompletedExceptionally();
        assertThatIllegalStateException().isThrownBy(() -> it.client.join(ClientFixture.ATTIC, message -> {}));
    }
}
