package io.natterjack.examples.campaign;

import io.natterjack.client.ChatClient;
import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import io.natterjack.core.TransportException;
import io.natterjack.core.UserId;
import io.natterjack.testkit.ForwardingStore;
import io.natterjack.testkit.InMemoryMedium;
import io.natterjack.testkit.ManualScheduler;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * The whole of it in one thread, on manual time, from one seed: clients as applications have them, two servers, a database that outlives
 * them. Servers die in the middle of anything, commits have unknown outcomes, publications come twice and in another order or not at
 * all, in a server and between them, connections break, another process writes into the same rooms, the database is away, or set back
 * while servers are stopped or while they run. In the end all is well again, and every promise must have been kept.
 */
final class Simulation {
    /** What goes wrong. */
    enum Trouble {
        CUT,
        SERVER_DIES,
        SERVER_DIES_AT_COMMIT,
        COMMIT_UNKNOWN,
        COMMIT_FAILS,
        DATABASE_AWAY,
        CLOCK_JUMPS,
        /** What carries texts between servers is away for a while. */
        BUS_AWAY,
        DATABASE_SET_BACK,
        /** As a Redis that came back older. */
        DATABASE_SET_BACK_ALIVE
    }

    /**
     * What became of a run.
     *
     * @param operations how many messages were sent
     * @param troubles what went wrong, and how often
     * @param violations how promises were broken; empty if none was
     */
    record Result(long seed, int operations, Map<Trouble, Integer> troubles, List<String> violations) {
        int faults() {
            return sum(troubles);
        }
    }

    private static int sum(Map<Trouble, Integer> troubles) {
        return troubles.values().stream().mapToInt(Integer::intValue).sum();
    }

    private static final List<RoomId> ROOMS = List.of(new RoomId("r1"), new RoomId("r2"));

    /** Where people do more than to send. */
    private static final List<RoomId> LIVELY = List.of(new RoomId("l1"), new RoomId("l2"));

    private static final int STEPS = 260;
    private static final int LEAST_OPERATIONS = 300;
    private static final int LEAST_FAULTS = 5;

    private final long seed;
    private final Random random;
    private final ManualScheduler time = new ManualScheduler();
    private final SimulatedDatabase database;
    private final Promises promises = new Promises();
    private final List<Participant> participants = new ArrayList<>();
    private final Map<Trouble, Integer> troubles = new EnumMap<>(Trouble.class);
    private final boolean mayBeSetBack;
    private final Liveliness liveliness;
    private final InMemoryMedium medium;
    private final List<SimulatedServer> servers = new ArrayList<>();
    private long busAwayUntil;
    private ForwardingStore otherProcess;
    private int operations;
    private int others;
    private int started;

    private Simulation(long seed, SimulatedDatabase.Fault planted) {
        this.seed = seed;
        this.random = new Random(seed);
        this.database = new SimulatedDatabase(time::wallMillis, planted);
        this.mayBeSetBack = random.nextInt(5) == 0;
        this.medium = new InMemoryMedium(time);
        medium.lose(text -> random.nextInt(6) == 0);
        medium.repeat(text -> random.nextInt(6) == 0);
        startServer();
        startServer();
        this.otherProcess = database.open();
        long epoch = time.wallMillis();
        for (int i = 0; i < 4; i++) {
            // Two of them are devices of one user.
            UserId user = new UserId("user" + i / 2);
            ChatClient.Builder builder = ChatClient.builder(
                            URI.create("ws://simulated"), () -> CompletableFuture.completedFuture(user.value()))
                    .executor(time)
                    .scheduler(time)
                    .listenerExecutor(time)
                    .random(random)
                    .connector((uri, timeout, handler) -> servers.isEmpty()
                            ? CompletableFuture.failedFuture(new TransportException("no server runs"))
                            : any(servers).connector().connect(uri, timeout, handler));
            participants.add(new Participant("c" + i, user, builder, ROOMS, epoch, promises));
        }
        this.liveliness = new Liveliness(random, LIVELY);
        Liveliness.create(otherProcess, LIVELY, List.of(new UserId("user0"), new UserId("user1")));
        participants.forEach(each -> liveliness.comes(each.client(), each.user()));
    }

    /** Runs the simulation of that seed. */
    static Result run(long seed) {
        return run(seed, SimulatedDatabase.Fault.NONE);
    }

    /** Runs the simulation of that seed on a database that breaks its contract. */
    static Result run(long seed, SimulatedDatabase.Fault planted) {
        return new Simulation(seed, planted).play();
    }

    private Result play() {
        pass(500);
        for (int i = 0; i < STEPS || operations < LEAST_OPERATIONS; i++) {
            for (int n = random.nextInt(4); n > 0; n--) {
                operations++;
                any(participants).send(any(ROOMS));
            }
            for (int n = random.nextInt(3); n > 0; n--) {
                liveliness.act();
            }
            if (random.nextInt(12) == 0) {
                somebodyElseWrites();
            }
            if (random.nextInt(40) == 0) {
                somethingIsTakenAway();
            }
            if (random.nextInt(14) == 0) {
                goWrong(any(List.of(Trouble.values())));
            }
            pass(random.nextInt(120));
        }
        while (sum(troubles) < LEAST_FAULTS) {
            goWrong(any(List.of(Trouble.values())));
            any(participants).send(any(ROOMS));
            pass(random.nextInt(120));
        }
        comeToRest();
        List<String> violations = new ArrayList<>(promises.violations(database.logs(ROOMS)));
        violations.addAll(liveliness.differences(otherProcess));
        participants.forEach(Participant::close);
        pass(1_000);
        return new Result(seed, operations, troubles, violations);
    }

