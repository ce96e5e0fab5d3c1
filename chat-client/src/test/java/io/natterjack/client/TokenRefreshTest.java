package io.natterjack.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ServerFrame;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A newer token for a live connection. */
final class TokenRefreshTest {
    private final ClientFixture it = new ClientFixture();

    @Test
    void anExpiringTokenIsReplacedOnTheLiveConnection() {
        FakeServer.End end = it.online();
        it.nextToken = CompletableFuture.completedFuture("newer");
        end.say(new ServerFrame.Expiring(Duration.ofSeconds(60)));

        assertThat(end.next(ClientFrame.Auth.class).token()).isEqualTo("newer");
        assertThat(it.server.connections()).isEqualTo(1);
    }

    @Test
    void whenThereIsNoNewTokenTheSourceIsAskedAgain() {
        FakeServer.End end = it.online();
        CompletableFuture<String> failed = new CompletableFuture<>();
        failed.completeExceptionally(new IllegalStateException("no network"));
        it.nextToken = failed;
        end.say(new ServerFrame.Expiring(Duration.ofSeconds(60)));
        it.nextToken = CompletableFuture.completedFuture("newer");
        it.time.advance(Duration.ofSeconds(1));

        assertThat(end.next(ClientFrame.Auth.class).token()).isEqualTo("newer");
        assertThat(it.clientCalls).contains("alarm");
    }

    @Test
    void tokensThatExpireAsSoonAsTheyComeAreNotFetchedOneAfterAnother() {
        FakeServer.End end = it.online();
        end.say(new ServerFrame.Expiring(Duration.ofSeconds(30)));
        end.say(new ServerFrame.Ok(end.next(ClientFrame.Auth.class).id(), OptionalLong.empty()));
        end.say(new ServerFrame.Expiring(Duration.ofSeconds(30)));
        it.time.advance(Duration.ofMillis(14_999));
        end.expectNothing();

        it.time.advance(Duration.ofMillis(1));
        end.say(new ServerFrame.Ok(end.next(ClientFrame.Auth.class).id(), OptionalLong.empty()));
        end.say(new ServerFrame.Expiring(Duration.ZERO));
        it.time.advance(Duration.ofMillis(4_999));
        end.expectNothing();
        it.time.advance(Duration.ofMillis(1));
        end.next(ClientFrame.Auth.class);
    }
}
