package io.natterjack.client;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import org.junit.jupiter.api.Test;

/** Which addresses of a server are taken. */
final class AddressTest {
    private final ClientFixture it = new ClientFixture();

    @Test
    void onlyWebSocketAddressesAreTaken() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChatClient.builder(URI.create("http://chat.test/"), () -> it.nextToken))
                .withMessageContaining("http://chat.test/");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChatClient.builder(URI.create("ws://chat.test:99999/"), () -> it.nextToken))
                .withMessageContaining("99999");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChatClient.builder(URI.create("ws:///chat"), () -> it.nextToken))
                .withMessage("server must be ws://host or wss://host, was ws:/chat");
    }

    @Test
    void aHostWithAnUnderscoreIsRefusedForWhatIsWrongWithIt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChatClient.builder(URI.create("ws://my_host:8080/chat"), () -> it.nextToken))
                .withMessageStartingWith("the host of ws://my_host:8080/chat can't be read: a host's name has letters");
    }
}
