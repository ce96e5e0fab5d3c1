package io.natterjack.store.redis.queue;

import io.natterjack.core.Outcome;
import io.natterjack.core.StoreException;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.store.redis.connection.Ears;
import io.natterjack.store.redis.connection.RedisConnections;
import io.natterjack.store.redis.connection.RedisWhy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node hears from the others that share the queue: outcomes of what it sent, and that there is something to do in a stream that
 * it works on. All of it may get lost.
 *
 * <p><b>Threads.</b> What is heard is handed to a lane; the rest is any.
 */
final class QueueChannels implements Ears.Owner {
    private static final String WAKE = "wake ";
    private static final String PROBE = "probe ";
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(QueueChannels.class);

    private final QueueSettings settings;
    private final QueueScripts scripts;
    private final Executor upkeep;
    private final Executor lane;
    private final BiConsumer<Long, Outcome> outcomes;
    private final IntConsumer wakes;
    private final Ears ears;

    /**
     * Makes channels.
     *
     * @param upkeep runs one task at a time; so does {@code lane}, on which {@code outcomes} and {@code wakes} are called
     */
    QueueChannels(
            RedisConnections connections,
            QueueSettings settings,
            QueueScripts scripts,
            Scheduler scheduler,
            Executor upkeep,
            Executor lane,
            BiConsumer<Long, Outcome> outcomes,
            IntConsumer wakes) {
        this.settings = settings;
        this.scripts = scripts;
        this.upkeep = upkeep;
        this.lane = lane;
        this.outcomes = outcomes;
        this.wakes = wakes;
        this.ears = new Ears(connections, List.of(settings.nodeChannel(settings.node())), scheduler, upkeep, this);
    }

    /**
     * Begins to hear. Blocks until it does, for some seconds at most.
     *
     * @throws StoreException if it can't be heard
     */
    void open() {
        ears.open();
        try {
            ears.first().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException failure) {
            throw new StoreException(
                    StoreException.Kind.UNAVAILABLE,
                    "The channels of Redis can't be subscribed to: give its user the rights that the documentation of"
                            + " RedisStreamQueue lists "
                            + RedisWhy.inBrackets(failure),
                    failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "interrupted while connecting", interrupted);
        }
    }

    /** Tells the node that has a stream that there is something to do in it. */
    void wake(String node, int stream) {
        if (node.equals(settings.node())) {
            wakes.accept(stream);
        } else if (!node.isEmpty()) {
            tell(node, WAKE + stream);
        }
    }

    /** Tells a node of outcomes of what it sent. */
    void tell(String node, OutcomeLines lines) {
        tell(node, lines.toString());
    }

    private void tell(String node, String text) {
        scripts.tell(node, text).whenComplete((heard, failure) -> {
            if (failure != null) {
                LOG.debug("Node {} isn't told of something: {}", node, failure.toString());
            }
        });
    }

    @Override
    public void heard(String text) {
        lane.execute(() -> {
            if (text.startsWith(PROBE)) {
                ears.probeHeard(Long.parseLong(text.substring(PROBE.length())));
            } else if (text.startsWith(WAKE)) {
                wakes.accept(Integer.parseInt(text.substring(WAKE.length())));
            } else {
                OutcomeLines.read(text, outcomes);
            }
        });
    }

    @Override
    public String without() {
        return "messages are refused as unavailable while the queue can't be written to";
    }

    /** {@inheritDoc} Whoever waits for an outcome looks for it after a while. */
    @Override
    public void regained() {}

    @Override
    public CompletionStage<?> probe(String channel, long number) {
        return scripts.tell(settings.node(), PROBE + number);
    }

    /** Hears no more. Blocks for {@code patience} at most. */
    void close(Duration patience) {
        CompletableFuture<Void> closing = new CompletableFuture<>();
        upkeep.execute(() -> {
            ears.close();
            closing.complete(null);
        });
        closing.completeOnTimeout(null, patience.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
