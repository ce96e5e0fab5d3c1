package io.natterjack.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.StoreException;
import io.natterjack.server.InMemoryStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StoreReadsTest {
    private final InMemoryStore store = new InMemoryStore();

    /** What the threads have been given and haven't begun. */
    private final Deque<Runnable> given = new ArrayDeque<>();

    private final List<String> done = new ArrayList<>();
    private final StoreReads reads = new StoreReads(store, given::add, 3);

    @AfterEach
    void close() {
        store.close();
    }

    private CompletableFuture<Boolean> ask(String name) {
        return reads.ask(store -> done.add(name));
    }

    private void runAll() {
        while (!given.isEmpty()) {
            given.remove().run();
        }
    }

    private static StoreException.Kind failure(CompletableFuture<?> read) {
        assertThat(read).isCompletedExceptionally();
        try {
            read.join();
            throw new AssertionError("it succeeded");
        } catch (CompletionException failed) {
            return ((StoreException) failed.getCause()).kind();
        }
    }

    @Test
    void whatClientsAskForLeavesAThreadForTheServer() {
        for (int i = 0; i < 10; i++) {
            ask("search " + i);
        }
        assertThat(given).as("threads that are taken").hasSize(3);
        reads.read(store -> done.add("is the token revoked?"));
        assertThat(given).hasSize(4);
        given.removeLast().run();
        assertThat(done).containsExactly("is the token revoked?");
    }

    @Test
    void whatWaitsIsDoneInOrderThoughSomeOfItThrows() {
        for (int i = 0; i < 5; i++) {
            ask("search " + i);
        }
        CompletableFuture<Boolean> failing = reads.ask(store -> {
            throw new IllegalStateException("planted");
        });
        ask("the last");
        runAll();
        assertThat(done).containsExactly("search 0", "search 1", "search 2", "search 3", "search 4", "the last");
        assertThat(failure(failing)).isEqualTo(StoreException.Kind.UNAVAILABLE);
        ask("a later one");
        runAll();
        assertThat(done).endsWith("a later one");
    }

    @Test
    void beyondTheBoundReadsAreRefusedAndTheStoreIsAsWellAsItWas() {
        for (int i = 0; i < StoreReads.MAX_WAITING; i++) {
            ask("search");
        }
        assertThat(failure(ask("one too many"))).isEqualTo(StoreException.Kind.UNAVAILABLE);
        assertThat(reads.isAnswering()).isTrue();

        CompletableFuture<Boolean> own = reads.read(store -> true);
        assertThat(own).as("the server's own").isNotCompletedExceptionally();
        runAll();
        assertThat(own).isCompleted();
        assertThat(ask("there is room again")).isNotCompletedExceptionally();
    }

    @Test
    void theServersOwnReadsAreBoundedToo() {
        for (int i = 0; i < StoreReads.MAX_WAITING; i++) {
            reads.read(store -> true);
        }
        assertThat(failure(reads.read(store -> true))).isEqualTo(StoreException.Kind.UNAVAILABLE);
        runAll();
        assertThat(reads.read(store -> true)).isNotCompletedExceptionally();
    }

    @Test
    void afterTheEndReadsAreRefused() {
        StoreReads over = new StoreReads(
                store,
                task -> {
                    throw new RejectedExecutionException("planted");
                },
                1);
        assertThat(failure(over.ask(store -> true))).isEqualTo(StoreException.Kind.UNAVAILABLE);
        assertThat(failure(over.ask(store -> true))).isEqualTo(StoreException.Kind.UNAVAILABLE);
    }
}
