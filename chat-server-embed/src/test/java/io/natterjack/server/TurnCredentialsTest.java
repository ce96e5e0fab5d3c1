package io.natterjack.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.natterjack.core.UserId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TurnCredentialsTest {
    private static TurnCredentials credentials(Duration validity) {
        return new TurnCredentials(List.of("turn:turn.example.org"), "secret", validity, () -> 5_000);
    }

    @Test
    void theUserNameSaysWhenThePasswordEnds() {
        assertThat(credentials(Duration.ofSeconds(1)).of(new UserId("ada")).username())
                .isEqualTo("6:ada");
        assertThat(credentials(Duration.ofDays(1)).of(new UserId("ada")).username())
                .isEqualTo("86405:ada");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-1H", "PT0S", "PT0.999S", "PT24H0.001S", "P3650D"})
    void aPasswordServesForASecondToADay(Duration validity) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> credentials(validity))
                .withMessageContaining("1 second to a day");
    }
}
