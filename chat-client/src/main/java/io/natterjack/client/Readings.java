package io.natterjack.client;

import io.natterjack.core.ErrorCode;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.Page;
import io.natterjack.core.RoomId;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ServerFrame;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Pages of history that the application waits for. Reading changes nothing, so that what a lost connection didn't answer is
 * simply asked again on the next one.
 *
 * <p><b>Threads.</b> Any thread reserves; all else is for the lane.
 */
final class Readings {
    /** How many may be open at once. */
    static final int MAX_OPEN = 100;

    private final Loop loop;
    private final Deliveries deliveries;
    private final Runnable changed;
    private final AtomicInteger reserved = new AtomicInteger();

    // Lane only.
    private final Set<Reading> open = new LinkedHashSet<>();
    private int generation;

    /**
     * Makes an empty one.
     *
     * @param changed run on the lane when {@link #pump} may have more to do
     */
    Readings(Loop loop, Deliveries deliveries, Runnable changed) {
        this.loop = loop;
        this.deliveries = deliveries;
        this.changed = changed;
    }

    /** Makes room for one more; false if there is none. Any thread. */
    boolean reserve() {
        if (reserved.incrementAndGet() <= MAX_OPEN) {
            return true;
        }
        reserved.decrementAndGet();
        return false;
    }

    /** Takes a reading for which there is room. */
    void add(OptionalLong epoch, HistoryQuery query, CompletableFuture<Page> promise) {
        open.add(new Reading(epoch, query, promise));
    }

    boolean has(RoomId room) {
        return open.stream().anyMatch(reading -> reading.query.room().equals(room));
    }

    /** The connection is another one, or gone. */
    void restart() {
        generation++;
        open.forEach(reading -> reading.isAsked = false);
    }

    /** Asks for what isn't asked for yet. */
    void pump(Link link, Predicate<RoomId> joined) {
        for (Reading reading : new ArrayList<>(open)) {
            if (!reading.isAsked && joined.test(reading.query.room())) {
                reading.ask(link);
            }
        }
    }

    /** Gives up all readings of {@code room}. */
    void fail(RoomId room, ErrorCode code) {
        for (Reading reading : new ArrayList<>(open)) {
            if (reading.query.room().equals(room)) {
                reading.fail(code);
            }
        }
    }

    private final class Reading implements Request {
        private final OptionalLong epoch;
        private final HistoryQuery query;
        private final CompletableFuture<Page> promise;
        private boolean isAsked;

        Reading(OptionalLong epoch, HistoryQuery query, CompletableFuture<Page> promise) {
            this.epoch = epoch;
            this.query = query;
            this.promise = promise;
        }

        void ask(Link link) {
            isAsked = true;
            link.request(id -> new ClientFrame.History(id, epoch, query), this);
        }

        @Override
        public void answered(ServerFrame answer) {
            if (answer instanceof ServerFrame.Messages page) {
                forget();
                deliveries.deliver(page.page().messages().size() * 512, () -> promise.complete(page.page()));
                changed.run();
            }
        }

        @Override
        public void refused(ServerFrame.Refused refusal) {
            if (refusal.retry().isPresent()) {
                int current = generation;
                loop.after(refusal.retry().get(), () -> {
                    if (current == generation) {
                        isAsked = false;
                        changed.run();
                    }
                });
            } else {
                fail(refusal.code());
                changed.run();
            }
        }

        private void fail(ErrorCode code) {
            forget();
            RequestRefusedException failure =
                    new RequestRefusedException("history of room " + query.room() + " was refused", code);
            deliveries.deliver(0, () -> promise.completeExceptionally(failure));
        }

        private void forget() {
            if (open.remove(this)) {
                reserved.decrementAndGet();
            }
        }
    }
}
