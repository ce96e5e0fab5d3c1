package io.natterjack.examples.campaign;

import io.natterjack.client.ChatClient;
import io.natterjack.core.UserId;
import io.natterjack.core.lane.SystemScheduler;
import io.natterjack.core.spi.Connector;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What thousands of clients in this process share: a few threads, a timer, and the one thread of their sockets. Else they are clients
 * as anybody's, with the usual pauses before they connect again.
 *
 * <p><b>Threads.</b> Any thread may call.
 */
final class Crowd implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ExecutorService clientThreads = Executors.newFixedThreadPool(2);
    private final ExecutorService listenerThreads = Executors.newFixedThreadPool(2);
    private final SystemScheduler timer = new SystemScheduler("campaign-timer");
    private final LightConnector sockets = new LightConnector();

    Crowd() throws IOException {}

    /** Returns a client that stays with one node. */
    ChatClient.Builder client(UserId user, URI address) {
        return client(user, address, sockets);
    }

    /**
     * Returns a client that goes to another node when its own is gone.
     *
     * @param addresses of the nodes, the one to begin with first
     * @param counted hears of every connection
     */
    ChatClient.Builder roaming(UserId user, List<URI> addresses, long seed, Connections counted) {
        return client(user, addresses.get(0), new Roaming(counted.of(sockets), addresses, new Random(seed)));
    }

    private ChatClient.Builder client(UserId user, URI address, Connector connector) {
        return ChatClient.builder(address, () -> CompletableFuture.completedFuture("dev:" + user.value()))
                .connector(connector)
                .executor(clientThreads)
                .listenerExecutor(listenerThreads)
                .scheduler(timer);
    }

    /** Closes clients, and waits until they have ended. */
    static void close(Collection<ChatClient> clients) {
        clients.forEach(ChatClient::close);
        Waiting.within(
                PATIENCE,
                () -> clients.stream()
                        .allMatch(each -> each.closed().toCompletableFuture().isDone()));
    }

    /** Ends the threads. The clients should be closed by now. */
    @Override
    public void close() {
        sockets.close();
        clientThreads.shutdownNow();
        listenerThreads.shutdownNow();
        timer.close();
    }
}
