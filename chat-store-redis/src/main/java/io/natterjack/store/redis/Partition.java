package io.natterjack.store.redis;

import io.natterjack.store.redis.connection.Answers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A part of the rooms, and the incarnation that it is in as far as is known here.
 *
 * <p><b>Threads.</b> Any thread may call. The first that finds that it isn't known looks; others wait for it.
 */
final class Partition {
    private final int number;
    private final Recovery recovery;
    private final AtomicLong connectionChanges;
    private final AtomicReference<@Nullable CompletableFuture<Life>> opening = new AtomicReference<>();
    private volatile @Nullable Life life;

    /** Makes one; {@code connectionChanges} goes up whenever a connection is lost or made. */
    Partition(int number, Recovery recovery, AtomicLong connectionChanges) {
        this.number = number;
        this.recovery = recovery;
        this.connectionChanges = connectionChanges;
    }

    /** Returns the incarnation that it is in. Blocks if a connection has changed since somebody asked. */
    Life current() {
        return current(0);
    }

    /** Returns the incarnation that it is in; if one has to begin, at {@code now}, Unix milliseconds, or 0 for the server's time. */
    Life current(long now) {
        Life known = life;
        return known != null && known.checkedAt() == connectionChanges.get() ? known : open(now);
    }

    /** Forgets {@code lost}, which Redis doesn't know any more. */
    void forget(Life lost) {
        Life known = life;
        if (known != null && known.incarnation().equals(lost.incarnation())) {
            // Its epoch is kept: none below it is ever begun.
            life = new Life(known.incarnation(), -1, known.scripts());
        }
    }

    private Life open(long now) {
        CompletableFuture<Life> mine = new CompletableFuture<>();
        CompletableFuture<Life> running = opening.compareAndExchange(null, mine);
        if (running != null) {
            return Answers.of(running);
        }
        try {
            Life before = life;
            long checkedAt = connectionChanges.get();
            Life opened = recovery.open(number, before == null ? 0 : before.epoch(), now, checkedAt);
            life = opened;
            mine.complete(opened);
            return opened;
        } finally {
            // Whoever waits fares no better than this.
            mine.cancel(false);
            opening.set(null);
        }
    }
}
