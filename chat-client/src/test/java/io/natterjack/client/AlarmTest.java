package io.natterjack.client;

import static io.natterjack.client.ClientFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.CloseReason;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.wire.ClientFrame;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** What the application is told of why there is no connection. */
final class AlarmTest {
    private final ClientFixture it = new ClientFixture();

    @Test
    void whyThereIsNoConnectionIsToldOnceAndAgainWhenItIsForAnotherReason() {
        it.server.setUnreachable("nobody listens");
        it.client = it.builder.connect();
        it.time.advance(Duration.ofMinutes(5));
        assertThat(it.alarms).containsExactly("nobody listens");
        assertThat(it.client.ready().toCompletableFuture()).isNotDone();

        it.server.setUnreachable("unknown host");
        it.time.advance(Duration.ofMinutes(5));
        assertThat(it.alarms).containsExactly("nobody listens", "unknown host");
    }

    @Test
    void theSameReasonIsToldAgainAfterASession() {
        it.server.setUnreachable("nobody listens");
        it.client = it.builder.connect();
        it.time.advance(Duration.ofSeconds(1));
        it.server.setReachable(true);
        FakeServer.End end = it.reconnected();
        it.server.setUnreachable("nobody listens");
        end.close(CloseReason.ABNORMAL);
        it.time.advance(Duration.ofMinutes(1));

        assertThat(it.alarms).containsExactly("nobody listens", "nobody listens");
    }

    @Test
    void aConnectionThatIsLostIsNoAlarm() {
        it.online().close(CloseReason.DRAIN);
        it.reconnected();

        assertThat(it.alarms).isEmpty();
    }

    @Test
    void aServerThatConnectsAndSaysNothingIsTold() {
        it.connect();
        it.time.advance(Duration.ofSeconds(10));

        assertThat(it.alarms)
                .containsExactly(
                        "the server says nothing for 10 seconds after it was connected. Is a chat server there?");
    }

    @Test
    void aServerThatLetsNobodyInNowIsToldWithItsCode() {
        FakeServer.End end = it.connect();
        end.say(refusal(end.next(ClientFrame.Hello.class).id(), ErrorCode.UNAVAILABLE, 5_000));
        end.close(CloseReason.INTERNAL);

        assertThat(it.alarms).containsExactly("ws://chat.test/ lets this client in later: unavailable");
    }

    @Test
    void aConnectionThatEndsBeforeTheWelcomeIsToldWithWhatItsCodeMeans() {
        it.connect().close(CloseReason.of(4001));

        assertThat(it.alarms).singleElement().asString().endsWith("hands its clients over (4001)");
    }

    @Test
    void aClientThatIsNotLetInSaysWhatTheCodeMeans() {
        it.connect().close(CloseReason.AUTH);

        assertThat(it.alarms).isEmpty();
        assertThat(it.client.ready().toCompletableFuture())
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(ClientClosedException.class)
                .withMessageContaining("the client is closed: the token doesn't let in, or no more (4500)");
    }

    @Test
    void whatATokenSourceFailsWithIsNotRepeatedInAnAlarm() {
        CompletableFuture<String> failed = new CompletableFuture<>();
        failed.completeExceptionally(new IllegalStateException("eyJhbGciOi is no token"));
        it.nextToken = failed;
        it.client = it.builder.connect();
        it.time.advance(Duration.ofMinutes(5));

        assertThat(it.alarms).containsExactly("the token source failed: IllegalStateException");
    }
}
