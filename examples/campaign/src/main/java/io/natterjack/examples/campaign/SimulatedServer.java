package io.natterjack.examples.campaign;

import io.natterjack.core.Draft;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Principal;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.core.spi.Cluster;
import io.natterjack.core.spi.Connector;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.core.wire.Limits;
import io.natterjack.server.RolePolicy;
import io.natterjack.server.engine.GroupCommitQueue;
import io.natterjack.server.engine.LocalRouter;
import io.natterjack.server.engine.SharedRouter;
import io.natterjack.server.engine.StoreReads;
import io.natterjack.server.engine.Sweep;
import io.natterjack.server.node.Nodes;
import io.natterjack.server.session.Services;
import io.natterjack.server.session.SessionContext;
import io.natterjack.server.session.SessionSettings;
import io.natterjack.server.session.Sessions;
import io.natterjack.testkit.AnyOrder;
import io.natterjack.testkit.ForwardingStore;
import io.natterjack.testkit.InMemoryMedium;
import io.natterjack.testkit.InMemoryTransport;
import io.natterjack.testkit.ManualScheduler;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A server process of a simulation: sessions, queue and router as they are, on the simulation's time. When it dies, none of its tasks
 * runs any more, and its connections break.
 *
 * <p><b>Threads.</b> One.
 */
final class SimulatedServer {
    private static final GroupCommitQueue.Bounds QUEUE =
            new GroupCommitQueue.Bounds(60, 1 << 20, 8, 1 << 20, Duration.ofSeconds(1));
    private static final LocalRouter.Bounds ROUTER =
            new LocalRouter.Bounds(10, 1 << 20, 8 << 10, Duration.ofSeconds(2), 256 << 10);

    private final ManualScheduler time;
    private final InMemoryTransport transport;
    private final GroupCommitQueue queue;
    private final MuddledRouter router;
    private final Cluster cluster;
    private final Sweep sweep;
    private boolean alive = true;
    private boolean calm;

    SimulatedServer(String name, ManualScheduler time, Random random, ForwardingStore store, InMemoryMedium medium) {
        this.time = time;
        AtomicLong sessions = new AtomicLong();
        Executor own = task -> time.execute(ifAlive(task));
        Scheduler scheduler = new Own();
        Executor lanes = new AnyOrder(own, random);
        Executor committers = task -> scheduler.after(Duration.ofMillis(calm ? 0 : random.nextInt(15)), task);
        Executor readers = task -> scheduler.after(Duration.ofMillis(calm ? 0 : random.nextInt(40)), task);
        transport = new InMemoryTransport(time);
        StoreReads reads = new StoreReads(store, readers);
        cluster = medium.join(name);
        LocalRouter local = new LocalRouter(reads, lanes, scheduler, ROUTER);
        Nodes nodes = new Nodes(cluster, lanes, scheduler);
        SharedRouter shared = new SharedRouter(local, nodes);
        router = new MuddledRouter(shared, scheduler, random);
        sweep = new Sweep(reads, local, shared::isWanted, scheduler, Duration.ofSeconds(1));
        nodes.whenLost(sweep::compareAll);
        nodes.start();
        sweep.start();
        SessionSettings settings = new SessionSettings(
                new Limits(64 << 10, MessageBody.MAX_BYTES, 16, 0, 0),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(25),
                Duration.ofSeconds(10),
                10,
                40,
                4 << 10);
        queue = new GroupCommitQueue(store, router, committers, scheduler, QUEUE);
        transport.start(new Sessions(new SessionContext(
                request -> CompletableFuture.completedFuture(
                        AuthResult.accepted(Principal.of(new UserId(request.token())))),
                queue,
                router,
                reads,
                lanes,
                scheduler,
                () -> new SessionId(name + "-" + sessions.incrementAndGet()),
                InMemoryTransport.LOW_MARK,
                settings,
                Services.plain(new RolePolicy(), scheduler),
                (by, other) -> {})));
    }

    /** Appends as the host of this server does. */
    void append(Draft draft) {
        queue.append(draft, new Flow());
    }

    Connector connector() {
        return transport.connector();
    }

    void cutConnections() {
        transport.cutConnections();
    }

    /** Publications come as they should from now on, and the store is quick. */
    void calm() {
        calm = true;
        router.calm();
    }

    /** Dies at once: what it was doing stays where it is. */
    void die() {
        alive = false;
        sweep.close();
        cluster.close();
        transport.stopAccepting();
        transport.cutConnections();
    }

    private Runnable ifAlive(Runnable task) {
        return () -> {
            if (alive) {
                task.run();
            }
        };
    }

    private final class Own implements Scheduler {
        @Override
        public long nanoTime() {
            return time.nanoTime();
        }

        @Override
        public long wallMillis() {
            return time.wallMillis();
        }

        @Override
        public Cancellable after(Duration delay, Runnable task) {
            return time.after(delay, ifAlive(task));
        }
    }
}
