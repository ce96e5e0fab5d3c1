package io.natterjack.store.redis.queue;

import io.lettuce.core.StreamMessage;
import io.natterjack.core.StoreException;
import io.natterjack.core.spi.Fence;
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.core.spi.QueueFactory;
import io.natterjack.core.spi.Scheduler.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Takes one stream's drafts to the store, for as long as this node has the stream.
 *
 * <p>It raises the stream's fence first, so that what the worker before it still appends comes to nothing. Then it works in rounds: it
 * reads what has waited longest, appends that in order, tells the senders, and takes out what is decided. What isn't (the store is away,
 * a right may have been taken) it appends again, without end, before it reads on: nothing overtakes. An entry stays in the stream until
 * it is decided or refused for now, so whoever has the stream next finds all of it; what was appended already is a duplicate then.
 *
 * <p>When Redis fails, or another node has the stream, it ends. Where the worker before it ended without getting through one round, it
 * goes on with one draft at a time, until the one at fault stands alone; when that has ended workers often enough, it is kept aside.
 *
 * <p><b>Threads.</b> One step at a time, on whatever thread completes the one before: Lettuce's, the inner queue's, the timer. The store
 * is called on the threads of the context only.
 */
final class StreamWorker {
    private static final int BATCH = 128;
    private static final Duration IDLE = Duration.ofMillis(500);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(25);
    private static final int MAX_DOUBLINGS = 5;
    /** After so long without a decision the fence may have been raised behind this worker's back. */
    private static final Duration FENCE_PATIENCE = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(StreamWorker.class);

    private final int stream;
    private final QueueSettings settings;
    private final QueueScripts scripts;
    private final QueueFactory.Context context;
    private final StreamStrikes strikes;
    private final StreamAppends appends;
    private final StreamPermits permits;
    private final StreamOutcomes outcomes;
    private final Consumer<StreamWorker> ended;
    private final Object lock = new Object();

    // Guarded by lock.
    private boolean atFault;
    private boolean working = true;
    private boolean woken;
    private boolean stopped;
    private @Nullable PersistenceQueue inner;
    private @Nullable Cancellable poll;

    // One step at a time.
    private int pauses;
    private long decidedAt;

    /**
     * Makes a worker.
     *
     * @param outcomes tell the senders
     * @param ended is told when the worker ends by itself
     */
    StreamWorker(
            int stream,
            QueueSettings settings,
            QueueScripts scripts,
            QueueFactory.Context context,
            StreamOutcomes outcomes,
            Consumer<StreamWorker> ended) {
        this.stream = stream;
        this.settings = settings;
        this.scripts = scripts;
        this.context = context;
        this.strikes = new StreamStrikes(stream, scripts, BATCH);
        this.appends = new StreamAppends(stream, settings);
        this.permits = new StreamPermits(stream, settings, context);
        this.outcomes = outcomes;
        this.ended = ended;
    }

    int stream() {
        return stream;
    }

    /**
     * Begins. Called once, after the stream was taken for this node.
     *
     * @param isForgiven whether the one before it ended for no fault of a draft's
     */
    void start(boolean isForgiven) {
        if (isForgiven) {
            strikes.forgive();
        }
        start();
    }

    private void start() {
        try {
            context.threads().execute(this::begin);
        } catch (RejectedExecutionException shutDown) {
            end("this process ends");
        }
    }

    private void begin() {
        if (isStopped()) {
            return;
        }
        PersistenceQueue opened;
        try {
            Fence fence = context.store().raiseFence(settings.fenceName(stream));
            opened = context.committing(fence);
        } catch (RuntimeException | Error failure) {
            boolean away = failure instanceof StoreException known && known.kind() == StoreException.Kind.UNAVAILABLE;
            LOG.atLevel(away ? Level.DEBUG : Level.WARN)
                    .log("Stream {} waits for the store: {}", stream, failure.toString());
            context.scheduler().after(pause(), this::start);
            return;
        }
        boolean late;
        synchronized (lock) {
            late = stopped;
            inner = opened;
        }
        decidedAt = context.scheduler().nanoTime();
        if (late) {
            opened.close();
        } else {
            strike();
        }
    }

    /** Reads when it is noted that somebody has begun with what has waited longest. */
    private void strike() {
        strikes.strike().whenComplete((count, failure) -> {
            if (failure != null) {
                end("Redis can't be reached: " + failure);
            } else {
                strikes.struck(count.intValue());
                readFirst(strikes.isCareful() ? 1 : BATCH, count.intValue());
            }
        });
    }

    private Duration pause() {
        return FIRST_PAUSE.multipliedBy(1L << Math.min(MAX_DOUBLINGS, pauses++));
    }

    /** There may be something to do. */
    void wake() {
        synchronized (lock) {
            woken = true;
            if (working || stopped) {
                return;
            }
            working = true;
            woken = false;
            if (poll != null) {
                poll.cancel();
            }
        }
        read();
    }

    private void read() {
        if (isStopped()) {
            return;
        }
        if (strikes.isCareful()) {
            strikes.beginRound();
            strike();
        } else {
            readFirst(BATCH, 0);
        }
    }

    private void readFirst(int count, int struck) {
        scripts.read(stream, count).whenComplete((messages, failure) -> {
            if (messages == null) {
                end("Redis can't be reached: " + failure);
            } else if (messages.isEmpty()) {
                strikes.nothingWaits();
                idle();
            } else {
                guarded(() -> received(messages, struck));
            }
        });
    }

