package io.natterjack.server;

import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Cluster;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.Presence;
import io.natterjack.core.spi.RoomRouter;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.core.spi.Signals;
import io.natterjack.server.engine.LocalRouter;
import io.natterjack.server.engine.LocalSignals;
import io.natterjack.server.engine.SharedRouter;
import io.natterjack.server.engine.SharedSignals;
import io.natterjack.server.engine.StoreReads;
import io.natterjack.server.engine.Sweep;
import io.natterjack.server.node.Nodes;
import io.natterjack.server.session.Bumps;
import io.natterjack.server.session.Sessions;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A server as one node among others: what it tells them, what it hears of them, and how it finds what it hasn't heard. One that is alone is
 * one too, to whom nobody says anything; but over a store that several processes may share, it looks for what those did.
 *
 * <p><b>Threads.</b> Any.
 */
final class ServerNode implements AutoCloseable {
    private final Cluster cluster;
    private final boolean isShared;
    private final StoreReads reads;
    private final Scheduler scheduler;
    private final Duration interval;
    private final Nodes nodes;
    private final LocalSignals localSignals = new LocalSignals();
    private final SharedSignals signals;
    private final LocalRouter local;
    private final SharedRouter router;
    private final Bumps bumps;
    private final Sweep sweep;

    // Written once, before the first client comes.
    private @Nullable SessionDirectory directory;
    private @Nullable RevocationSweep revocations;

    /**
     * Makes a node that says and hears nothing yet.
     *
     * @param interval the pause between two looks into the store
     */
    ServerNode(
            Cluster cluster,
            MessageStore store,
            StoreReads reads,
            LocalRouter local,
            Executor lanes,
            Scheduler scheduler,
            Duration interval) {
        this.cluster = cluster;
        this.isShared = store.isShared();
        this.reads = reads;
        this.scheduler = scheduler;
        this.interval = interval;
        this.local = local;
        nodes = new Nodes(cluster, lanes, scheduler);
        signals = new SharedSignals(localSignals, nodes);
        router = new SharedRouter(local, nodes);
        bumps = new Bumps(scheduler, localSignals);
        router.alsoOf(bumps::isInterested);
        router.observe(bumps::committed);
        sweep = new Sweep(reads, local, router::isWanted, scheduler, interval);
        nodes.whenLost(sweep::compareAll);
    }

    /** Begins to say and to hear, for these sessions. */
    void start(Sessions sessions) {
        directory = new SessionDirectory(sessions, nodes);
        RevocationSweep looking = new RevocationSweep(reads, scheduler, interval, sessions::endRevoked);
        revocations = looking;
        nodes.start();
        if (isShared) {
            sweep.start();
            looking.start();
        }
    }

    Nodes nodes() {
        return nodes;
    }

    RoomRouter router() {
        return router;
    }

    Signals signals() {
        return signals;
    }

    /** Has {@code interest} in rooms be one of this node: what happens in them is heard wherever it happens. */
    void alsoOf(Predicate<RoomId> interest) {
        router.alsoOf(interest);
    }

    Bumps bumps() {
        return bumps;
    }

    Presence presence(Duration grace) {
        return cluster.presence(scheduler, grace);
    }

    /** Has other nodes learn that one person has blocked another, or does so no more. */
    void blocked(UserId by, UserId other) {
        directory().blocked(by, other);
    }

    /** Returns the sessions of all nodes. */
    SessionDirectory directory() {
        return Objects.requireNonNull(directory, "the node hasn't started");
    }

    /** Returns how it does. */
    ServerStatus.Node status() {
        return new ServerStatus.Node(
                cluster.node(),
                nodes.isConnected(),
                nodes.sent(),
                nodes.received(),
                sweep.found(),
                local.attached().size());
    }

    @Override
    public void close() {
        sweep.close();
        RevocationSweep looking = revocations;
        if (looking != null) {
            looking.close();
        }
        cluster.close();
    }
}
