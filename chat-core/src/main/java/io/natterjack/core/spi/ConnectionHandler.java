package io.natterjack.core.spi;

/** Takes new connections from a transport. */
@FunctionalInterface
public interface ConnectionHandler {
    /**
     * A connection is open. Called on a transport thread; must not block. Nothing is received before this returns, though
     * frames may be offered already.
     *
     * @return who hears of the connection from now on
     */
    ConnectionListener opened(Connection connection);
}
