package io.natterjack.store.redis.connection;

import io.lettuce.core.RedisURI;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A connection that hears the channels of one server, and the next one when that is lost.
 *
 * <p><b>Threads.</b> The upkeep lane only.
 */
final class Ear {
    /** What an ear tells; on the upkeep lane but for {@link #heard}. */
    interface Owner {
        /** Takes a text, on a thread of Lettuce. */
        void heard(String text);

        /** All channels are heard after some of them weren't. */
        void hearing();

        /** The connection is gone, or channels are no longer on this server. */
        void lost(Ear ear, @Nullable Throwable why);
    }

    private final RedisConnections connections;
    private final RedisURI server;
    private final Executor lane;
    private final Owner owner;

    private Set<String> wanted = Set.of();
    private final Set<String> heard = new HashSet<>();
    private final Set<String> asked = new HashSet<>();
    private @Nullable StatefulRedisPubSubConnection<String, String> connection;
    // Tells the present connection from those before, whose news may still come in.
    private long generation;
    private boolean opening;
    private boolean closed;
    private Iterator<String> probed = Set.<String>of().iterator();

    Ear(RedisConnections connections, RedisURI server, Executor lane, Owner owner) {
        this.connections = connections;
        this.server = server;
        this.lane = lane;
        this.owner = owner;
    }

    /** Hears these channels from now on, and opens a connection if there is none. */
    void want(Set<String> channels) {
        wanted = channels;
        if (connection == null) {
            open();
        } else {
            subscribe(connection);
        }
    }

    private void open() {
        if (opening || closed) {
            return;
        }
        opening = true;
        long opened = ++generation;
        connections
                .subscribing(server, subscriber(opened))
                .whenComplete((made, failure) -> lane.execute(() -> opened(opened, made, failure)));
    }

    private RedisConnections.Subscriber subscriber(long opened) {
        return new RedisConnections.Subscriber() {
            @Override
            public void heard(String text) {
                owner.heard(text);
            }

            @Override
            public void taken(String channel) {
                lane.execute(() -> {
                    if (generation == opened && heard.remove(channel) && wanted.contains(channel)) {
                        owner.lost(Ear.this, null);
                    }
                });
            }

            @Override
            public void gone() {
                lane.execute(() -> {
                    if (generation == opened && connection != null) {
                        reopen();
                    }
                });
            }
        };
    }

    private void opened(
            long opened, @Nullable StatefulRedisPubSubConnection<String, String> made, @Nullable Throwable failure) {
        if (generation != opened || closed) {
            if (made != null) {
                made.closeAsync();
            }
            return;
        }
        opening = false;
        if (made == null) {
            owner.lost(this, failure);
        } else if (!made.isOpen()) {
            made.closeAsync();
            owner.lost(this, null);
        } else {
            connection = made;
            subscribe(made);
        }
    }

    /** One command a channel: those of one command would have to be in one slot. */
    private void subscribe(StatefulRedisPubSubConnection<String, String> to) {
        long now = generation;
        for (String channel : Set.copyOf(heard)) {
            if (!wanted.contains(channel)) {
                heard.remove(channel);
                to.async().sunsubscribe(channel);
            }
        }
        for (String channel : wanted) {
            if (!heard.contains(channel) && asked.add(channel)) {
                to.async()
                        .ssubscribe(channel)
                        .whenComplete((done, failure) -> lane.execute(() -> subscribed(now, channel, failure)));
            }
        }
    }

    private void subscribed(long at, String channel, @Nullable Throwable failure) {
        if (at != generation) {
            return;
        }
        asked.remove(channel);
        if (failure == null) {
            heard.add(channel);
            if (asked.isEmpty() && isHearing()) {
                owner.hearing();
            }
        } else {
            owner.lost(this, failure);
        }
    }

    /** Tells whether every channel is heard, as far as can be seen. */
    boolean isHearing() {
        return connection != null && heard.containsAll(wanted);
    }

    /** Returns the next channel to be tried out; none if nothing is heard. */
    @Nullable
    String nextProbed() {
        if (heard.isEmpty()) {
            return null;
        }
        if (!probed.hasNext()) {
            probed = Set.copyOf(heard).iterator();
        }
        return probed.next();
    }

    /** Gives the connection up, however healthy it looks, for a new one. */
    void reopen() {
        drop();
        owner.lost(this, null);
    }

    /** Hears no more; what is returned completes when the connection is closed. */
    CompletableFuture<?> close() {
        closed = true;
        return drop();
    }

    private CompletableFuture<?> drop() {
        generation++;
        opening = false;
        heard.clear();
        asked.clear();
        StatefulRedisPubSubConnection<String, String> dropped = connection;
        connection = null;
        // Also one that is lost: Lettuce keeps it until it's closed.
        return dropped == null ? CompletableFuture.completedFuture(null) : dropped.closeAsync();
    }
}
