package io.natterjack.examples.benchmarks;

import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.lane.SystemScheduler;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.RoomSink;
import io.natterjack.server.InMemoryStore;
import io.natterjack.server.engine.GroupCommitQueue;
import io.natterjack.server.engine.LocalRouter;
import io.natterjack.server.engine.StoreReads;
import io.natterjack.store.jdbc.JdbcMessageStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** What the engine costs without a network: appending a hundred messages at once, and bringing one to a thousand sinks. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class EngineBenchmark {
    private static final int BATCH = 100;
    private static final int SINKS = 1_000;
    private static final RoomId ROOM = new RoomId("lobby");
    private static final UserId ADA = new UserId("ada");
    private static final MessageBody BODY = MessageBody.text("x".repeat(100));
    private static final Executor HERE = Runnable::run;

    /** Where messages go. */
    @Param({"memory", "sqlite"})
    public String kind = "memory";

    private Path directory = Path.of(".");
    private MessageStore store = new InMemoryStore();
    private SystemScheduler scheduler = new SystemScheduler("benchmark-timer");
    private GroupCommitQueue queue = queue(store);
    private Flow flow = new Flow();
    private long number;

    private GroupCommitQueue queue(MessageStore over) {
        LocalRouter router = new LocalRouter(new StoreReads(over, HERE), HERE, scheduler, LocalRouter.Bounds.DEFAULT);
        router.attach(ROOM, (events, frame) -> {});
        return new GroupCommitQueue(over, router, HERE, scheduler, GroupCommitQueue.Bounds.DEFAULT);
    }

    /** Opens the store; also once an iteration, since the one in memory keeps everything. */
    @Setup(Level.Iteration)
    public void open() throws IOException {
        directory = Files.createTempDirectory("natterjack-benchmark");
        store = kind.equals("memory") ? new InMemoryStore() : JdbcMessageStore.sqlite(directory.resolve("chat.db"));
        scheduler = new SystemScheduler("benchmark-timer");
        queue = queue(store);
        flow = new Flow();
    }

    /** Closes what was opened. */
    @TearDown(Level.Iteration)
    public void close() throws IOException {
        queue.close();
        scheduler.close();
        store.close();
        try (Stream<Path> files = Files.list(directory)) {
            files.forEach(file -> file.toFile().delete());
        }
        Files.delete(directory);
    }

    /** A batch goes to the store itself. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public List<Outcome> appendBatch() {
        return store.append(Stream.generate(this::draft).limit(BATCH).toList());
    }

    /** Messages go through the queue, one commit each. */
    @Benchmark
    public Outcome appendThroughTheQueue() {
        return queue.append(draft(), flow).toCompletableFuture().join();
    }

    private Draft draft() {
        return new Draft(ROOM, ADA, new ClientId("c-" + number++), BODY);
    }

    /** A room of many sinks. */
    @State(Scope.Benchmark)
    public static class FullRoom {
        private final InMemoryStore store = new InMemoryStore();
        private final SystemScheduler scheduler = new SystemScheduler("benchmark-timer");
        private final LocalRouter router =
                new LocalRouter(new StoreReads(store, HERE), HERE, scheduler, LocalRouter.Bounds.DEFAULT);
        private long number;
        private long seen;

        /** Fills the room. */
        @Setup
        public void fill() {
            for (int i = 0; i < SINKS; i++) {
                RoomSink sink = (events, frame) -> seen += frame.size();
                CompletableFuture<?> live = router.attach(ROOM, sink)
                        .thenCompose(head -> router.follow(ROOM, sink, head.seq()))
                        .toCompletableFuture();
                live.join();
            }
        }

        RoomEvent next() {
            Draft draft = new Draft(ROOM, ADA, new ClientId("c-" + number++), BODY);
            return draft.accepted(
                    (Outcome.Accepted) store.append(List.of(draft)).get(0));
        }
    }

    /** One message to a thousand sinks, per sink. */
    @Benchmark
    @OperationsPerInvocation(SINKS)
    public void fanOut(FullRoom room, Blackhole hole) {
        room.router.committed(List.of(room.next()));
        hole.consume(room.seen);
    }
}
