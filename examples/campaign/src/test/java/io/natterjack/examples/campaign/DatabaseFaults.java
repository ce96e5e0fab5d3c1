package io.natterjack.examples.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.core.lane.SystemScheduler;
import io.natterjack.core.spi.Flow;
import io.natterjack.server.engine.GroupCommitQueue;
import io.natterjack.server.engine.LocalRouter;
import io.natterjack.server.engine.StoreReads;
import io.natterjack.store.jdbc.JdbcMessageStore;
import io.natterjack.testkit.Await;
import io.natterjack.testkit.FaultProxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of drafts in the queue when a real database fails in one of its ways: each has its rule, each is a test. */
@Timeout(120)
abstract class DatabaseFaults {
    static final RoomId A = new RoomId("a");
    static final RoomId B = new RoomId("b");
    static final RoomId C = new RoomId("c");
    private static final UserId ADA = new UserId("ada");

    /** A second, and what a busy machine may add; how long it takes is measured by {@code campaign outage}. */
    private static final Duration SOON = Duration.ofSeconds(3);

    private FaultProxy door;
    private HikariDataSource pool;
    private JdbcMessageStore store;
    private GroupCommitQueue queue;
    private SystemScheduler scheduler;
    private ExecutorService threads;
    private int ids;

    abstract DatabaseServer server();

    /** Returns the URL of an empty place on the server, by way of {@code port}. */
    abstract String url(int port);

    /** Makes the database take no more writes, or again, as it is after a fail-over to a replica. */
    abstract void readOnly(boolean readOnly) throws Exception;

    /** Returns how many transactions wait for a lock of another. */
    abstract long waitingForLocks() throws Exception;

    /** Makes the transaction of the statement the one that goes on when it and another wait for each other. */
    abstract void outlive(Statement statement) throws Exception;

    @BeforeEach
    void start() throws Exception {
        door = FaultProxy.to("127.0.0.1", server().port());
        pool = pool(door.port(), 5);
        store = JdbcMessageStore.create(pool);
        threads = Executors.newCachedThreadPool();
        scheduler = new SystemScheduler("test-timer");
        LocalRouter router =
                new LocalRouter(new StoreReads(store, threads), threads, scheduler, LocalRouter.Bounds.DEFAULT);
        queue = new GroupCommitQueue(store, router, threads, scheduler, GroupCommitQueue.Bounds.DEFAULT);
        accepted(append(draft(A)));
        accepted(append(draft(B)));
    }

