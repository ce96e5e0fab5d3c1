package io.natterjack.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.CloseReason;
import io.natterjack.core.wire.Ping;
import io.natterjack.core.wire.Pong;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How each side knows that the other is alive. */
final class HeartbeatTest {
    private final ClientFixture it = new ClientFixture();

    @Test
    void aPingIsAnswered() {
        FakeServer.End end = it.online();
        end.say(new Ping());

        end.next(Pong.class);
    }

    @Test
    void aSilentServerIsGivenUpTenSecondsAfterItsHeartbeat() {
        FakeServer.End end = it.online();
        it.time.advance(Duration.ofMillis(34_999));
        assertThat(end.closedByClient()).isEmpty();

        it.time.advance(Duration.ofMillis(1));
        assertThat(end.closedByClient()).contains(CloseReason.HEARTBEAT);
        assertThat(it.client.state()).isNotEqualTo(ClientState.ONLINE);
    }

    @Test
    void anyFrameIsASignOfLifeEvenOneOfUnknownType() {
        FakeServer.End end = it.online();
        it.time.advance(Duration.ofSeconds(30));
        end.sayText("{\"t\":\"news\",\"x\":1}");
        it.time.advance(Duration.ofSeconds(30));

        assertThat(it.client.state()).isEqualTo(ClientState.ONLINE);
        assertThat(end.closedByClient()).isEmpty();
    }
}
