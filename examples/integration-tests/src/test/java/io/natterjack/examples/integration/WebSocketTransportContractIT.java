package io.natterjack.examples.integration;

import io.natterjack.client.JavaWebSocketConnector;
import io.natterjack.core.spi.Connector;
import io.natterjack.core.spi.Transport;
import io.natterjack.server.websocket.JavaWebSocketTransport;
import io.natterjack.testkit.TransportContract;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Our client's end against our server's. */
final class WebSocketTransportContractIT extends TransportContract {
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
        return new JavaWebSocketConnector();
    }

    @Override
    protected URI uri(Transport started) {
        return URI.create("ws://127.0.0.1:" + started.port() + "/chat");
    }
}
