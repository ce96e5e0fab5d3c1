package io.natterjack.examples.campaign;

import io.natterjack.client.ChatClient;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.lane.SystemScheduler;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A campaign against a cluster: nodes as processes, clients that roam among them, faults while they talk. At the end nothing is started
 * anew: the nodes, as the faults have left them, must show every client all that the store has.
 *
 * <p><b>Threads.</b> The caller's sends and waits; one breaks things ({@code campaign-faults}); a few are the clients' own.
 */
final class ClusterRun {
    private static final Duration SETTLING = Duration.ofMinutes(3);

    /** Pauses before an attempt to connect are a tenth of what they are otherwise: the campaign is about what happens then. */
    private static final double HURRY = 0.1;

    /** Whoever misses much fetches it all the same: here everything that a listener isn't shown counts as lost. */
    private static final long MAX_GAP_FILL = 100_000_000;

    /** How many messages of one client may wait for an answer; then others send. */
    private static final int MAX_WAITING = 100;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

    private final Path serverJar;
    private final Path folder;
    private final ClusterPlan plan;
    private final Random random;
    private final Promises promises = new Promises();
    private final List<RoomId> rooms;
    private final List<Participant> participants = new ArrayList<>();
    private final ExecutorService clientThreads = Executors.newFixedThreadPool(4);
    private final ExecutorService listenerThreads = Executors.newFixedThreadPool(2);
    private final SystemScheduler clientTimer = new SystemScheduler("campaign-timer");
    private @Nullable NodeCluster started;

    ClusterRun(Path serverJar, Path folder, ClusterPlan plan) {
        this.serverJar = serverJar;
        this.folder = folder;
        this.plan = plan;
        this.random = new Random(plan.seed());
        this.rooms = IntStream.range(0, plan.rooms())
                .mapToObj(i -> new RoomId("room-" + i))
                .toList();
    }

    ClusterReport run() throws Exception {
        long start = System.nanoTime();
        try {
            NodeCluster cluster = NodeCluster.start(serverJar, folder, plan);
            started = cluster;
            startClients(cluster);
            long talk = System.nanoTime();
            talkWhileThingsBreak(cluster);
            Duration talking = Duration.ofNanos(System.nanoTime() - talk);
            double rate = promises.ackedCount() * 1_000.0 / talking.toMillis();
            Map<RoomId, List<RoomEvent>> logs = settled(cluster);
            int forgotten = 0;
            if (plan.restored() > 0) {
                forgotten = bringBackOlder(cluster);
                logs = settled(cluster);
            }
            List<String> violations = promises.violations(logs);
            return new ClusterReport(
                    plan,
                    promises.ackedCount(),
                    promises.unanswered(),
                    forgotten,
                    rate,
                    Duration.ofNanos(System.nanoTime() - start),
                    violations);
        } finally {
            close();
        }
    }

    /** Returns what is in the rooms when everything has its answer and everybody has seen all. */
    private Map<RoomId, List<RoomEvent>> settled(NodeCluster cluster) throws InterruptedException {
        Waiting.within(SETTLING, () -> promises.unanswered() == 0);
        Map<RoomId, List<RoomEvent>> logs = ClusterLogs.read(cluster, rooms);
        // Before that they may have seen as many as there are, and others.
        Waiting.within(SETTLING, promises::isEverybodyReset);
        Waiting.within(SETTLING, () -> participants.stream().allMatch(each -> each.hasSeenAll(logs)));
        return logs;
    }

    /** Brings Redis back as it was some messages ago, as who restores a backup does; returns how many of them are gone. */
    private int bringBackOlder(NodeCluster cluster) throws Exception {
        RedisServer redis = cluster.redis().orElseThrow();
        redis.kill();
        redis.copy();
        redis.restart();
        talk(plan.restored(), () -> true);
        settled(cluster);
        redis.kill();
        redis.bringBack();
        redis.restart();
        int forgotten = promises.setBackTo(ClusterLogs.read(cluster, rooms));
        talk(plan.restored(), () -> true);
        return forgotten;
    }

    private void startClients(NodeCluster cluster) {
        long epoch = ClusterLogs.epoch(cluster);
        for (int i = 0; i < plan.clients(); i++) {
            UserId user = new UserId("u" + i / 2); // two devices each, which begin at different nodes
            List<URI> addresses = cluster.addresses(i);
            ChatClient.Builder builder = ChatClient.builder(
                            addresses.get(0), () -> CompletableFuture.completedFuture("dev:" + user.value()))
                    .connector(new Roaming(addresses, new Random(plan.seed() + i)))
                    .connectTimeout(CONNECT_TIMEOUT)
                    .executor(clientThreads)
                    .listenerExecutor(listenerThreads)
                    .scheduler(clientTimer)
                    .maxGapFill(MAX_GAP_FILL)
                    .random(new Random() {
                        @Override
                        public double nextDouble() {
                            return HURRY * super.nextDouble();
                        }
                    });
            participants.add(new Participant("c" + i, user, builder, roomsOf(i), epoch, promises));
        }
    }

    /** Returns the rooms of the {@code n}th client. Those who meet in one begin at different nodes. */
    private List<RoomId> roomsOf(int n) {
        int step = plan.rooms() / plan.roomsEach();
        return IntStream.range(0, plan.roomsEach())
                .mapToObj(i -> rooms.get((n + i * step) % rooms.size()))
                .toList();
    }

    private void talkWhileThingsBreak(NodeCluster cluster) throws Exception {
        ExecutorService faults = Executors.newSingleThreadExecutor(task -> new Thread(task, "campaign-faults"));
        try {
            CompletableFuture<Void> broken =
                    CompletableFuture.runAsync(new ClusterFaults(cluster, plan, promises::ackedCount)::run, faults);
            // On and on until both have had enough: faults without traffic would prove nothing.
            talk(plan.messages(), broken::isDone);
            broken.join();
        } finally {
            faults.shutdownNow();
        }
    }

    /** Has everybody send, until so many more are acknowledged and that is so. */
    private void talk(int messages, BooleanSupplier enough) {
        int due = promises.ackedCount() + messages;
        long pause = 1_000_000_000L / plan.rate();
        long next = System.nanoTime();
        int turn = 0;
        while (promises.ackedCount() < due || !enough.getAsBoolean()) {
            Participant sender = participants.get(turn++ % participants.size());
            if (sender.waiting() < MAX_WAITING) {
                sender.send(sender.rooms().get(random.nextInt(plan.roomsEach())));
            }
            next = Math.max(next + pause, System.nanoTime() - 1_000_000_000L);
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    private void close() throws Exception {
        participants.forEach(Participant::close);
        if (started != null) {
            started.close();
        }
        clientThreads.shutdownNow();
        listenerThreads.shutdownNow();
        clientTimer.close();
    }
}
