package io.natterjack.examples.campaign;

import io.natterjack.client.JavaWebSocketConnector;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionHandler;
import io.natterjack.core.spi.Connector;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;

/**
 * Connects one client to one of several nodes: to another if one can't be had, and every other time if a connection was lost, as a
 * balancer would.
 *
 * <p><b>Threads.</b> Any thread may call.
 */
final class Roaming implements Connector {
    private final Connector connector;
    private final List<URI> addresses;

    // Guarded by this.
    private final Random random;
    private int at;
    private boolean hasBeenHere;

    /**
     * Makes a connector of one client.
     *
     * @param addresses of the nodes, the one to begin with first
     */
    Roaming(List<URI> addresses, Random random) {
        this(new JavaWebSocketConnector(), addresses, random);
    }

    /** Makes one that opens connections by another connector. */
    Roaming(Connector connector, List<URI> addresses, Random random) {
        this.connector = connector;
        this.addresses = addresses;
        this.random = random;
    }

    @Override
    public CompletionStage<Connection> connect(URI server, Duration timeout, ConnectionHandler handler) {
        return connector.connect(next(), timeout, handler).whenComplete((connection, failure) -> {
            if (failure != null) {
                move();
            }
        });
    }

    private synchronized URI next() {
        if (hasBeenHere && random.nextBoolean()) {
            move();
        }
        hasBeenHere = true;
        return addresses.get(at);
    }

    private synchronized void move() {
        at = (at + 1) % addresses.size();
        hasBeenHere = false;
    }
}
