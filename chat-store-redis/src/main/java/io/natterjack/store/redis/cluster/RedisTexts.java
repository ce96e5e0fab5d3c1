package io.natterjack.store.redis.cluster;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.natterjack.core.spi.Bus;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.store.redis.connection.Ears;
import io.natterjack.store.redis.connection.RedisConnections;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Texts between nodes by sharded publish and subscribe, of several kinds over the same channels. A text on its way is {@code NODE KIND
 * TEXT} without the blanks, so that a node knows its own and drops them.
 *
 * <p><b>Bounded.</b> At most {@value #MAX_UNANSWERED} texts or {@value #MAX_CHARS} characters wait for Redis to take them, and as many
 * for listeners; what is above is dropped, and listeners are told that they may have lost something.
 *
 * <p><b>Threads.</b> Any thread may call any method. Listeners are called on the given lanes.
 */
final class RedisTexts {
    /** What a text is for. */
    enum Kind {
        BUS(' '),
        PRESENCE('!'),
        PROBE('?');

        private final char mark;

        Kind(char mark) {
            this.mark = mark;
        }
    }

    static final int MAX_UNANSWERED = 10_000;
    static final int MAX_CHARS = 16 * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(RedisTexts.class);

    private final String node;
    private final Channels channels;
    private final RedisClusterAsyncCommands<String, String> commands;
    private final Executor upkeep;
    private final Ears ears;
    private final Load unanswered = new Load();

    private volatile boolean closed;
    private volatile boolean everHeard;
    private volatile Map<Kind, Hearer> hearers = Map.of();

    RedisTexts(String node, RedisConnections connections, Channels channels, Scheduler scheduler, Executor upkeep) {
        this.node = node;
        this.channels = channels;
        this.commands = connections.commands();
        this.upkeep = upkeep;
        this.ears = new Ears(connections, channels.heardBy(node), scheduler, upkeep, new Ears.Owner() {
            @Override
            public void heard(String text) {
                RedisTexts.this.heard(text);
            }

            @Override
            public void regained() {
                everHeard = true;
                hearers.values().forEach(Hearer::regained);
            }

            @Override
            public String without() {
                return "messages of other processes come up to a second later, presence and calls stay within this one";
            }

            @Override
            public CompletionStage<?> probe(String channel, long number) {
                return say(Kind.PROBE, channel, Long.toString(number));
            }
        });
    }

    /** Begins to hear; what is returned completes when all channels are heard. */
    CompletableFuture<Void> open() {
        ears.open();
        return ears.first();
    }

    /** Returns what went wrong last. Completes on the upkeep lane. */
    CompletableFuture<@Nullable Throwable> lastFailure() {
        return CompletableFuture.supplyAsync(ears::lastFailure, upkeep);
    }

    /** Has {@code listener} hear texts of that kind on {@code lane}, which runs one task at a time. Once a kind. */
    void listen(Kind kind, Executor lane, Bus.Listener listener) {
        Hearer hearer = new Hearer(lane, listener);
        synchronized (this) {
            Map<Kind, Hearer> more = new EnumMap<>(Kind.class);
            more.putAll(hearers);
            if (more.putIfAbsent(kind, hearer) != null) {
                throw new IllegalStateException("somebody listens already");
            }
            hearers = more;
        }
        if (everHeard) {
            hearer.regained();
        }
    }

    /** Sends to all other nodes, in order under one key. */
    void publish(Kind kind, String key, String text) {
        CompletionStage<Long> unused = say(kind, channels.of(key), text);
    }

    /** Sends to one node. */
    void send(Kind kind, String to, String text) {
        CompletionStage<Long> unused = say(kind, channels.ofNode(to), text);
    }

    private CompletionStage<Long> say(Kind kind, String channel, String text) {
        if (closed || !unanswered.add(text.length())) {
            return CompletableFuture.failedFuture(new RejectedExecutionException("too much waits"));
        }
        try {
            return commands.spublish(channel, node + kind.mark + text)
                    .whenComplete((receivers, failure) -> unanswered.remove(text.length()));
        } catch (RuntimeException away) {
            unanswered.remove(text.length());
            return CompletableFuture.failedFuture(away);
        }
    }

    private void heard(String raw) {
        int end = 0;
        while (end < raw.length() && isOfNode(raw.charAt(end))) {
            end++;
        }
        if (end == raw.length()) {
            return;
        }
        boolean own = end == node.length() && raw.startsWith(node);
        char mark = raw.charAt(end);
        String text = raw.substring(end + 1);
        if (own) {
            if (mark == Kind.PROBE.mark) {
                ears.probeHeard(Long.parseLong(text));
            }
            return;
        }
        hearers.forEach((kind, hearer) -> {
            if (kind.mark == mark) {
                hearer.heard(text);
            }
        });
    }

    private static boolean isOfNode(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_';
    }

    /** Tells whether texts are likely to arrive now. */
    boolean isConnected() {
        return !closed && ears.isHearing();
    }

    /** Ends what one kind hears. */
    synchronized void unlisten(Kind kind) {
        Map<Kind, Hearer> fewer = new EnumMap<>(Kind.class);
        fewer.putAll(hearers);
        Hearer gone = fewer.remove(kind);
        if (gone != null) {
            gone.closed = true;
        }
        hearers = fewer;
    }

    /** Says and hears no more; what is returned completes when the connections are closed. */
    CompletableFuture<Void> close() {
        closed = true;
        for (Kind kind : Kind.values()) {
            unlisten(kind);
        }
        return CompletableFuture.supplyAsync(ears::close, upkeep).thenCompose(done -> done);
    }

    /** How much is under way. */
    private static final class Load {
        private final AtomicInteger texts = new AtomicInteger();
        private final AtomicLong chars = new AtomicLong();

        boolean add(int length) {
            int count = texts.incrementAndGet();
            if (chars.addAndGet(length) > MAX_CHARS || count > MAX_UNANSWERED) {
                remove(length);
                return false;
            }
            return true;
        }

        void remove(int length) {
            texts.decrementAndGet();
            chars.addAndGet(-length);
        }
    }

    /** One listener and what waits for it. */
    private static final class Hearer {
        private final Executor lane;
        private final Bus.Listener listener;
        private final Load waiting = new Load();
        private final AtomicBoolean regainedWaits = new AtomicBoolean();
        private volatile boolean closed;

        Hearer(Executor lane, Bus.Listener listener) {
            this.lane = lane;
            this.listener = listener;
        }

        void heard(String text) {
            if (!waiting.add(text.length())) {
                regained();
                return;
            }
            lane.execute(() -> {
                waiting.remove(text.length());
                call(() -> listener.received(text));
            });
        }

        /** Many at once are one; it comes after what was heard before. */
        void regained() {
            if (regainedWaits.compareAndSet(false, true)) {
                lane.execute(() -> {
                    regainedWaits.set(false);
                    call(listener::regained);
                });
            }
        }

        private void call(Runnable task) {
            if (closed) {
                return;
            }
            try {
                task.run();
            } catch (RuntimeException failure) {
                LOG.warn("A listener for texts between nodes failed", failure);
            }
        }
    }
}
