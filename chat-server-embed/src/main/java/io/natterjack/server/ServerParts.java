package io.natterjack.server;

import io.natterjack.core.MessageBody;
import io.natterjack.core.SessionId;
import io.natterjack.core.lane.SystemScheduler;
import io.natterjack.core.spi.Cluster;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.core.spi.Presence;
import io.natterjack.core.spi.RoomRouter;
import io.natterjack.core.spi.Transport;
import io.natterjack.core.wire.Limits;
import io.natterjack.server.engine.LocalPresence;
import io.natterjack.server.engine.LocalRouter;
import io.natterjack.server.engine.StoreReads;
import io.natterjack.server.node.SingleNode;
import io.natterjack.server.session.Calls;
import io.natterjack.server.session.Directory;
import io.natterjack.server.session.Permits;
import io.natterjack.server.session.Rates;
import io.natterjack.server.session.Services;
import io.natterjack.server.session.SessionContext;
import io.natterjack.server.session.SessionSettings;
import io.natterjack.server.session.Sessions;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server is made of, wired together. Nobody is heard and nothing is said yet.
 *
 * <p><b>Threads.</b> Any, once it is made; each part has its own.
 */
final class ServerParts {
    // What the log says of a server as a whole stands under the name that applications know.
    private static final Logger LOG = LoggerFactory.getLogger(ChatServer.class);

    /** How many sends of one session may wait for their answer. */
    private static final int MAX_UNANSWERED = 64;

    /** The listener that notifies those who aren't there; no application can name one so. */
    private static final String OFFLINE = "~offline";

    private static final SecureRandom RANDOM = new SecureRandom();

    final Transport transport;
    final Sessions sessions;
    final PersistenceQueue queue;
    final PersistenceQueue settledQueue;
    final ServerNode node;
    final RoomRouter router;
    final ServerThreads threads;
    /** For what has a time limit. */
    final HostThreads hostThreads;

    /** Of each listener its own: it may block for as long as it likes. */
    final List<HostThreads> listenerThreads = new ArrayList<>();

    final StoreReads reads;
    final List<EventListeners> listeners;
    final SystemScheduler scheduler;
    final MessageStore.Upkeep upkeep;

    /** The one that nobody else closes; null if the application gave its own. */
    final @Nullable MessageStore ownStore;

    /** Makes the parts; if one of them can't be made, ends those that were. */
    static ServerParts of(ServerOptions options) {
        Deque<Runnable> undo = new ArrayDeque<>();
        try {
            Cluster cluster = options.cluster;
            if (cluster != null) {
                undo.push(cluster::close);
                if (options.store == null || !options.store.isShared()) {
                    throw new IllegalStateException("cluster(…) needs a store that several processes can use,"
                            + " JdbcMessageStore or RedisMessageStore: give it with store(…)");
                }
            }
            return new ServerParts(options, undo);
        } catch (Throwable failure) { // an Error too
            takeAll(undo);
            throw failure;
        }
    }

    /** Ends are taken all, whatever one of them throws: much of what they end is the application's. */
    static void takeAll(Collection<Runnable> steps) {
        for (Runnable step : steps) {
            try {
                step.run();
            } catch (Throwable failure) {
                LOG.error("A part of the server could not be closed", failure);
            }
        }
    }

    /**
     * Makes them.
     *
     * @param undo takes what is to be done, the last first, if not all can be made
     */
    private ServerParts(ServerOptions options, Deque<Runnable> undo) {
        MessageStore store = options.store != null ? options.store : new InMemoryStore();
        ownStore = options.store != null ? null : store;
        transport = options.transport != null ? options.transport : options.webSocket.build();
        scheduler = new SystemScheduler("chat-timer");
        undo.push(scheduler::close);
        threads = new ServerThreads(store, options.directory != Directory.STORED);
        undo.push(threads::close);
        reads = new StoreReads(store, threads.readers(), ServerThreads.ASKS_AT_ONCE);
        int partBytes = partBytes(transport);
        node = node(options, store, partBytes);
        undo.push(node::close);
        router = node.router();
        queue = queue(options, store);
        undo.push(queue::close);
        settledQueue = new SettledQueue(queue, scheduler);
        upkeep = store.begin(settledQueue, scheduler, threads.readers());
        undo.push(upkeep::close);
        hostThreads = new HostThreads("chat-host", scheduler);
        undo.push(hostThreads::close);
        undo.push(() -> listenerThreads.forEach(HostThreads::close));
        Services services = services(options);
        listeners = listeners(options, services.presence());
        sessions = sessions(options, partBytes, services);
    }