    private void received(List<StreamMessage<String, String>> messages, int struck) {
        List<StreamEntry> entries = messages.stream().map(StreamEntry::of).toList();
        decidedAt = context.scheduler().nanoTime();
        if (struck > settings.tries()) {
            entries.get(0).bury("it ended its worker " + (struck - 1) + " times");
        }
        round(entries);
    }

    private void idle() {
        synchronized (lock) {
            if (!woken) {
                working = false;
                // A wake that was lost is made up for.
                poll = stopped ? null : context.scheduler().after(IDLE, this::wake);
                return;
            }
            woken = false;
        }
        read();
    }

    /** Appends what isn't decided, in order. */
    private void round(List<StreamEntry> entries) {
        PersistenceQueue queue;
        synchronized (lock) {
            queue = inner;
        }
        if (queue == null || isStopped()) {
            return;
        }
        appends.append(queue, entries).whenComplete((done, late) -> {
            if (late == null) {
                guarded(() -> permit(entries));
            } else {
                // A store that is slow is no fault of a draft's.
                end("drafts aren't answered");
            }
        });
    }

    /** Asks again for those that were permitted before something changed, and goes on when all are answered. */
    private void permit(List<StreamEntry> entries) {
        strikes.absolve();
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (StreamEntry entry : entries) {
            if (entry.isStale() && !isStopped()) {
                answers.add(permits.ask(entry));
            }
        }
        CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                .whenComplete((done, none) -> guarded(() -> {
                    permits.giveUp(entries);
                    settle(entries);
                }));
    }

    /** Tells the senders, and takes out what is decided. */
    private void settle(List<StreamEntry> entries) {
        if (isStopped()) {
            return;
        }
        List<StreamEntry> decided =
                entries.stream().filter(StreamEntry::isDecided).toList();
        List<StreamEntry> rest =
                entries.stream().filter(entry -> !entry.isDecided()).toList();
        if (!decided.isEmpty() || !rest.stream().allMatch(StreamEntry::isPutOff)) {
            decidedAt = context.scheduler().nanoTime();
        }
        if (decided.isEmpty()) {
            again(rest);
            return;
        }
        pauses = 0;
        // What the store has, it has. A refusal counts only while the stream is this node's: the next one may decide
        // otherwise.
        outcomes.tell(decided.stream().filter(StreamEntry::isAccepted).toList());
        scripts.settle(
                        stream,
                        decided.stream()
                                .map(entry -> new QueueScripts.Settled(
                                        entry.id, entry.deadReason(), entry.isGivenUp() ? entry.node : ""))
                                .toList())
                .whenComplete((mine, failure) -> {
                    if (!Boolean.TRUE.equals(mine)) {
                        end(failure == null ? "another node has it" : "Redis can't be reached: " + failure);
                        return;
                    }
                    guarded(() -> {
                        outcomes.tell(decided.stream()
                                .filter(entry -> !entry.isAccepted())
                                .toList());
                        goOn(rest);
                    });
                });
    }

    private void goOn(List<StreamEntry> rest) {
        if (rest.isEmpty()) {
            read();
        } else {
            again(rest);
        }
    }

    /** Appends the rest again: at once if it only had to be permitted, else when some time has passed and the stream is still here. */
    private void again(List<StreamEntry> rest) {
        if (rest.stream().allMatch(StreamEntry::isFresh)) {
            round(rest);
            return;
        }
        context.scheduler()
                .after(
                        pause(),
                        () -> scripts.renew(stream).whenComplete((mine, failure) -> {
                            if (!Boolean.TRUE.equals(mine)) {
                                end(failure == null ? "another node has it" : "Redis can't be reached: " + failure);
                            } else if (isPerhapsFenced()) {
                                end("the store has decided nothing for long; its fence is raised anew");
                            } else {
                                guarded(() -> round(rest));
                            }
                        }));
    }

    /** A raise that an earlier worker had under way may have come after this one's: all that this one appends is fenced off then. */
    private boolean isPerhapsFenced() {
        return context.scheduler().nanoTime() - decidedAt >= FENCE_PATIENCE.toNanos();
    }

    /** Whatever goes wrong in a step ends the worker rather than to leave it where it is. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error failure) {
            LOG.error("The worker of stream {} failed", stream, failure);
            fail("it failed");
        }
    }

    private void fail(String why) {
        synchronized (lock) {
            atFault = true;
        }
        end(why);
    }

    /** Tells whether it ended because of what it had to do. */
    boolean isAtFault() {
        synchronized (lock) {
            return atFault;
        }
    }

    private void end(String why) {
        if (!isStopped()) {
            LOG.info("Stream {} is left: {}", stream, why);
            stop();
            ended.accept(this);
        }
    }

    private boolean isStopped() {
        synchronized (lock) {
            return stopped;
        }
    }

    /** Ends at once. What is under way may still come to the store, until somebody raises the fence. */
    void stop() {
        PersistenceQueue closing;
        synchronized (lock) {
            if (stopped) {
                return;
            }
            stopped = true;
            closing = inner;
            if (poll != null) {
                poll.cancel();
            }
        }
        if (closing != null) {
            closing.close();
        }
    }
}
