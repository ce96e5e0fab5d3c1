package io.natterjack.core.spi;

/**
 * Carries texts from one node to the others, at most once: fast hints, on which nothing depends but how soon things are noticed. Unstable
 * until 1.0.
 *
 * <p><b>Threads.</b> Any thread may call any method, and none blocks.
 *
 * <p>{@code BusContract} in chat-testkit tests what is promised here.
 */
public interface Bus extends AutoCloseable {
    /** Takes texts. Called by one thread at a time; must not block or throw. */
    interface Listener {
        /** Takes a text that another node has sent to all, or to this one. */
        void received(String text);

        /** Says that texts may have been lost: at the first connection, and after every one that was lost. */
        void regained();
    }

    /** Has {@code listener} hear what other nodes send from now on. Called once, before anything is sent. */
    void listen(Listener listener);

    /**
     * Sends to all other nodes. A text that can't be sent at once is dropped.
     *
     * @param key what belongs together: texts under one key arrive in the order in which they were sent, as far as they do
     */
    void publish(String key, String text);

    /** Sends to the node of that id alone, as {@link #publish} does. */
    void send(String node, String text);

    /** Tells whether texts are likely to arrive now. */
    boolean isConnected();

    /** Ends sending and hearing. Closing twice does nothing. */
    @Override
    void close();
}
