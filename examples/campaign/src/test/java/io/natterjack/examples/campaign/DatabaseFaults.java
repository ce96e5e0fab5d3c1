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
import io.natterjack.core.UserId;
import io.natterjack.core.lane.SystemScheduler;
import io.natterjack.core.spi.Flow;
import io.natterjack.server.engine.GroupCommitQueue;
import io.natterjack.server.engine.LocalRouter;
import io.natterjack.server.engine.StoreReads;
import io.natterjack.store.jdbc.JdbcMessageStore;
import io.natterjack.testkit.FaultProxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of drafts in the queue when a real database fails in one of its ways: each has its rule, each is a test. */
@Timeout(120)
abstract class DatabaseFaults {
    static final RoomId A = new RoomId("a");
    static final RoomId B = new RoomId("b");
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

    @BeforeEach
    void start() throws Exception {
        door = FaultProxy.to("127.0.0.1", server().port());
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url(door.port()));
        config.setMaximumPoolSize(5);
        config.setConnectionTimeout(1_000);
        config.setValidationTimeout(500);
        config.addDataSourceProperty("socketTimeout", url(0).contains("mariadb") ? "2000" : "2");
        pool = new HikariDataSource(config);
        store = JdbcMessageStore.create(pool);
        threads = Executors.newCachedThreadPool();
        scheduler = new SystemScheduler("test-timer");
        LocalRouter router =
                new LocalRouter(new StoreReads(store, threads), threads, scheduler, LocalRouter.Bounds.DEFAULT);
        queue = new GroupCommitQueue(store, router, threads, scheduler, GroupCommitQueue.Bounds.DEFAULT);
        accepted(append(draft(A)));
        accepted(append(draft(B)));
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
        List<RoomEvent> events = store.eventsAfter(room, 1, 1_000_000, 1 << 30);
        assertThat(events)
                .extracting(RoomEvent::clientId)
                .isEqualTo(drafts.stream().map(Draft::clientId).toList());
        for (int i = 0; i < events.size(); i++) {
            assertThat(events.get(i).seq()).isEqualTo(i + 2L);
        }
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

    @Test
    void anUnknownCommitIsFoundOut() throws Exception {
        List<Draft> drafts = new ArrayList<>();
        for (int round = 0; round < 10; round++) {
            Draft draft = draft(A);
            drafts.add(draft);
            door.swallowReplies();
            CompletableFuture<Outcome> outcome = append(draft);
            TimeUnit.MILLISECONDS.sleep(20 + 3L * round);
            door.cut();
            door.resume();
            Outcome settled = outcome.get(20, TimeUnit.SECONDS);
            if (!(settled instanceof Outcome.Accepted)) {
                assertThat(((Outcome.Refused) settled).isFinal()).isFalse();
                atLast(draft);
            }
        }
        assertOnceInOrder(A, drafts);
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
        List<RoomEvent> events = store.eventsAfter(A, 1, 1_000_000, 1 << 30);
        assertThat(events).hasSize(200).doesNotHaveDuplicates();
    }

    @Test
    void aDeadlockIsTriedAgain() throws Exception {
        try (Connection other = direct();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select * from chat_room where room = 'b' for update");
            // One batch that needs both, in this order.
            Draft first = draft(A);
            Draft second = draft(B);
            CompletableFuture<List<Outcome>> both =
                    CompletableFuture.supplyAsync(() -> store.append(List.of(first, second)), threads);
            TimeUnit.MILLISECONDS.sleep(150);
            try {
                statement.execute("select * from chat_room where room = 'a' for update");
                other.commit();
            } catch (java.sql.SQLException chosenToDie) {
                other.rollback();
            }
            assertThat(both.get(20, TimeUnit.SECONDS)).allMatch(Outcome.Accepted.class::isInstance);
            assertOnceInOrder(A, List.of(first));
            assertOnceInOrder(B, List.of(second));
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
