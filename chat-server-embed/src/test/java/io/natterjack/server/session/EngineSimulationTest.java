package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natterjack.core.ClientId;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.wire.Limits;
import io.natterjack.server.InMemoryStore;
import io.natterjack.server.RolePolicy;
import io.natterjack.server.engine.GroupCommitQueue;
import io.natterjack.server.engine.LocalRouter;
import io.natterjack.server.engine.StoreReads;
import io.natterjack.testkit.AnyOrder;
import io.natterjack.testkit.FaultyStore;
import io.natterjack.testkit.ForwardingStore;
import io.natterjack.testkit.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clients that obey the protocol, against a whole server on manual time: connections break, readers dawdle, the store goes away,
 * is stuck, loses its answers and rejects drafts; lanes run in any order. Then all is well again, and every promise must
 * have been kept. A run is known by its seed.
 */
final class EngineSimulationTest {
    private static final int SEEDS = 20;
    private static final int STEPS = 1_500;

    @Test
    void whateverHappensWhatIsPromisedIsKept() {
        Set<String> reached = new TreeSet<>();
        for (long seed = 1; seed <= SEEDS; seed++) {
            reached.addAll(run(seed, UnaryOperator.identity()));
        }
        assertThat(reached)
                .as("what happened at least once")
                .contains("ACK", "DUPLICATE", "LIVE", "REPLAY", "GAP")
                .contains("BUSY", "RATE_LIMITED", "UNAVAILABLE", "INTERNAL")
                .contains(closed(CloseReason.SLOW_CONSUMER));
    }

    private static String closed(CloseReason reason) {
        return Optional.of(reason).toString();
    }

    /** What a broken store may do; the check must find each. */
    private enum Fault {
        FORGETS,
        KEEPS_TWICE,
        TURNS_BATCHES_ROUND,
        SKIPS_EVENTS
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void aFaultThatIsPlantedIsFound(Fault fault) {
        assertThatThrownBy(() -> {
                    for (long seed = 1; seed <= SEEDS; seed++) {
                        run(seed, store -> new BrokenStore(store, fault));
                    }
                })
                .isInstanceOf(AssertionError.class)
                .cause()
                .as("found by the check")
                .isInstanceOf(AssertionError.class);
    }

    // The check, fed by hand.

    private static final RoomId ROOM = new RoomId("r");
    private final SimulationCheck check = new SimulationCheck();

    @Test
    void theCheckAcceptsWhatIsRight() {
        assertThatCode(() -> {
                    check.wrote("ada", ROOM, event(1, "a").clientId());
                    check.wrote("ada", ROOM, event(2, "b").clientId());
                    check.acked(new ClientId("a"), event(1, "a").at());
                    check.acked(new ClientId("b"), event(2, "b").at());
                    check.joined(this, ROOM, 0);
                    check.saw(this, event(1, "a"));
                    check.saw(this, event(2, "b"));
                    check.log(ROOM, List.of(event(1, "a"), event(2, "b")));
                    check.has("bob", ROOM, 1, Map.of(2L, new ClientId("b")), List.of(event(1, "a"), event(2, "b")));
                })
                .doesNotThrowAnyException();
    }

    @Test
    void theCheckFindsAHole() {
        check.joined(this, ROOM, 0);
        assertBroken(() -> check.saw(this, event(2, "b")));
    }

    @Test
    void theCheckFindsARepetition() {
        check.joined(this, ROOM, 0);
        check.saw(this, event(1, "a"));
        assertBroken(() -> check.saw(this, event(1, "a")));
    }

    @Test
    void theCheckFindsAnEventAfterLeaving() {
        check.joined(this, ROOM, 0);
        check.left(this, ROOM);
        assertBroken(() -> check.saw(this, event(1, "a")));
    }

    @Test
    void theCheckFindsTwoOrders() {
        check.joined("one", ROOM, 0);
        check.joined("two", ROOM, 0);
        check.saw("one", event(1, "a"));
        assertBroken(() -> check.saw("two", event(1, "b")));
    }

    @Test
    void theCheckFindsWhatWasAckedAndIsLost() {
        check.wrote("ada", ROOM, new ClientId("a"));
        check.acked(new ClientId("a"), new Cursor(1, 1));
        assertBroken(() -> check.log(ROOM, List.of()));
    }

    @Test
    void theCheckFindsWhatIsKeptTwice() {
        assertBroken(() -> check.log(ROOM, List.of(event(1, "a"), event(2, "a"))));
    }

