package io.natterjack.server;

import io.natterjack.core.lane.LaneThreads;
import io.natterjack.core.spi.MessageStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The pools of a server, named. All are daemons: it is the transport that keeps a process alive. */
final class ServerThreads implements AutoCloseable {
    private static final int READERS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final List<ExecutorService> pools = new ArrayList<>();
    private final LaneThreads lanes;
    private final Executor committers;
    private final Executor readers;

    /** Starts what a server over {@code store} needs. */
    ServerThreads(MessageStore store) {
        int processors = Runtime.getRuntime().availableProcessors();
        lanes = new LaneThreads("chat-lane", Math.max(2, processors), processors);
        committers = store.mayBlock() ? pool("chat-commit", Math.max(1, store.appendConcurrency())) : lanes;
        readers = store.mayBlock() ? pool("chat-read", READERS) : lanes;
    }

    private ExecutorService pool(String name, int threads) {
        AtomicInteger number = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        pools.add(pool);
        return pool;
    }

    /** Runs what never blocks: sessions and rooms. */
    Executor lanes() {
        return lanes;
    }

    /** Runs the store's appends. */
    Executor committers() {
        return committers;
    }

    /** Runs the store's reads, so that they don't wait behind appends that block. */
    Executor readers() {
        return readers;
    }

    /** Waits a moment for what is at the store, which somebody may close next. */
    @Override
    public void close() {
        lanes.close();
        pools.forEach(ExecutorService::shutdown);
        try {
            for (ExecutorService pool : pools) {
                pool.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