    /** What one part of a replay brings must fit in behind what waits already, however little may wait. */
    private static int partBytes(Transport transport) {
        return (int) Math.min(LocalRouter.Bounds.DEFAULT.partBytes(), transport.lowMark());
    }

    private ServerNode node(ServerOptions options, MessageStore store, int partBytes) {
        LocalRouter local =
                new LocalRouter(reads, threads.lanes(), scheduler, LocalRouter.Bounds.DEFAULT.withPartBytes(partBytes));
        Cluster cluster = options.cluster != null ? options.cluster : new SingleNode(LocalPresence::new);
        return new ServerNode(cluster, store, reads, local, threads.lanes(), scheduler, options.sweepInterval);
    }

    private PersistenceQueue queue(ServerOptions options, MessageStore store) {
        ServerQueueContext context = new ServerQueueContext(
                store,
                router,
                threads.committers(),
                scheduler,
                new Permits(options.policy, reads, scheduler, options.undoWindow));
        return options.queue == null ? context.inProcess() : options.queue.open(context);
    }

    private Services services(ServerOptions options) {
        boolean limited = options.framesPerSecond > 0;
        return new Services(
                options.policy,
                node.signals(),
                node.presence(options.presenceGrace),
                new Interceptors(options.interceptors, hostThreads, options.hostTimeLimit),
                options.undoWindow,
                new Rates(
                        scheduler,
                        limited ? options.userRate : Rates.Rate.NONE,
                        limited ? options.roomRate : Rates.Rate.NONE,
                        node.nodes()),
                options.directory,
                new Calls(scheduler, node.signals(), node.nodes()),
                node.bumps(),
                user -> options.iceServers.stream()
                        .map(each -> each.apply(user))
                        .toList());
    }

    private List<EventListeners> listeners(ServerOptions options, Presence presence) {
        Map<String, EventListener> wanted = new LinkedHashMap<>(options.listeners);
        if (options.offlineNotifier != null) {
            wanted.put(OFFLINE, new OfflineNotices(options.offlineNotifier, reads, presence));
        }
        List<EventListeners> made = new ArrayList<>();
        wanted.forEach((name, listener) -> {
            HostThreads own =
                    new HostThreads(name.equals(OFFLINE) ? "chat-notifier" : "chat-listener-" + name, scheduler);
            listenerThreads.add(own);
            EventListeners one = new EventListeners(name, listener, reads, own, scheduler);
            router.observe(one::committed);
            node.alsoOf(room -> one.isTurn());
            made.add(one);
        });
        return made;
    }

    private Sessions sessions(ServerOptions options, int partBytes, Services services) {
        Limits limits = new Limits(
                transport.maxFrameBytes(),
                Math.min(MessageBody.MAX_BYTES, transport.maxFrameBytes()),
                MAX_UNANSWERED,
                options.framesPerSecond,
                options.burst);
        return new Sessions(new SessionContext(
                new RevocableTokens(options.auth, reads),
                queue,
                router,
                reads,
                threads.lanes(),
                scheduler,
                ServerParts::newSessionId,
                transport.lowMark(),
                SessionSettings.defaults(limits, partBytes),
                services,
                node::blocked));
    }

    private static SessionId newSessionId() {
        byte[] random = new byte[18];
        RANDOM.nextBytes(random);
        return new SessionId(Base64.getUrlEncoder().withoutPadding().encodeToString(random));
    }
}