    private void goWrong(Trouble trouble) {
        switch (trouble) {
            case CUT -> any(servers).cutConnections();
            case SERVER_DIES -> serverDies();
            case SERVER_DIES_AT_COMMIT -> {
                database.next(
                        random.nextBoolean()
                                ? SimulatedDatabase.Answer.LOST_AFTER_COMMIT
                                : SimulatedDatabase.Answer.LOST_BEFORE_COMMIT);
                pass(20);
                serverDies();
            }
            case COMMIT_UNKNOWN -> database.next(SimulatedDatabase.Answer.LOST_AFTER_COMMIT);
            case COMMIT_FAILS -> database.next(SimulatedDatabase.Answer.LOST_BEFORE_COMMIT);
            case DATABASE_AWAY -> database.awayUntil(time.wallMillis() + random.nextInt(4_000));
            case BUS_AWAY -> busIsAway();
            case CLOCK_JUMPS -> time.jumpWall(Duration.ofMillis(random.nextInt(10_000) - 5_000L));
            case DATABASE_SET_BACK, DATABASE_SET_BACK_ALIVE -> {
                if (!mayBeSetBack) {
                    return;
                }
                databaseIsSetBack(trouble == Trouble.DATABASE_SET_BACK_ALIVE);
            }
        }
        troubles.merge(trouble, 1, Integer::sum);
    }

    private void serverDies() {
        SimulatedServer dying = any(servers);
        servers.remove(dying);
        dying.die();
        pass(random.nextInt(2_000));
        startServer();
    }

    private void startServer() {
        // Named by what has happened in this run alone: so that a seed tells the same story whatever ran before it.
        servers.add(new SimulatedServer("node" + ++started, time, random, database.open(), medium));
    }

    private void busIsAway() {
        medium.away(true);
        long until = time.nanoTime() + random.nextInt(4_000) * 1_000_000L;
        busAwayUntil = Math.max(busAwayUntil, until);
        time.after(Duration.ofNanos(until - time.nanoTime()), () -> {
            if (time.nanoTime() >= busAwayUntil) {
                medium.away(false);
            }
        });
    }

    private void databaseIsSetBack(boolean whileServersRun) {
        int running = servers.size();
        if (!whileServersRun) {
            servers.forEach(SimulatedServer::die);
            servers.clear();
        }
        // The new epoch is the clock, which must not be one that the database has had.
        time.jumpWall(Duration.ofSeconds(20));
        database.setBack(random.nextInt(database.committedBatches() + 1));
        promises.setBackTo(database.logs(ROOMS));
        otherProcess = database.open();
        while (servers.size() < running) {
            startServer();
        }
    }

    private void somebodyElseWrites() {
        RoomId room = any(ROOMS);
        UserId user = new UserId("other");
        ClientId cid = new ClientId("other-" + ++others);
        MessageBody body = MessageBody.text(cid.value());
        promises.sent("other", user, room, cid, body);
        for (int attempt = 0; attempt < 3; attempt++) {
            try {
                Outcome outcome = otherProcess
                        .append(List.of(new Draft(room, user, cid, body)))
                        .get(0);
                promises.acked(user, room, cid, ((Outcome.Accepted) outcome).at());
                return;
            } catch (StoreException away) {
                pass(50);
            }
        }
        promises.gaveUp(user, room, cid);
    }

    /** What retention and erasure do. */
    private void somethingIsTakenAway() {
        RoomId room = any(random.nextBoolean() ? ROOMS : LIVELY);
        int head = database.logs(List.of(room)).getOrDefault(room, List.of()).size();
        if (head == 0) {
            return;
        }
        RoomChange change = random.nextBoolean()
                ? new RoomChange.Trimmed(1 + random.nextInt(head))
                : new RoomChange.Erased(List.of(1L + random.nextInt(head), 1L + random.nextInt(head)));
        ClientId cid = new ClientId("~taken-" + ++others);
        try {
            otherProcess.append(List.of(Draft.change(room, new UserId("admin"), cid, change)));
        } catch (StoreException away) {
            return; // perhaps it was done, perhaps not
        }
    }

    private void comeToRest() {
        database.awayUntil(0);
        database.next(SimulatedDatabase.Answer.GIVEN);
        medium.lose(text -> false);
        medium.away(false);
        servers.forEach(SimulatedServer::calm);
        for (int i = 0; i < 600 && promises.unanswered() > 0; i++) {
            pass(500);
        }
        // What nobody published shows when something else happens in the room.
        for (RoomId room : ROOMS) {
            participants.forEach(participant -> participant.send(room));
        }
        UserId host = new UserId("host");
        liveliness.everybodySpeaks();
        pass(5_000);
        LIVELY.forEach(room ->
                any(servers).append(new Draft(room, host, new ClientId("last-" + room), MessageBody.text("last"))));
        for (int i = 0; i < 600 && promises.unanswered() > 0; i++) {
            pass(500);
        }
        pass(40_000);
    }

    private void pass(long millis) {
        time.advance(Duration.ofMillis(millis));
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
