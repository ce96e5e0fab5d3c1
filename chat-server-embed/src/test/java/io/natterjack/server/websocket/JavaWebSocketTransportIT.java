package io.natterjack.server.websocket;

import io.natterjack.core.spi.Connector;
import io.natterjack.core.spi.Transport;
import io.natterjack.testkit.HttpClientConnector;
import io.natterjack.testkit.PortTransportContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;

final class JavaWebSocketTransportIT extends PortTransportContract {
    private static final HttpClientConnector CONNECTOR = new HttpClientConnector();

    @AfterAll
    static void endThreads() {
        CONNECTOR.close();
    }

    @Override
    protected Transport transportOn(int port) {
        return JavaWebSocketTransport.builder()
                .port(port)
                .closeTimeout(Duration.ofSeconds(30))
                .build();
    }

    @Override
    protected Connector connector() {
        return CONNECTOR;
    }
}
