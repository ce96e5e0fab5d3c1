package io.natterjack.store.redis.connection;

import io.lettuce.core.RedisURI;
import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears all channels of a node, on whichever servers they are now. Looks after that once a second, and every {@link #PROBE_EVERY} has each
 * connection hear a text of the node itself: one can look healthy after a fail-over and hear nothing.
 *
 * <p><b>Threads.</b> The upkeep lane; {@link #isHearing} and {@link #first} any.
 */
public final class Ears implements Ear.Owner {
    /** What ears tell. */
    public interface Owner {
        /** Takes a text, on a thread of Lettuce. */
        void heard(String text);

        /** Texts may have been lost. */
        void regained();

        /** Returns what isn't so, for a log, while nothing is heard. */
        String without();

        /**
         * Sends a text to that channel which comes back to {@link Ears#probeHeard} with this number. What is returned fails if it wasn't sent,
         * as far as is known.
         */
        CompletionStage<?> probe(String channel, long number);
    }

    static final Duration PROBE_EVERY = Duration.ofSeconds(5);
    static final Duration PROBE_PATIENCE = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(Ears.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final RedisConnections connections;
    private final List<String> channels;
    private final Scheduler scheduler;
    private final Executor lane;
    private final Owner owner;
    private final CompletableFuture<Void> first = new CompletableFuture<>();

    // Upkeep lane only.
    private final Map<RedisURI, Ear> ears = new HashMap<>();
    private final Map<Ear, Long> probing = new HashMap<>();
    private long probes;
    private boolean refreshing;
    private boolean closed;
    private boolean missed;
    private @Nullable Throwable lastFailure;

    private volatile boolean hearing;

    public Ears(RedisConnections connections, List<String> channels, Scheduler scheduler, Executor lane, Owner owner) {
        this.connections = connections;
        this.channels = List.copyOf(channels);
        this.scheduler = scheduler;
        this.lane = lane;
        this.owner = owner;
    }

    /** Begins to hear. */
    public void open() {
        every(LOOK_EVERY, this::look);
        every(PROBE_EVERY, this::probeAll);
        lane.execute(this::look);
    }

    private void every(Duration period, Runnable task) {
        scheduler.after(
                period,
                () -> lane.execute(() -> {
                    if (!closed) {
                        every(period, task);
                        task.run();
                    }
                }));
    }

    /** Completes when all channels are heard for the first time; fails if they mustn't be. */
    public CompletableFuture<Void> first() {
        return first;
    }

    /** Tells whether all channels are heard, as far as is known. */
    public boolean isHearing() {
        return hearing;
    }

    /** Returns what went wrong last. Upkeep lane only. */
    @Nullable
    public Throwable lastFailure() {
        return lastFailure;
    }

    private void look() {
        if (closed) {
            return;
        }
        connections.reachMasters();
        Map<RedisURI, Set<String>> places = connections.placesOf(channels);
        ears.entrySet().removeIf(each -> {
            boolean gone = !places.containsKey(each.getKey());
            if (gone) {
                probing.remove(each.getValue());
                each.getValue().close();
            }
            return gone;
        });
        places.forEach(
                (server, there) -> ears.computeIfAbsent(server, added -> new Ear(connections, server, lane, this))
                        .want(there));
        judge();
    }

    private void judge() {
        Map<RedisURI, Set<String>> places = connections.placesOf(channels);
        hearing = !closed
                && places.values().stream().mapToInt(Set::size).sum() == channels.size()
                && ears.keySet().equals(places.keySet())
                && ears.values().stream().allMatch(Ear::isHearing);
        if (hearing) {
            lastFailure = null;
            first.complete(null);
            if (missed) {
                missed = false;
                LOG.info("Redis is there again: all channels are heard");
            }
        }
    }

    @Override
    public void heard(String text) {
        owner.heard(text);
    }

    @Override
    public void hearing() {
        judge();
        owner.regained();
    }

    @Override
    public void lost(Ear ear, @Nullable Throwable why) {
        hearing = false;
        // What was on its way to the connection before says nothing about the next one.
        probing.remove(ear);
        if (why != null) {
            lastFailure = why;
            failIfForbidden(why);
            sayThatItIsAway(why);
        }
        if (refreshing || closed) {
            return;
        }
        refreshing = true;
        connections
                .refresh()
                .whenComplete((done, failure) -> lane.execute(() -> {
                    refreshing = false;
                    if (why == null) {
                        // What failed is tried again at the next look only.
                        look();
                    }
                }));
    }

    /** Other refusals pass, as while a slot of a Cluster moves; nobody gets a right by waiting. */
    private void failIfForbidden(Throwable why) {
        if (RedisWhy.refusal(why)
                .filter(refusal -> refusal.startsWith("NOPERM"))
                .isPresent()) {
            first.completeExceptionally(why);
        }
    }

    /** Only what fails when it is tried again is worth a line: a slot of a Cluster that moves loses a connection too. */
    private void sayThatItIsAway(Throwable why) {
        if (!missed && !closed && first.isDone()) {
            missed = true;
            LOG.warn("Redis can't be reached {}: {}", RedisWhy.inBrackets(why), owner.without());
        }
    }

    private void probeAll() {
        for (Ear ear : ears.values()) {
            String channel = ear.nextProbed();
            if (channel != null && !probing.containsKey(ear)) {
                long number = ++probes;
                probing.put(ear, number);
                owner.probe(channel, number)
                        .whenComplete((sent, failure) -> lane.execute(() -> probed(ear, number, failure)));
            }
        }
    }

    /** What this node itself held back can't be missed; what Redis doesn't take is, since it takes no texts of others then either. */
    private void probed(Ear ear, long number, @Nullable Throwable failure) {
        if (failure == null) {
            scheduler.after(PROBE_PATIENCE, () -> lane.execute(() -> probeMissed(ear, number)));
        } else if (failure instanceof RejectedExecutionException) {
            probing.remove(ear, number);
        } else {
            probeMissed(ear, number);
        }
    }

    private void probeMissed(Ear ear, long number) {
        if (!closed && probing.remove(ear, number)) {
            LOG.warn("A Redis connection that should have heard something didn't; it is opened anew");
            ear.reopen();
        }
    }

    /** Takes the number of a probe that has come back. Any thread. */
    public void probeHeard(long number) {
        lane.execute(() -> probing.values().remove(number));
    }

    /** Hears no more; what is returned completes when the connections are closed. */
    public CompletableFuture<Void> close() {
        closed = true;
        hearing = false;
        CompletableFuture<Void> done =
                CompletableFuture.allOf(ears.values().stream().map(Ear::close).toArray(CompletableFuture[]::new));
        ears.clear();
        probing.clear();
        return done;
    }
}
