package io.natterjack.examples.integration;

import io.natterjack.client.JavaWebSocketConnector;
import io.natterjack.core.spi.Connector;
import io.natterjack.core.spi.Transport;
import io.natterjack.server.websocket.JavaWebSocketTransport;
import io.natterjack.testkit.PortTransportContract;
import java.time.Duration;

/** Our client's end against our server's. */
final class WebSocketTransportContractIT extends PortTransportContract {
    @Override
    protected Transport transportOn(int port) {
        return JavaWebSocketTransport.builder()
                .port(port)
                .closeTimeout(Duration.ofSeconds(30))
                .build();
    }

    @Override
    protected Connector connector() {
        return new JavaWebSocketConnector();
    }
}
