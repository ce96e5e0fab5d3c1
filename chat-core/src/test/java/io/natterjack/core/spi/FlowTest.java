package io.natterjack.core.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natterjack.core.ErrorCode;
import io.natterjack.core.Outcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class FlowTest {
    private static final Outcome.Refused BUSY = Outcome.Refused.retryAfter(ErrorCode.BUSY, Duration.ofSeconds(1));
    private static final Outcome.Refused AWAY =
            Outcome.Refused.retryAfter(ErrorCode.UNAVAILABLE, Duration.ofSeconds(2));

    private final Flow flow = new Flow();

    @Test
    void aNewFlowIsWhole() {
        assertThat(flow.broken()).isEmpty();
    }

    @Test
    void theFirstRefusalBreaksItForGood() {
        assertThat(flow.breakWith(BUSY)).isEqualTo(BUSY);
        assertThat(flow.breakWith(AWAY)).isEqualTo(BUSY);
        assertThat(flow.broken()).contains(BUSY);
    }

    @Test
    void aFinalRefusalDoesntBreakIt() {
        assertThatThrownBy(() -> flow.breakWith(Outcome.Refused.forGood(ErrorCode.CID_CONFLICT)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(flow.broken()).isEmpty();
    }
}