    @Test
    void theCheckFindsWhatOvertook() {
        check.wrote("ada", ROOM, new ClientId("a"));
        check.wrote("ada", ROOM, new ClientId("b"));
        check.acked(new ClientId("a"), new Cursor(1, 2));
        check.acked(new ClientId("b"), new Cursor(1, 1));
        assertBroken(() -> check.log(ROOM, List.of(event(1, "b"), event(2, "a"))));
    }

    @Test
    void theCheckFindsWhatNobodyAnswered() {
        check.wrote("ada", ROOM, new ClientId("a"));
        assertBroken(() -> check.log(ROOM, List.of(event(1, "a"))));
    }

    @Test
    void theCheckFindsWhatAClientDoesNotHave() {
        assertBroken(() -> check.has("bob", ROOM, 0, Map.of(), List.of(event(1, "a"))));
    }

    private static void assertBroken(Runnable step) {
        assertThatThrownBy(step::run).isInstanceOf(AssertionError.class);
    }

    private static RoomEvent event(long seq, String id) {
        return new Draft(ROOM, new UserId("ada"), new ClientId(id), MessageBody.text("hi"))
                .accepted(new Outcome.Accepted(new Cursor(1, seq), 0, false));
    }

    // A run.

    private static Set<String> run(long seed, UnaryOperator<MessageStore> around) {
        try {
            return new Run(seed, around).play();
        } catch (AssertionError | RuntimeException broken) {
            throw new AssertionError("seed " + seed + ": " + broken.getMessage(), broken);
        }
    }

    private static final class Run {
        private static final List<RoomId> ROOMS = List.of(new RoomId("r1"), new RoomId("r2"), new RoomId("r3"));
        private static final GroupCommitQueue.Bounds QUEUE =
                new GroupCommitQueue.Bounds(40, 1 << 20, 8, 1 << 20, Duration.ofSeconds(1));
        private static final LocalRouter.Bounds ROUTER =
                new LocalRouter.Bounds(10, 1 << 20, 8 << 10, Duration.ofSeconds(2), 256 << 10);

        private final Random random;
        private final ManualScheduler time = new ManualScheduler();
        private final ManualScheduler committers = new ManualScheduler();
        private final FaultyStore store;
        private final LocalRouter router;
        private final Sessions sessions;
        private final SimulationCheck check = new SimulationCheck();
        private final List<SimulatedClient> clients = new ArrayList<>();
        private long awayUntil;
        private int sessionIds;
        private boolean calm;

        Run(long seed, UnaryOperator<MessageStore> around) {
            random = new Random(seed);
            store = new FaultyStore(around.apply(new InMemoryStore(time::wallMillis)));
            store.reject(draft -> draft.clientId().value().contains(SimulatedClient.POISON));
            store.beforeAppend(this::perhapsStuck);
            Executor lanes = new AnyOrder(time, random);
            Executor readers = read -> time.after(Duration.ofMillis(calm ? 0 : random.nextInt(60)), read);
            router = new LocalRouter(new StoreReads(store, readers), lanes, time, ROUTER);
            sessions = new Sessions(context(lanes, readers));
            for (int i = 0; i < 6; i++) {
                clients.add(new SimulatedClient(
                        "c" + i,
                        "user" + i / 2,
                        ROOMS,
                        random,
                        time::wallMillis,
                        check,
                        id -> new SimulatedConnection(id, sessions)));
            }
        }

        private SessionContext context(Executor lanes, Executor readers) {
            SessionSettings settings = new SessionSettings(
                    new Limits(64 << 10, MessageBody.MAX_BYTES, 12, 40, 60),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(25),
                    Duration.ofSeconds(10),
                    10,
                    40,
                    4 << 10);
            return new SessionContext(
                    request -> {
                        CompletableFuture<AuthResult> result = new CompletableFuture<>();
                        AuthResult in = AuthResult.accepted(Principal.of(new UserId(request.token())));
                        time.after(Duration.ofMillis(random.nextInt(100)), () -> result.complete(in));
                        return result;
                    },
                    new GroupCommitQueue(store, router, committers, time, QUEUE),
                    router,
                    new StoreReads(store, readers),
                    lanes,
                    time,
                    () -> new SessionId("s" + ++sessionIds),
                    SimulatedConnection.LOW_MARK,
                    settings,
                    Services.plain(new RolePolicy(), time),
                    (by, other) -> {});
        }

