package io.natterjack.store.jdbc;

import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a store does by itself while a server uses it, a bounded slice once a second: looks into the outbox, and removes what is too
 * old. Of all servers on a database one does it, as long as it renews its lease; two at once, while a lease changes hands, do no harm.
 *
 * <p><b>Threads.</b> Slices run on the threads that were passed in, one at a time.
 */
final class Housekeeping implements MessageStore.Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** How long a lease is good for without being renewed, in milliseconds. */
    private static final long LEASE_MILLIS = 5_000;

    private static final String LEASE = "housekeeping";

    private final String holder = UUID.randomUUID().toString();
    private final Connections connections;
    private final Dialect dialect;
    private final OutboxRelay relay;
    private final Retention retention;
    private final PersistenceQueue queue;
    private final Scheduler scheduler;
    private final Executor threads;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile Scheduler.Cancellable next = () -> {};

    Housekeeping(
            Connections connections,
            Dialect dialect,
            OutboxRelay relay,
            Retention retention,
            PersistenceQueue queue,
            Scheduler scheduler,
            Executor threads) {
        this.connections = connections;
        this.dialect = dialect;
        this.relay = relay;
        this.retention = retention;
        this.queue = queue;
        this.scheduler = scheduler;
        this.threads = threads;
        later();
    }

    private void later() {
        if (!closed.get()) {
            next = scheduler.after(PAUSE, () -> {
                try {
                    threads.execute(this::slice);
                } catch (RejectedExecutionException shutDown) {
                    close();
                }
            });
        }
    }

    private void slice() {
        try {
            if (!closed.get() && hasLease()) {
                relay.look();
                retention.slice(queue);
            }
        } catch (RuntimeException failure) {
            LOG.debug("Housekeeping failed, trying again: {}", failure.toString());
        } finally {
            later();
        }
    }

    /** Renews the lease, or takes one that nobody has renewed in time. By the database's clock: those of processes differ. */
    private boolean hasLease() {
        String now = dialect.nowMillis();
        return connections.writing().withHandle(handle -> {
            int had = handle.execute(
                    "update chat_lease set holder = ?, until_ms = " + now
                            + " + ? where name = ? and (holder = ? or until_ms < " + now + ")",
                    holder,
                    LEASE_MILLIS,
                    LEASE,
                    holder);
            if (had > 0) {
                return true;
            }
            boolean isThere = handle.createQuery("select count(*) from chat_lease where name = ?")
                            .bind(0, LEASE)
                            .mapTo(Integer.class)
                            .one()
                    > 0;
            // Two that insert at once: one fails, and asks again in a second.
            return !isThere
                    && handle.execute(
                                    "insert into chat_lease (name, holder, until_ms) values (?, ?, " + now + " + ?)",
                                    LEASE,
                                    holder,
                                    LEASE_MILLIS)
                            > 0;
        });
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        next.cancel();
        relay.close();
        try {
            threads.execute(this::giveLeaseBack);
        } catch (RejectedExecutionException shutDown) {
            LOG.debug("The lease isn't given back; it runs out by itself");
        }
    }

    private void giveLeaseBack() {
        try {
            connections
                    .writing()
                    .useHandle(handle -> handle.execute(
                            "update chat_lease set until_ms = 0 where name = ? and holder = ?", LEASE, holder));
        } catch (RuntimeException failure) {
            LOG.debug("The lease isn't given back; it runs out by itself: {}", failure.toString());
        }
    }
}
