package io.natterjack.server;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** The pools of a server, named. All are daemons: it is the transport that keeps a process alive. */
final class ServerThreads implements AutoCloseable {
    private static final int READERS = 4;

    private final ExecutorService lanes;
    private final ExecutorService committers;
    private final ExecutorService readers;

    ServerThreads(int committerCount) {
        lanes = pool("chat-lane", Math.max(2, Runtime.getRuntime().availableProcessors()));
        committers = pool("chat-commit", committerCount);
        readers = pool("chat-read", READERS);
    }

    private static ExecutorService pool(String name, int threads) {
        AtomicInteger number = new AtomicInteger();
        return Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Runs what never blocks: sessions and rooms. */
    Executor lanes() {
        return lanes;
    }

    /** Runs the store's appends. */
    Executor committers() {
        return committers;
    }

    /** Runs the store's reads, so that they don't wait behind appends. */
    Executor readers() {
        return readers;
    }

    @Override
    public void close() {
        lanes.shutdown();
        committers.shutdown();
        readers.shutdown();
    }
}
