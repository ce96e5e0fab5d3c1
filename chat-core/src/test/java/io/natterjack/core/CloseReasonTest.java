package io.natterjack.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CloseReasonTest {
    @ParameterizedTest
    @ValueSource(ints = {1001, 1006, 1011, 1012, 3000, 4000, 4001, 4002, 4003, 4005, 4499})
    void theseSayComeBack(int code) {
        assertThat(CloseReason.of(code).shouldReconnect()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1003, 1007, 1008, 1009, 4500, 4501, 4504, 4999})
    void theseSayStop(int code) {
        assertThat(CloseReason.of(code).shouldReconnect()).isFalse();
    }

    @Test
    void reasonsOfOneCodeAreEqual() {
        assertThat(CloseReason.of(4002)).isEqualTo(CloseReason.SLOW_CONSUMER);
        assertThat(CloseReason.of(4002)).isNotEqualTo(CloseReason.HEARTBEAT);
    }

    @Test
    void onlyCodesOfWebSocketAreTaken() {
        assertThat(CloseReason.of(1000).code()).isEqualTo(1000);
        assertThat(CloseReason.of(4999).code()).isEqualTo(4999);
        assertThatThrownBy(() -> CloseReason.of(999)).hasMessageContaining("1000 to 4999");
        assertThatThrownBy(() -> CloseReason.of(5000)).hasMessageContaining("1000 to 4999");
    }

    @Test
    void everyCodeHasWords() {
        assertThat(CloseReason.AUTH.text()).isEqualTo("the token doesn't let in, or no more");
        assertThat(CloseReason.of(4499).text()).isEqualTo("the server says come back");
        assertThat(CloseReason.of(4999).text()).isEqualTo("the server says stop");
    }
}
