package io.natterjack.store.redis.queue;

import io.natterjack.core.Draft;
import io.natterjack.core.Outcome;
import io.natterjack.core.StoreException;
import io.natterjack.core.lane.Lane;
import io.natterjack.core.lane.LaneThreads;
import io.natterjack.core.lane.Waits;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.core.spi.QueueFactory;
import io.natterjack.core.spi.QueueStats;
import io.natterjack.store.redis.connection.RedisConnections;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/**
 * A {@link PersistenceQueue} whose drafts wait in Redis for a worker that takes them to the store: on any node, and for as long as the
 * store is away.
 *
 * <pre>{@code
 * QueueFactory queue = RedisStreamQueue.builder("redis://10.0.0.5:6379").factory();
 * }</pre>
 *
 * <p>Rooms are spread over a fixed number of streams. Each stream has one worker at a time, on one of the nodes, so that the drafts of a
 * room keep their order. Order, seqs and duplicates are the store's business all the same: a draft that is appended twice is a duplicate,
 * and a worker that has lost its stream can't append any more.
 *
 * <p>A sender that has no outcome after five seconds is refused as {@code unavailable}; the draft goes on waiting, and the same draft sent
 * again waits for the one that is there. Only where nobody can tell for half a minute whether a draft is permitted is it given up, with what its node has behind it. While Redis can't be reached, everything is refused so: nothing goes another way, since it might
 * overtake what waits there.
 *
 * <p>A draft that the store rejects is refused and kept in the stream {@code PREFIX:{PREFIX:qN}:dead}, with the reason, for somebody to
 * look at.
 *
 * <p>A Redis user for it needs, for a prefix {@code natterjack}: {@code resetkeys ~natterjack:* resetchannels &natterjack:* -@all}, and
 * {@code +eval +xrange +xlen +xadd +xdel +get +set +del +incrby +decrby +pexpire +time +zadd +zcard +zcount +zrem +zremrangebyscore +hget +hset +hincrby
 * +ssubscribe +sunsubscribe +spublish +info +ping +hello +auth +client|setname and, from 7.2 on, +client|setinfo}, for {@link AckAt#QUEUE} also {@code
 * +config|get}, for a database other than 0 also {@code +select}; on a Cluster also {@code +cluster|slots +cluster|nodes +cluster|myid +cluster|shards +readonly}.
 *
 * <p><b>Threads.</b> Any thread appends. Stages complete on {@code chat-queue-*}, on Lettuce's threads, the timer, and those that the server lends.
 */
public final class RedisStreamQueue implements PersistenceQueue {
    private static final Duration PARTING = Duration.ofMillis(500);

    private final QueueSettings settings;
    private final RedisConnections redis;
    private final QueueFactory.Context context;
    private final QueueScripts scripts;
    private final LaneThreads threads = new LaneThreads("chat-queue", 2, 2);
    private final SentDrafts drafts;
    private final OverdueDrafts overdue;
    private final QueueChannels channels;
    private final StreamLeases leases;
    private final List<StreamInlet> inlets;
    private final AtomicBoolean draining = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean reachable = new AtomicBoolean(true);

    private RedisStreamQueue(QueueSettings settings, RedisConnections redis, QueueFactory.Context context) {
        this.settings = settings;
        this.redis = redis;
        this.context = context;
        scripts = new QueueScripts(redis.commands(), settings);
        drafts = new SentDrafts(settings, context.scheduler());
        overdue = new OverdueDrafts(
                drafts, scripts, context.scheduler(), context.threads(), context.store(), settings.deadline());
        leases = new StreamLeases(settings, scripts, context.scheduler(), this::worker, reachable::set);
        channels = new QueueChannels(
                redis,
                settings,
                scripts,
                context.scheduler(),
                new Lane(threads),
                new Lane(threads),
                drafts::settle,
                leases::wake);
        inlets = IntStream.range(0, settings.streams()).mapToObj(this::inlet).toList();
    }

    private StreamWorker worker(int stream) {
        StreamOutcomes outcomes = new StreamOutcomes(stream, settings.node(), channels, drafts::settle);
        return new StreamWorker(stream, settings, scripts, context, outcomes, this::ended);
    }

