package io.natterjack.testkit;

import io.natterjack.core.spi.Bus;
import io.natterjack.core.spi.Cluster;
import io.natterjack.core.spi.Presence;
import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What carries texts between the nodes of one process, with faults to switch on.
 *
 * <p><b>Threads.</b> Any. Listeners are called on the executor that was passed in.
 */
public final class InMemoryMedium {
    private final Executor executor;

    // Guarded by this.
    private final Map<String, Node> nodes = new TreeMap<>();
    private Predicate<String> lost = text -> false;
    private Predicate<String> repeated = text -> false;
    private boolean away;

    /**
     * Makes one without nodes.
     *
     * @param executor runs what it is given in order
     */
    public InMemoryMedium(Executor executor) {
        this.executor = executor;
    }

    /** Returns a new node that nobody asks who is there. */
    public Cluster join(String name) {
        return join(name, (time, grace) -> {
            throw new IllegalStateException("this node has no presence");
        });
    }

    /**
     * Returns a new node. It is alive until it is closed, whether it hears or not.
     *
     * @param presence makes what says who is there
     */
    public Cluster join(String name, BiFunction<Scheduler, Duration, Presence> presence) {
        Node node = new Node(name, presence);
        synchronized (this) {
            nodes.put(name, node);
        }
        return node;
    }

    /** Loses texts of that kind from now on. */
    public synchronized void lose(Predicate<String> texts) {
        lost = texts;
    }

    /** Brings texts of that kind twice from now on. */
    public synchronized void repeat(Predicate<String> texts) {
        repeated = texts;
    }

    /** From now on nothing is carried, and everybody knows; or all is well again. */
    public void away(boolean isAway) {
        List<Node> all;
        synchronized (this) {
            away = isAway;
            all = List.copyOf(nodes.values());
        }
        if (!isAway) {
            all.forEach(Node::regained);
        }
    }

    private synchronized void carry(Node from, @Nullable String to, String text) {
        if (away || lost.test(text)) {
            return;
        }
        List<Node> hearing = new ArrayList<>();
        nodes.values().stream()
                .filter(node -> to == null ? node != from : node.name.equals(to))
                .forEach(hearing::add);
        int times = repeated.test(text) ? 2 : 1;
        for (int i = 0; i < times; i++) {
            hearing.forEach(node -> node.take(text));
        }
    }

    private final class Node implements Cluster, Bus {
        private final String name;
        private final BiFunction<Scheduler, Duration, Presence> presence;
        private volatile @Nullable Listener listener;

        Node(String name, BiFunction<Scheduler, Duration, Presence> presence) {
            this.name = name;
            this.presence = presence;
        }

        @Override
        public String node() {
            return name;
        }

        @Override
        public CompletionStage<Set<String>> nodes() {
            synchronized (InMemoryMedium.this) {
                return CompletableFuture.completedFuture(Set.copyOf(nodes.keySet()));
            }
        }

        @Override
        public Bus bus() {
            return this;
        }

        @Override
        public Presence presence(Scheduler scheduler, Duration grace) {
            return presence.apply(scheduler, grace);
        }

        @Override
        public void listen(Listener newListener) {
            listener = newListener;
            regained();
        }

        private void regained() {
            call(Listener::regained);
        }

        private void take(String text) {
            call(hearing -> hearing.received(text));
        }

        private void call(Consumer<Listener> call) {
            executor.execute(() -> {
                Listener hearing = listener;
                if (hearing != null) {
                    call.accept(hearing);
                }
            });
        }

        @Override
        public void publish(String key, String text) {
            carry(this, null, text);
        }

        @Override
        public void send(String node, String text) {
            carry(this, node, text);
        }

        @Override
        public boolean isConnected() {
            synchronized (InMemoryMedium.this) {
                return !away;
            }
        }

        @Override
        public void close() {
            listener = null;
            synchronized (InMemoryMedium.this) {
                nodes.remove(name, this);
            }
        }
    }
}