        Set<String> play() {
            for (int i = 0; i < STEPS; i++) {
                step();
                mischief();
                pass(random.nextInt(40));
            }
            comeToRest();
            Map<RoomId, List<RoomEvent>> logs = new LinkedHashMap<>();
            ROOMS.forEach(room -> logs.put(room, store.eventsAfter(room, 0, Integer.MAX_VALUE, Integer.MAX_VALUE)));
            logs.forEach(check::log);
            clients.forEach(client -> client.checkMemory(logs));
            clients.forEach(SimulatedClient::lose);
            clients.forEach(SimulatedClient::breakHalfOpen);
            pass(60_000);
            assertThat(sessions.count()).isZero();
            assertThat(time.waitingTimers()).as("timers left behind").isZero();
            return check.reached();
        }

        private void step() {
            if (random.nextInt(3) > 0) {
                any().write();
            }
            any().read(random.nextInt(30));
            any().carryUp(random.nextInt(20));
            clients.forEach(SimulatedClient::tick);
            if (random.nextInt(10) < 7) {
                committers.runAll();
            }
        }

        private void mischief() {
            switch (random.nextInt(150)) {
                case 0, 1, 2 -> any().lose();
                case 3 -> any().breakHalfOpen();
                case 4, 5 -> any().leave();
                case 6, 7 -> any().joinAgain();
                case 8 -> awayUntil = time.wallMillis() + random.nextInt(3_000);
                case 11 -> any().dawdle(random.nextInt(10_000));
                case 9, 10 -> store.loseAnswers(1 + random.nextInt(3));
                default -> {}
            }
            store.away(time.wallMillis() < awayUntil);
        }

        /** While an append is stuck, time and everybody else goes on. */
        private void perhapsStuck() {
            if (calm || random.nextInt(40) > 0) {
                return;
            }
            for (int i = random.nextInt(60); i > 0; i--) {
                any().write();
                any().read(5);
                any().carryUp(5);
                clients.forEach(SimulatedClient::tick);
                pass(random.nextInt(60));
            }
        }

        private void comeToRest() {
            calm = true;
            store.away(false);
            store.loseAnswers(0);
            for (int i = 0; i < 2_000; i++) {
                clients.forEach(client -> {
                    client.calmDown();
                    client.read(Integer.MAX_VALUE);
                    client.carryUp(Integer.MAX_VALUE);
                    client.tick();
                });
                committers.runAll();
                pass(100);
                // A little longer: what nobody waits for must come too.
                if (clients.stream().allMatch(SimulatedClient::isDone) && i > 50) {
                    clients.forEach(client -> client.read(Integer.MAX_VALUE));
                    return;
                }
            }
            throw new AssertionError(
                    "no rest: " + clients.stream().map(SimulatedClient::state).toList());
        }

        private void pass(long millis) {
            time.advance(Duration.ofMillis(millis));
        }

        private SimulatedClient any() {
            return clients.get(random.nextInt(clients.size()));
        }
    }

    /** A store that breaks its contract now and then. */
    private static final class BrokenStore extends ForwardingStore {
        private final Fault fault;
        private int appends;
        private int reads;

        BrokenStore(MessageStore store, Fault fault) {
            super(store);
            this.fault = fault;
        }

        @Override
        public List<Outcome> append(List<Draft> batch) {
            boolean now = ++appends % 20 == 0;
            if (now && fault == Fault.FORGETS) {
                Draft first = batch.get(0);
                Cursor head = super.heads(List.of(first.room())).get(first.room());
                Outcome phantom = new Outcome.Accepted(new Cursor(head.epoch(), head.seq() + 1), 0, false);
                List<Outcome> outcomes = new ArrayList<>(List.of(phantom));
                if (batch.size() > 1) {
                    outcomes.addAll(super.append(batch.subList(1, batch.size())));
                }
                return outcomes;
            }
            if (now && fault == Fault.KEEPS_TWICE) {
                Draft first = batch.get(0);
                super.append(List.of(new Draft(first.room(), new UserId("x"), first.clientId(), first.body())));
            }
            if (fault == Fault.TURNS_BATCHES_ROUND) {
                List<Draft> turned = new ArrayList<>(batch);
                Collections.reverse(turned);
                List<Outcome> outcomes = new ArrayList<>(super.append(turned));
                Collections.reverse(outcomes);
                return outcomes;
            }
            return super.append(batch);
        }

        @Override
        public List<RoomEvent> eventsAfter(RoomId room, long seq, int maxEvents, int maxBytes) {
            List<RoomEvent> events = super.eventsAfter(room, seq, maxEvents, maxBytes);
            boolean skip = fault == Fault.SKIPS_EVENTS && ++reads % 5 == 0 && events.size() > 1;
            return skip ? events.subList(1, events.size()) : events;
        }
    }
}