    private void ended(StreamWorker worker) {
        leases.forget(worker);
    }

    private StreamInlet inlet(int stream) {
        return new StreamInlet(stream, scripts, drafts, owner -> channels.wake(owner, stream), reachable::set);
    }

    /** Returns a factory of queues in the Redis at that address, all else as the {@link Builder} has it. */
    public static QueueFactory factory(String uri) {
        return builder(uri).factory();
    }

    /**
     * Begins a factory.
     *
     * @param uri {@code redis://[USER:PASSWORD@]HOST:PORT[/DB]}; {@code rediss://} with TLS; {@code
     *     redis-sentinel://[PASSWORD@]HOST:PORT,HOST:PORT#MASTER}; of a Cluster the addresses of some of its servers
     */
    public static Builder builder(String uri) {
        return new Builder(uri);
    }

    private static RedisStreamQueue open(Builder builder, QueueFactory.Context context) {
        RedisConnections redis = RedisConnections.open(builder.uri);
        boolean opened = false;
        try {
            QueueSettings settings = builder.settings(redis.database());
            if (settings.ackAt() == AckAt.QUEUE) {
                QueueChecks.requireDurability(redis.commands());
            }
            RedisStreamQueue queue = new RedisStreamQueue(settings, redis, context);
            opened = true;
            queue.begin();
            return queue;
        } finally {
            if (!opened) {
                redis.close();
            }
        }
    }

    private void begin() {
        boolean begun = false;
        try {
            QueueChecks.requireStreams(redis.commands(), scripts, settings);
            channels.open();
            leases.turn();
            begun = true;
        } finally {
            if (!begun) {
                close();
            }
        }
    }

    @Override
    public CompletionStage<Outcome> append(Draft draft, Flow flow) {
        if (flow.broken().isPresent()) {
            return CompletableFuture.completedFuture(flow.broken().get());
        }
        if (draining.get() || !leases.isFit()) {
            return CompletableFuture.completedFuture(flow.breakWith(SentDrafts.UNAVAILABLE));
        }
        int hash = draft.room().value().hashCode();
        int stream = Math.floorMod(hash ^ hash >>> 16, settings.streams());
        SentDrafts.Admitted admitted = drafts.admit(draft, flow, stream).orElse(null);
        if (admitted == null) {
            // The one way or the other if it is closed just now.
            return CompletableFuture.completedFuture(
                    flow.breakWith(draining.get() ? SentDrafts.UNAVAILABLE : SentDrafts.BUSY));
        }
        overdue.watch(admitted.sent());
        inlets.get(stream).submit(admitted);
        return admitted.waiter().answer;
    }

    /** {@inheritDoc} Counts what this node has sent and has no outcome of yet. */
    @Override
    public QueueStats stats() {
        return drafts.stats(!draining.get() && reachable.get() && leases.isFit());
    }

    /** {@inheritDoc} What waits in Redis stays there for other nodes, or for this one when it is back. */
    @Override
    public boolean drain(Duration timeout) {
        draining.set(true);
        try {
            return Waits.within(timeout, drafts.drain());
        } finally {
            close();
        }
    }

    @Override
    public void close() {
        draining.set(true);
        if (closed.getAndSet(true)) {
            return;
        }
        drafts.close();
        overdue.close();
        leases.close(PARTING);
        channels.close(PARTING);
        threads.close();
        redis.close();
    }

    /** Sets up queues. Nodes that share a queue are set up alike. */
    public static final class Builder {
        private final String uri;
        private String prefix = "natterjack";
        private String node = "";
        private AckAt ackAt = AckAt.STORE;
        private int streams = 16;
        private int maxDrafts = 100_000;
        private long maxBytes = 256L << 20;
        private Duration maxAge = Duration.ofMinutes(30);
        private Duration deadline = Duration.ofSeconds(5);
        private int tries = 5;
        private Duration lease = Duration.ofSeconds(4);
        private Duration patience = Duration.ofSeconds(10);
        private Duration permitPatience = Duration.ofSeconds(30);

        private Builder(String uri) {
            this.uri = uri;
        }

