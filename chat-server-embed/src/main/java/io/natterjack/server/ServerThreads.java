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
    private static final Duration PARTING = Duration.ofSeconds(1);

    /** The most threads that what clients ask for may have: one is left for those who come. */
    static final int ASKS_AT_ONCE = READERS - 1;

    private final List<ExecutorService> pools = new ArrayList<>();
    private final LaneThreads lanes;
    private final Executor committers;
    private final Executor readers;

    /**
     * Starts what a server over {@code store} needs.
     *
     * @param readsBlock whether the application's code among the reads may block, whatever the store does
     */
    ServerThreads(MessageStore store, boolean readsBlock) {
        boolean storeBlocks = store.mayBlock();
        int concurrency = Math.max(1, store.appendConcurrency());
        int processors = Runtime.getRuntime().availableProcessors();
        lanes = new LaneThreads("chat-lane", Math.max(2, processors), processors);
        committers = storeBlocks ? pool("chat-commit", concurrency) : lanes;
        readers = storeBlocks || readsBlock ? pool("chat-read", READERS) : lanes;
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

    /** Runs the store's reads, so that they don't wait behind appends that block. Takes all: who gives bounds what it has under way. */
    Executor readers() {
        return readers;
    }

    /** Takes no more tasks, and waits a moment until those that are in are done: whoever passed the store in closes it next. */
    @Override
    public void close() {
        lanes.close();
        pools.forEach(ExecutorService::shutdown);
        long end = System.nanoTime() + PARTING.toNanos();
        try {
            for (ExecutorService pool : pools) {
                boolean unused = pool.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }
}
