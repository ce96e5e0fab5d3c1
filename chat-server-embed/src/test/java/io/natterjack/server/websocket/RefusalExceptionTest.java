package io.natterjack.server.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RefusalExceptionTest {
    @Test
    void whoRunsTheServerIsToldOfThePageThatMayNotConnect() {
        assertThat(RefusalException.ofOrigin("https://x.example\r\n").hint())
                .contains("the page's origin https://x.example\\u000d\\u000a isn't among allowedOrigins");
        assertThat(RefusalException.ofOrigin("https://x.example")).hasMessage("403 Forbidden");
    }

    @Test
    void ofWhatIsMerelyMalformedThereIsNothingToTell() {
        assertThat(new RefusalException(400, "Bad Request").hint()).isEmpty();
    }
}
