package io.natterjack.server.node;

import io.natterjack.core.spi.Bus;
import io.natterjack.core.spi.Cluster;
import io.natterjack.core.spi.Presence;
import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/**
 * A process that knows of no other.
 *
 * <p><b>Threads.</b> Any.
 */
public final class SingleNode implements Cluster {
    private static final String NAME = "single";

    private static final Bus SILENCE = new Bus() {
        @Override
        public void listen(Listener listener) {}

        @Override
        public void publish(String key, String text) {}

        @Override
        public void send(String node, String text) {}

        @Override
        public boolean isConnected() {
            return false;
        }

        @Override
        public void close() {}
    };

    private final BiFunction<Scheduler, Duration, Presence> presence;

    /** Makes one with that presence. */
    public SingleNode(BiFunction<Scheduler, Duration, Presence> presence) {
        this.presence = presence;
    }

    @Override
    public String node() {
        return NAME;
    }

    @Override
    public CompletionStage<Set<String>> nodes() {
        return CompletableFuture.completedFuture(Set.of(NAME));
    }

    @Override
    public Bus bus() {
        return SILENCE;
    }

    @Override
    public Presence presence(Scheduler scheduler, Duration grace) {
        return presence.apply(scheduler, grace);
    }

    @Override
    public void close() {}
}