        /**
         * Sets what the names of all keys and channels begin with, another one for each application that uses the same Redis. Default
         * {@code natterjack}.
         *
         * @param newPrefix 1 to 32 characters of {@code A-Z a-z 0-9 _ -}
         */
        public Builder prefix(String newPrefix) {
            if (!newPrefix.matches("[A-Za-z0-9_-]{1,32}")) {
                throw new IllegalArgumentException("a prefix has 1 to 32 letters, digits, _ and -");
            }
            prefix = newPrefix;
            return this;
        }

        /** Sets when senders of messages hear that they are kept. Default {@link AckAt#STORE}. */
        public Builder ackAt(AckAt newAckAt) {
            ackAt = newAckAt;
            return this;
        }

        /** Sets how many streams the rooms are spread over, 1 to 1,024; it can be changed only while nothing waits. Default 16. */
        public Builder streams(int count) {
            streams = (int) required("streams", count, 1, 1_024);
            return this;
        }

        /**
         * Sets how many drafts may wait: in all streams together, each has an equal share, and of one node. Beyond that they are refused
         * as {@code busy}. Default 100,000.
         */
        public Builder maxDrafts(int count) {
            maxDrafts = (int) required("maxDrafts", count, 1, Integer.MAX_VALUE);
            return this;
        }

        /** Sets how many bytes of drafts may wait, as {@link #maxDrafts} does. Default 256 MiB. */
        public Builder maxBytes(long bytes) {
            maxBytes = required("maxBytes", bytes, 1, Long.MAX_VALUE);
            return this;
        }

        /** Sets how long the oldest draft of a stream may have waited before the stream takes no more. Default half an hour. */
        public Builder maxAge(Duration age) {
            maxAge = required("maxAge", age, Duration.ofSeconds(1));
            return this;
        }

        /**
         * Sets how long a sender waits for an answer of the store, at least 100 ms. Default 5 seconds: more than the {@link #lease}, so that
         * a node that dies doesn't have all the senders of its streams send again.
         */
        public Builder deadline(Duration newDeadline) {
            deadline = required("deadline", newDeadline, Duration.ofMillis(100));
            return this;
        }

        /** Sets how often a draft may make its worker fail before it is refused and kept aside, 1 to 100. Default 5. */
        public Builder tries(int count) {
            tries = (int) required("tries", count, 1, 100);
            return this;
        }

        /** Sets how long a stream stays with a node that isn't heard of any more, at least 300 ms. Default 4 seconds. */
        public Builder lease(Duration newLease) {
            lease = required("lease", newLease, Duration.ofMillis(300));
            return this;
        }

        /** Sets how long what takes the store a second at most may take before its stream is left, for tests. Default 10 seconds. */
        Builder patience(Duration newPatience) {
            patience = newPatience;
            return this;
        }

        /** Sets how long nobody may be able to tell whether a draft is permitted before it is refused for now, for tests. Default 30 seconds. */
        Builder permitPatience(Duration newPatience) {
            permitPatience = newPatience;
            return this;
        }

        /** Names this node, for tests. */
        Builder node(String newNode) {
            node = newNode;
            return this;
        }

        private static long required(String what, long value, long min, long max) {
            if (value < min || value > max) {
                throw new IllegalArgumentException(what + " must be " + min + " to " + max + ", was " + value);
            }
            return value;
        }

        private static Duration required(String what, Duration value, Duration min) {
            if (value.compareTo(min) < 0) {
                throw new IllegalArgumentException(what + " must be at least " + min + ", was " + value);
            }
            return value;
        }

        /**
         * Returns the factory. Opening a queue connects to Redis: it blocks for a few seconds at most, and throws {@link StoreException} if
         * Redis can't be reached or, with {@link AckAt#QUEUE}, if it isn't set up to keep what it is given.
         */
        public QueueFactory factory() {
            return context -> open(this, context);
        }

        private QueueSettings settings(int database) {
            return new QueueSettings(
                    prefix,
                    database,
                    node.isEmpty() ? UUID.randomUUID().toString() : node,
                    ackAt,
                    streams,
                    maxDrafts,
                    maxBytes,
                    maxAge,
                    deadline,
                    tries,
                    lease,
                    patience,
                    permitPatience);
        }
    }
}
