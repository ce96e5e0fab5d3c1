package io.natterjack.examples.campaign;

import io.natterjack.client.ChatClient;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomKind;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.UserId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * One of three nodes dies with all its clients, who go to the others, while everybody writes. Some of its people never come back. Others
 * watch on the nodes that are left.
 *
 * <p><b>Threads.</b> The caller's.
 */
final class NodeStorm implements AutoCloseable {
    private static final int NODES = 3;
    private static final int HEAP = 768;
    private static final int ROOM_SIZE = 10;
    private static final int OTHERS = 60;

    /** How many never come back, and how many of those who do are watched. */
    private static final int GHOSTS = 100;

    private static final int WATCHED = 100;

    private static final RoomId PLAZA = new RoomId("plaza");
    private static final int CONNECTING_AT_ONCE = 200;
    private static final Duration SETTLING = Duration.ofMinutes(2);
    private static final double MOST_SECONDS = 15;
    private static final double SECOND = 1e9;

    private final int clients;
    private final int rate;
    private final int watchedEach;
    private final Duration before;
    private final Duration after;
    private final PlainNodes nodes;
    private final Crowd crowd;
    private final Connections accepted = new Connections();
    private final Promises promises = new Promises();
    private final List<RoomId> rooms;
    private final List<Participant> participants = new ArrayList<>();
    private final List<Comeback> comebacks = new ArrayList<>();
    private final List<PresenceWatch> watches = new ArrayList<>();
    private final List<ChatClient> lookers = new ArrayList<>();
    private final List<UserId> ghosts = new ArrayList<>();
    private final List<UserId> returners = new ArrayList<>();

    /**
     * Starts nodes.
     *
     * @param clients of the node that dies
     * @param rate messages a second, in all
     * @param watchedEach how many people one watcher watches, 2 to 200
     * @param before how long they write before it dies
     * @param after and afterwards
     */
    NodeStorm(Path serverJar, Path folder, int clients, int rate, int watchedEach, Duration before, Duration after)
            throws Exception {
        this.clients = clients;
        this.rate = rate;
        this.watchedEach = watchedEach;
        this.before = before;
        this.after = after;
        this.rooms = IntStream.range(0, Math.max(1, clients / ROOM_SIZE))
                .mapToObj(i -> new RoomId("storm-" + i))
                .toList();
        this.crowd = new Crowd();
        this.nodes = PlainNodes.start(serverJar, folder, NODES, HEAP);
    }

    List<Goal> run() throws Exception {
        connect();
        talk(before);
        int elsewhere = accepted.since(nodes.node(1).address(), 0)
                + accepted.since(nodes.node(2).address(), 0);
        watches.forEach(PresenceWatch::forget);
        long killed = System.nanoTime();
        nodes.node(0).kill();
        talk(after);
        Waiting.within(
                SETTLING,
                () -> comebacks.stream()
                                .filter(each -> each.isBackSince(killed))
                                .count()
                        >= clients - elsewhere);
        List<Goal> goals = new ArrayList<>();
        goals.add(back(killed, elsewhere));
        goals.add(lost());
        goals.addAll(presence(killed));
        return goals;
    }

    // ---- before

    private void connect() {
        long epoch = Stores.epoch(nodes.databaseUrl());
        for (int i = 0; i < clients; i++) {
            UserId user = new UserId("storm-" + i);
            Comeback comeback = new Comeback();
            comebacks.add(comeback);
            ChatClient.Builder builder =
                    crowd.roaming(user, nodes.addresses(0), i, accepted).listener(comeback);
            join("c" + i, user, builder, rooms.get(i / ROOM_SIZE % rooms.size()), epoch);
            if (i < WATCHED) {
                returners.add(user);
            }
            int least = i - CONNECTING_AT_ONCE;
            Waiting.until("they connect", () -> online() >= least);
        }
        for (int i = 0; i < OTHERS; i++) {
            UserId user = new UserId("other-" + i);
            ChatClient.Builder builder =
                    crowd.client(user, nodes.node(1 + i % 2).address());
            join("o" + i, user, builder, rooms.get(i % rooms.size()), epoch);
        }
        Waiting.until("all are there", () -> online() == clients);
        watch();
    }

    private void join(String name, UserId user, ChatClient.Builder builder, RoomId room, long epoch) {
        participants.add(new Participant(name, user, builder, List.of(room), epoch, promises));
    }

    private long online() {
        return comebacks.stream().filter(Comeback::isOnline).count();
    }

