package io.natterjack.server;

import io.natterjack.core.CloseReason;
import io.natterjack.core.spi.MessageStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a server begins and ends.
 *
 * <p><b>Threads.</b> Any; {@link #close} blocks.
 */
final class ServerLifeCycle {
    // What the log says of a server as a whole stands under the name that applications know.
    private static final Logger LOG = LoggerFactory.getLogger(ChatServer.class);

    /** How long closing connections may take to say goodbye, beyond which they are cut. */
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    private static final Duration LISTENERS_END = Duration.ofMillis(1_500);

    private static final Duration DRAIN_AFTER = Duration.ofMillis(200);

    /** The least time over which clients come back; each of them adds a millisecond, so that about a thousand a second do. */
    private static final Duration DRAIN_SPREAD = Duration.ofMillis(300);

    private final ServerParts parts;
    private final Duration drainTimeout;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Makes one.
     *
     * @param drainTimeout how long the end may wait for what was accepted
     */
    ServerLifeCycle(ServerParts parts, Duration drainTimeout) {
        this.parts = parts;
        this.drainTimeout = drainTimeout;
    }

    /** Has clients come; if that fails, ends all. */
    void start() {
        try {
            parts.node.start(parts.sessions);
            parts.listeners.forEach(EventListeners::start);
            parts.transport.start(parts.sessions);
        } catch (Throwable failure) { // an Error too: what was begun would go on without anybody who could end it
            close();
            throw failure;
        }
    }

    boolean isClosed() {
        return closed.get();
    }

    /** Tells clients to come back, finishes what was accepted, ends all parts. Once. */
    void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        ServerParts.takeAll(List.of(
                parts.transport::stopAccepting,
                () -> parts.sessions.drain(DRAIN_AFTER, DRAIN_SPREAD.plusMillis(parts.sessions.count())),
                parts.upkeep::close,
                () -> parts.listeners.forEach(EventListeners::close),
                this::drain,
                () -> parts.sessions.close(CloseReason.DRAIN),
                () -> parts.sessions.awaitNone(FAREWELL),
                parts.transport::close,
                parts.queue::close,
                parts.router::close,
                parts.node::close,
                this::awaitListeners,
                parts.scheduler::close,
                parts.hostThreads::close,
                () -> parts.listenerThreads.forEach(HostThreads::close),
                parts.threads::close,
                this::closeOwnStore));
    }

    private void drain() {
        if (!parts.queue.drain(drainTimeout)) {
            LOG.warn("Not all that was accepted could be stored within {}; the rest was refused", drainTimeout);
        }
    }

    private void closeOwnStore() {
        MessageStore ownStore = parts.ownStore;
        if (ownStore != null) {
            ownStore.close();
        }
    }

    /** Needs the timer and the store's threads: without them turns would stand until they run out, and nobody would hear. */
    private void awaitListeners() {
        try {
            CompletableFuture.allOf(
                            parts.listeners.stream().map(EventListeners::ended).toArray(CompletableFuture<?>[]::new))
                    .get(LISTENERS_END.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException away) {
            LOG.debug("The turns of listeners run out by themselves: {}", away.toString());
        }
    }
}
