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
    private final Leases leases;
    private final OutboxRelay relay;
    private final Retention retention;
    private final PersistenceQueue queue;
    private final Scheduler scheduler;
    private final Executor threads;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile Scheduler.Cancellable next = () -> {};

    Housekeeping(
            Leases leases,
            OutboxRelay relay,
            Retention retention,
            PersistenceQueue queue,
            Scheduler scheduler,
            Executor threads) {
        this.leases = leases;
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
            if (!closed.get() && leases.take(LEASE, holder, LEASE_MILLIS)) {
                relay.look();
                retention.slice(queue);
            }
        } catch (RuntimeException failure) {
            LOG.debug("Housekeeping failed, trying again: {}", failure.toString());
        } finally {
            later();
        }
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
            leases.giveBack(LEASE, holder);
        } catch (RuntimeException failure) {
            LOG.debug("The lease isn't given back; it runs out by itself: {}", failure.toString());
        }
    }
}