    private void watch() {
        for (int i = 0; i < GHOSTS; i++) {
            UserId user = new UserId("ghost-" + i);
            ghosts.add(user);
            lookers.add(crowd.client(user, nodes.node(0).address()).connect());
        }
        for (int from = 0; from < GHOSTS; from += watchedEach / 2) {
            for (int node = 1; node < NODES; node++) {
                PresenceWatch watch = new PresenceWatch(slice(ghosts, from), slice(returners, from));
                watches.add(watch);
                UserId user = new UserId("watcher-" + node + "-" + from);
                lookers.add(crowd.client(user, nodes.node(node).address())
                        .listener(watch)
                        .connect());
            }
        }
        List<ChatClient> watchers = lookers.subList(GHOSTS, lookers.size());
        acquaint(watchers.get(0));
        for (int i = 0; i < watchers.size(); i++) {
            watchers.get(i).watch(watches.get(i).watched());
        }
        if (!Waiting.within(SETTLING, () -> watches.stream().allMatch(watch -> watch.unseen() == 0))) {
            throw new IllegalStateException("of " + watchedEach + " people, watchers don't see "
                    + watches.stream().map(PresenceWatch::unseen).toList());
        }
    }

    private List<UserId> slice(List<UserId> users, int from) {
        return users.subList(Math.min(from, users.size()), Math.min(from + watchedEach / 2, users.size()));
    }

    /** Only those are seen with whom one shares a room. */
    private void acquaint(ChatClient host) {
        await(List.of(host.createRoom(PLAZA, RoomSettings.of(RoomKind.OPEN, "Plaza"))));
        List<CompletionStage<?>> entered = new ArrayList<>();
        participants.stream()
                .filter(each -> returners.contains(each.user()))
                .forEach(each -> entered.add(each.client().enter(PLAZA)));
        lookers.stream()
                .filter(each -> each != host)
                .forEach(each -> entered.add(each.ready().thenCompose(online -> each.enter(PLAZA))));
        await(entered);
    }

    private static void await(List<CompletionStage<?>> stages) {
        CompletableFuture.allOf(stages.stream()
                        .map(CompletionStage::toCompletableFuture)
                        .toArray(CompletableFuture[]::new))
                .orTimeout(SETTLING.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private void talk(Duration time) {
        Pace.keep(rate, time, n -> {
            // Neighbours in turn are in different rooms.
            Participant sender = participants.get(
                    (int) (n * ROOM_SIZE * 7 % participants.size() + n / participants.size()) % participants.size());
            sender.send(sender.rooms().get(0));
        });
    }

    // ---- afterwards

    private Goal back(long killed, int elsewhere) {
        double[] seconds = comebacks.stream()
                .filter(each -> each.isBackSince(killed))
                .mapToDouble(each -> (each.onlineAt() - killed) / SECOND)
                .sorted()
                .toArray();
        boolean all = seconds.length >= clients - elsewhere && online() == clients;
        String detail = String.format(
                Locale.ROOT,
                "%d of %d back, p50 %.1f, p99 %.1f s; one node accepted %d in 100 ms at most",
                seconds.length,
                clients - elsewhere,
                share(seconds, 0.5),
                share(seconds, 0.99),
                accepted.mostSince(killed));
        return Goal.atMost(
                "node killed: s until all its clients are back",
                all ? share(seconds, 1) : Double.NaN,
                MOST_SECONDS,
                detail);
    }

    private static double share(double[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.ceil(share * sorted.length) - 1];
    }

    private Goal lost() {
        Waiting.within(SETTLING, () -> promises.unanswered() == 0);
        Map<RoomId, List<RoomEvent>> logs = Stores.logs(nodes.databaseUrl(), rooms);
        Waiting.within(SETTLING, () -> participants.stream().allMatch(each -> each.hasSeenAll(logs)));
        List<String> violations = promises.violations(logs);
        return Goal.atMost(
                "lost, twice, out of order or unanswered",
                violations.size(),
                0,
                promises.ackedCount() + " acked" + (violations.isEmpty() ? "" : "; " + String.join("; ", violations)));
    }

    private List<Goal> presence(long killed) {
        int left = watches.stream().mapToInt(PresenceWatch::ghosts).sum();
        double last = watches.stream()
                .mapToDouble(watch -> (watch.lastOffline(killed) - killed) / SECOND)
                .max()
                .orElse(Double.NaN);
        int flickered = watches.stream().mapToInt(PresenceWatch::flickered).sum();
        String detail = ghosts.size() + " people, " + watches.size() + " watchers of " + watchedEach
                + " each; still seen after all: " + left;
        return List.of(
                Goal.atMost(
                        "s until nobody of the dead node is seen", left > 0 ? Double.NaN : last, MOST_SECONDS, detail),
                Goal.atMost(
                        "who came back, and was offline in between",
                        flickered,
                        0,
                        "of " + returners.size() + " people, by watchers of two nodes"));
    }

    @Override
    public void close() throws Exception {
        participants.forEach(each -> lookers.add(each.client()));
        Crowd.close(lookers);
        crowd.close();
        nodes.close();
    }
}