    private HikariDataSource pool(int port, int size) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url(port));
        config.setMaximumPoolSize(size);
        config.setConnectionTimeout(1_000);
        config.setValidationTimeout(500);
        config.addDataSourceProperty("socketTimeout", url(0).contains("mariadb") ? "2000" : "2");
        return new HikariDataSource(config);
    }

    @AfterEach
    void stop() {
        queue.close();
        scheduler.close();
        threads.shutdownNow();
        store.close();
        pool.close();
        door.close();
    }

    Draft draft(RoomId room) {
        ClientId cid = new ClientId("c" + ++ids);
        return new Draft(room, ADA, cid, MessageBody.text(cid.value()));
    }

    CompletableFuture<Outcome> append(Draft draft) {
        return append(draft, new Flow());
    }

    CompletableFuture<Outcome> append(Draft draft, Flow flow) {
        return queue.append(draft, flow).toCompletableFuture();
    }

    static Outcome.Accepted accepted(CompletableFuture<Outcome> outcome) throws Exception {
        Outcome settled = outcome.get(20, TimeUnit.SECONDS);
        assertThat(settled).isInstanceOf(Outcome.Accepted.class);
        return (Outcome.Accepted) settled;
    }

    /** Sends the draft again and again, as a client does, until it is accepted. */
    Outcome.Accepted atLast(Draft draft) throws Exception {
        for (int attempt = 0; attempt < 100; attempt++) {
            Outcome outcome = append(draft).get(20, TimeUnit.SECONDS);
            if (outcome instanceof Outcome.Accepted accepted) {
                return accepted;
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        throw new AssertionError("never accepted");
    }

    void assertOnceInOrder(RoomId room, List<Draft> drafts) {
        List<RoomEvent> events = eventsAtLast(room);
        assertThat(events)
                .extracting(RoomEvent::clientId)
                .isEqualTo(drafts.stream().map(Draft::clientId).toList());
        for (int i = 0; i < events.size(); i++) {
            assertThat(events.get(i).seq()).isEqualTo(i + 2L);
        }
    }

    /** Reads again where the pool still has a connection that was cut a moment ago. */
    private List<RoomEvent> eventsAtLast(RoomId room) {
        List<RoomEvent> events = new ArrayList<>();
        Await.until("the store can be read", () -> {
            try {
                events.addAll(store.eventsAfter(room, 1, 1_000_000, 1 << 30));
                return true;
            } catch (StoreException cut) {
                return false;
            }
        });
        return events;
    }

    void execute(String sql) throws Exception {
        try (Connection connection = direct();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    Connection direct() throws Exception {
        return DriverManager.getConnection(url(server().port()));
    }

    /** Answers are lost at moments of all kinds, until it was three times that of a commit. */
    @Test
    void anUnknownCommitIsFoundOut() throws Exception {
        List<Draft> drafts = new CopyOnWriteArrayList<>();
        AtomicInteger answered = new AtomicInteger();
        AtomicBoolean enough = new AtomicBoolean();
        Future<?> talker = threads.submit(() -> {
            while (!enough.get()) {
                Draft draft = draft(A);
                drafts.add(draft);
                atLast(draft);
                answered.incrementAndGet();
            }
            return true;
        });
        Random random = new Random(1);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        try (HikariDataSource source = pool(server().port(), 1);
                JdbcMessageStore pastTheDoor = JdbcMessageStore.create(source)) {
            for (int unknown = 0; unknown < 3; ) {
                assertThat(System.nanoTime() - end).as("three in a minute").isNegative();
                int seen = answered.get();
                Await.until(() -> answered.get() > seen);
                LockSupport.parkNanos(random.nextInt(3_000_000));
                long swallowed = door.swallowedBytes();
                swallowAnswers(answered, swallowed);
                int last = drafts.size() - 1;
                boolean isStored =
                        pastTheDoor.find(A, ADA, drafts.get(last).clientId()).isPresent();
                if (isStored && answered.get() <= last) {
                    unknown++;
                }
                door.cut();
            }
        }
        enough.set(true);
        talker.get(30, TimeUnit.SECONDS);
        assertOnceInOrder(A, drafts);
    }

    /** Swallows until something was, also on connections that the pool makes only now. */
    private void swallowAnswers(AtomicInteger answered, long swallowedBefore) {
        door.swallowReplies();
        AtomicInteger seen = new AtomicInteger(answered.get());
        Await.until("an answer is swallowed", () -> {
            int now = answered.get();
            if (now > seen.getAndSet(now)) {
                door.swallowReplies();
            }
            return door.swallowedBytes() > swallowedBefore;
        });
    }

    @Test
    void aLostConnectionIsReplacedAndNothingIsLost() throws Exception {
        List<Draft> drafts = new ArrayList<>();
        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            drafts.add(draft(A));
            outcomes.add(append(drafts.get(i)));
            if (i % 40 == 20) {
                door.cut();
            }
        }
        for (int i = 0; i < drafts.size(); i++) {
            if (!(outcomes.get(i).get(20, TimeUnit.SECONDS) instanceof Outcome.Accepted)) {
                atLast(drafts.get(i));
            }
        }
        List<RoomEvent> events = eventsAtLast(A);
        assertThat(events).hasSize(200).doesNotHaveDuplicates();
    }

    @Test
    void aDeadlockIsTriedAgain() throws Exception {
        accepted(append(draft(C)));
        List<Draft> batch = List.of(draft(A), draft(B), draft(C));
        // Nobody waits for a lock for more than a second, and a busy machine may need that for less.
        int attempt = 0;
        while (!appendsThroughADeadlock(batch)) {
            assertThat(++attempt).as("attempts").isLessThan(5);
        }
        assertOnceInOrder(A, batch.subList(0, 1));
        assertOnceInOrder(B, batch.subList(1, 2));
        assertOnceInOrder(C, batch.subList(2, 3));
    }

    /** Returns false if the append was refused; who waits for it in a circle isn't the one to die. */
    private boolean appendsThroughADeadlock(List<Draft> batch) throws Exception {
        try (Connection inTheWay = direct();
                Connection other = direct()) {
            inTheWay.setAutoCommit(false);
            other.setAutoCommit(false);
            lock(inTheWay, B);
            CompletableFuture<List<Outcome>> appended =
                    CompletableFuture.supplyAsync(() -> store.append(batch), threads);
            awaitLocks(1); // It has a, and waits for b.
            try (Statement statement = other.createStatement()) {
                outlive(statement);
            }
            lock(other, C);
            CompletableFuture<Void> others = CompletableFuture.runAsync(() -> lock(other, A), threads);
            awaitLocks(2);
            inTheWay.commit(); // It goes on, and waits for c.
            others.get(20, TimeUnit.SECONDS);
            other.rollback();
            return appended.get(20, TimeUnit.SECONDS).stream().allMatch(Outcome.Accepted.class::isInstance);
        } catch (ExecutionException failure) {
            assertThat(failure).hasCauseInstanceOf(StoreException.class);
            return false;
        }
    }

    /** Waits until so many transactions wait for a lock; or for half a second, since whoever waits may have given up. */
    private void awaitLocks(int count) throws Exception {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500);
        while (waitingForLocks() < count && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static void lock(Connection connection, RoomId room) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("select * from chat_room where room = '" + room + "' for update");
        } catch (SQLException victim) {
            throw new IllegalStateException("the one to die was the wrong one", victim);
        }
    }

    long number(String query) throws Exception {
        try (Connection connection = direct();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Test
    void aDatabaseThatOnlyReadsIsAwayAndComesBack() throws Exception {
        readOnly(true);
        door.cut();
        long start = System.nanoTime();
        Draft draft = draft(A);
        assertUnavailable(append(draft));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        assertThat(store.eventsAfter(A, 0, 10, 1 << 20)).as("can still be read").hasSize(1);

        readOnly(false);
        door.cut();
        atLast(draft);
        assertOnceInOrder(A, List.of(draft));
    }

    @Test
    void aDatabaseThatIsAwayIsSaidSoonAndWhatWaitedComesInOrder() throws Exception {
        Flow flow = new Flow();
        List<Draft> drafts = new ArrayList<>();
        door.refuse();
        door.cut();
        long start = System.nanoTime();
        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            drafts.add(draft(A));
            outcomes.add(append(drafts.get(i), flow));
        }
        for (CompletableFuture<Outcome> outcome : outcomes) {
            assertUnavailable(outcome);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);

        door.accept();
        for (Draft draft : drafts) {
            atLast(draft);
        }
        assertOnceInOrder(A, drafts);
    }

    static void assertUnavailable(CompletableFuture<Outcome> outcome) throws Exception {
        Outcome settled = outcome.get(20, TimeUnit.SECONDS);
        assertThat(settled).isInstanceOf(Outcome.Refused.class);
        assertThat(((Outcome.Refused) settled).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(((Outcome.Refused) settled).retry()).isPresent();
    }

    JdbcMessageStore store() {
        return store;
    }
}
