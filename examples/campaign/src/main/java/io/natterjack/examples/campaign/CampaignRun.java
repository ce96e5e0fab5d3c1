package io.natterjack.examples.campaign;

import io.natterjack.client.ChatClient;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.testkit.FaultProxy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A campaign: servers as processes on one database, clients behind proxies, faults while they talk. At the end everything is let run
 * until all is settled, and held against what the database has.
 *
 * <p>Servers don't tell each other of new messages in this version; they notice when one of their own clients writes. So at the end,
 * when nobody writes any more, each server is killed once more: the one that takes its place reads what there is.
 *
 * <p><b>Threads.</b> One sends, one breaks things ({@code campaign-faults}), the caller's waits.
 */
final class CampaignRun {
    private static final Duration SETTLING = Duration.ofMinutes(3);

    /** Pauses before an attempt to connect are a tenth of what they are otherwise: the campaign is about what happens then. */
    private static final double HURRY = 0.1;

    /** Whoever misses much fetches it all the same: here everything that a listener isn't shown counts as lost. */
    private static final long MAX_GAP_FILL = 100_000_000;

    private final Path serverJar;
    private final Path folder;
    private final String databaseName;
    private final CampaignPlan plan;
    private final Random random;
    private final Promises promises = new Promises();
    private final List<RoomId> rooms;
    private final List<ChatProcess> servers = new ArrayList<>();
    private final List<FaultProxy> doors = new ArrayList<>();
    private final List<Participant> participants = new ArrayList<>();
    private @Nullable DatabaseServer database;
    private @Nullable FaultProxy databaseDoor;

    CampaignRun(Path serverJar, Path folder, String databaseName, CampaignPlan plan) {
        this.serverJar = serverJar;
        this.folder = folder;
        this.databaseName = databaseName;
        this.plan = plan;
        this.random = new Random(plan.seed());
        this.rooms = IntStream.range(0, plan.rooms())
                .mapToObj(i -> new RoomId("room-" + i))
                .toList();
    }

    CampaignReport run() throws Exception {
        long start = System.nanoTime();
        try {
            startDatabase();
            startServers();
            startClients();
            talkWhileThingsBreak();
            settle();
            Map<RoomId, List<RoomEvent>> logs = Stores.logs(databaseUrl(), rooms);
            Waiting.within(SETTLING, () -> participants.stream().allMatch(each -> hasSeenAll(each, logs)));
            List<String> violations = promises.violations(logs);
            return new CampaignReport(
                    databaseName,
                    plan,
                    promises.ackedCount(),
                    promises.unanswered(),
                    Duration.ofNanos(System.nanoTime() - start),
                    violations);
        } finally {
            close();
        }
    }

    private void startDatabase() throws Exception {
        DatabaseServer started = switch (databaseName) {
            case "postgresql" -> PostgresServer.start(folder);
            case "mariadb" -> MariaServer.start(folder);
            case "sqlite" -> null;
            default ->
                throw new IllegalArgumentException(
                        "database must be postgresql, mariadb or sqlite, was " + databaseName);
        };
        database = started;
        databaseDoor = started == null ? null : FaultProxy.to("127.0.0.1", started.port());
    }

    private void startServers() throws IOException {
        List<String> storage = database == null || databaseDoor == null
                ? List.of("--data=" + folder.resolve("data"))
                : List.of("--jdbc-url=" + database.url(databaseDoor.port()));
        for (int i = 0; i < plan.servers(); i++) {
            int port = Ports.free();
            servers.add(new ChatProcess(serverJar, folder, "server-" + i, port, storage));
            doors.add(FaultProxy.to("127.0.0.1", port));
        }
    }

    private void startClients() {
        long epoch = Stores.epoch(databaseUrl());
        for (int server = 0; server < plan.servers(); server++) {
            URI address = URI.create("ws://127.0.0.1:" + doors.get(server).port() + "/chat");
            for (int i = 0; i < plan.clients(); i++) {
                String name = "c" + server + "-" + i;
                UserId user = new UserId("u" + server + "-" + i / 2); // two devices each
                ChatClient.Builder builder = ChatClient.builder(
                                address, () -> CompletableFuture.completedFuture("dev:" + user.value()))
                        .maxGapFill(MAX_GAP_FILL)
                        .random(new Random() {
                            @Override
                            public double nextDouble() {
                                return HURRY * super.nextDouble();
                            }
                        });
                participants.add(new Participant(name, user, builder, rooms, epoch, promises));
            }
        }
    }

