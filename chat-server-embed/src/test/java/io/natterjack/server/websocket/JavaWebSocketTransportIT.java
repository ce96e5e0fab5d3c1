package io.natterjack.server.websocket;

import io.natterjack.core.spi.Connector;
import io.natterjack.core.spi.Transport;
import io.natterjack.testkit.HttpClientConnector;
import io.natterjack.testkit.TransportContract;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;

final class JavaWebSocketTransportIT extends TransportContract {
    private static final HttpClientConnector CONNECTOR = new HttpClientConnector();

    @AfterAll
    static void endThreads() {
        CONNECTOR.close();
    }

    @Override
    protected Transport transport() {
        return transportOn(0).orElseThrow();
    }

    @Override
    protected Optional<Transport> transportOn(int port) {
        return Optional.of(JavaWebSocketTransport.builder()
                .port(port)
                .closeTimeout(Duration.ofSeconds(30))
                .build());
    }

    @Override
    protected Connector connector() {
        return CONNECTOR;
    }

    @Override
    protected URI uri(Transport started) {
        return URI.create("ws://127.0.0.1:" + started.port() + "/chat");
    }
}
