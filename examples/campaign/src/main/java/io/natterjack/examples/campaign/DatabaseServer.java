package io.natterjack.examples.campaign;

/**
 * A database server of the campaign's own, which keeps what it commits.
 *
 * <p><b>Threads.</b> One at a time.
 */
interface DatabaseServer extends AutoCloseable {
    /** Returns the port that it listens to on the loopback address; another one after each start. */
    int port();

    /** Returns the JDBC URL of its one database by way of {@code port}, with user and timeouts. */
    String url(int port);

    /** Kills all of its processes without warning. */
    void kill() throws Exception;

    /** Starts it again, on the same data. */
    void restart() throws Exception;

    @Override
    void close() throws Exception;
}