    /** Returns the URL of the database itself, past the proxy. */
    private String databaseUrl() {
        return database == null
                ? "jdbc:sqlite:" + folder.resolve("data").resolve("chat.db")
                : database.url(database.port());
    }

    private void talkWhileThingsBreak() throws Exception {
        ExecutorService faults = Executors.newSingleThreadExecutor(task -> new Thread(task, "campaign-faults"));
        try {
            CompletableFuture<Void> broken = CompletableFuture.runAsync(this::breakThings, faults);
            long pause = 1_000_000_000L / plan.rate();
            long next = System.nanoTime();
            int sent = 0;
            // On and on until both have had enough: faults without traffic would prove nothing.
            while (promises.ackedCount() < plan.messages() || !broken.isDone()) {
                if (promises.unanswered() < 200 * participants.size()) {
                    participants.get(sent % participants.size()).send(rooms.get(random(rooms.size())));
                    sent++;
                }
                next = Math.max(next + pause, System.nanoTime() - 1_000_000_000L);
                LockSupport.parkNanos(next - System.nanoTime());
            }
            broken.join();
        } finally {
            faults.shutdownNow();
        }
    }

    private synchronized int random(int bound) {
        return random.nextInt(bound);
    }

    private enum Fault {
        SERVER_KILL,
        SERVER_STOP,
        DATABASE_KILL,
        CUT,
        SWALLOW
    }

    private void breakThings() {
        List<Fault> faults = new ArrayList<>();
        faults.addAll(Collections.nCopies(plan.serverKills(), Fault.SERVER_KILL));
        faults.addAll(Collections.nCopies(plan.serverStops(), Fault.SERVER_STOP));
        faults.addAll(Collections.nCopies(plan.cuts(), Fault.CUT));
        if (database != null) {
            faults.addAll(Collections.nCopies(plan.databaseKills(), Fault.DATABASE_KILL));
            faults.addAll(Collections.nCopies(plan.swallowed(), Fault.SWALLOW));
        }
        Collections.shuffle(faults, new Random(plan.seed()));
        long share = Math.max(1, plan.messages() / Math.max(1, faults.size()));
        int done = 0;
        for (Fault fault : faults) {
            // Spread over the messages, so that there are some between any two.
            int due = (int) (share * done++);
            Waiting.within(Duration.ofSeconds(30), () -> promises.ackedCount() >= due);
            try {
                happen(fault);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            } catch (Exception failure) {
                throw new IllegalStateException(fault + " failed", failure);
            }
        }
    }

    private void happen(Fault fault) throws Exception {
        int which = random(servers.size());
        switch (fault) {
            case CUT -> doors.get(which).cut();
            case SERVER_KILL -> {
                servers.get(which).kill();
                rest(random(500));
                servers.get(which).restart();
            }
            case SERVER_STOP -> {
                servers.get(which).signal("STOP");
                rest(1_000 + random(3_000));
                servers.get(which).signal("CONT");
            }
            case DATABASE_KILL -> killDatabase();
            case SWALLOW -> {
                if (databaseDoor != null) {
                    databaseDoor.swallowReplies();
                    rest(5 + random(50));
                    databaseDoor.cut();
                    databaseDoor.resume();
                }
            }
        }
    }

    private void killDatabase() throws Exception {
        if (database != null && databaseDoor != null) {
            database.kill();
            databaseDoor.cut();
            rest(random(2_000));
            database.restart();
            databaseDoor.retarget("127.0.0.1", database.port());
        }
    }

    private static void rest(long millis) throws InterruptedException {
        Thread.sleep(millis);
    }

    private void settle() throws Exception {
        Waiting.within(SETTLING, () -> promises.unanswered() == 0);
        for (ChatProcess server : servers) {
            server.kill();
            server.restart();
        }
    }

    private static boolean hasSeenAll(Participant participant, Map<RoomId, List<RoomEvent>> logs) {
        return logs.entrySet().stream()
                .allMatch(
                        log -> participant.seen(log.getKey()) >= log.getValue().size());
    }

    private void close() throws Exception {
        participants.forEach(Participant::close);
        for (ChatProcess server : servers) {
            server.close();
        }
        doors.forEach(FaultProxy::close);
        if (databaseDoor != null) {
            databaseDoor.close();
        }
        if (database != null) {
            database.close();
        }
    }
}
