package io.natterjack.store.jdbc;

import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.Update;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what committed in the outbox to its rooms, through the queue like all else, and removes it from the outbox when the store has
 * it.
 *
 * <p>A row is consumed because it is there, never because its number is greater than the last one's: transactions commit in another
 * order than they got their numbers in. Several relays may work at once: the row's client id makes it one message, and since each
 * takes a room's rows in the order of their numbers, the order is the same.
 *
 * <p><b>Threads.</b> Any thread nudges. One run at a time, on the threads that were passed in.
 */
final class OutboxRelay {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxRelay.class);

    /** How many messages are under way at once. */
    private static final int PART = 200;

    private static final String ROWS = "select id, room, sender, cid, body from chat_outbox where refused is null";
    private static final String IN_ORDER = " order by id limit " + PART;
    static final String READ = ROWS + IN_ORDER;

    /** How many rooms whose messages are refused for now a look goes round. */
    private static final int MAX_STUCK = 100;

    /** After a nudge the transaction may still be open: when to look, each after the one before, in milliseconds. */
    private static final int[] LOOKS = {1, 2, 4, 8, 15, 30, 60, 120, 250, 500, 1_000};

    private record Row(long id, Draft draft) {}

    // Of the look that runs: rooms whose messages are refused for now.
    private final Set<RoomId> stuck = new HashSet<>();

    private final Connections connections;
    private final PersistenceQueue queue;
    private final Scheduler scheduler;
    private final Executor threads;
    private final Object lock = new Object();

    // Guarded by lock.
    private int nextLook = LOOKS.length;
    private boolean waiting;
    private boolean running;
    private boolean again;
    private boolean closed;

    OutboxRelay(Connections connections, PersistenceQueue queue, Scheduler scheduler, Executor threads) {
        this.connections = connections;
        this.queue = queue;
        this.scheduler = scheduler;
        this.threads = threads;
    }

    /** Looks now, and often for a while. */
    void nudge() {
        synchronized (lock) {
            nextLook = 0;
        }
        look();
        lookLater();
    }

    private void lookLater() {
        Duration pause;
        synchronized (lock) {
            if (waiting || closed || nextLook == LOOKS.length) {
                return;
            }
            waiting = true;
            pause = Duration.ofMillis(LOOKS[nextLook++]);
        }
        scheduler.after(pause, () -> {
            synchronized (lock) {
                waiting = false;
            }
            look();
            lookLater();
        });
    }

    /** Looks once. */
    void look() {
        synchronized (lock) {
            if (closed) {
                return;
            }
            if (running) {
                again = true;
                return;
            }
            running = true;
        }
        execute();
    }

    void close() {
        synchronized (lock) {
            closed = true;
        }
    }

    private boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    private void execute() {
        try {
            threads.execute(this::run);
        } catch (RejectedExecutionException shutDown) {
            close();
        }
    }

    private void run() {
        try {
            List<Row> rows = read();
            if (rows.isEmpty()) {
                end();
            } else {
                submit(rows);
            }
        } catch (RuntimeException failure) {
            LOG.debug("The outbox can't be read, trying again later: {}", failure.toString());
            end();
        }
    }

    private List<Row> read() {
        return connections
                .reading()
                .withHandle(handle -> query(handle)
                        .map((row, context) -> new Row(
                                row.getLong("id"),
                                new Draft(
                                        new RoomId(row.getString("room")),
                                        new UserId(row.getString("sender")),
                                        new ClientId(row.getString("cid")),
                                        MessageBody.ofStored(row.getString("body")))))
                        .list());
    }

    private Query query(Handle handle) {
        if (stuck.isEmpty()) {
            return handle.createQuery(READ);
        }
        String places = Rows.places(stuck.size());
        Query query = handle.createQuery(ROWS + " and room not in (" + places + ")" + IN_ORDER);
        int position = 0;
        for (RoomId room : stuck) {
            query.bind(position++, room.value());
        }
        return query;
    }

    /** A room's messages are one flow: none overtakes one that is refused for now. */
    private void submit(List<Row> rows) {
        Map<RoomId, Flow> flows = new HashMap<>();
        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
        for (Row row : rows) {
            Flow flow = flows.computeIfAbsent(row.draft.room(), room -> new Flow());
            outcomes.add(queue.append(row.draft, flow).toCompletableFuture());
        }
        CompletableFuture.allOf(outcomes.toArray(new CompletableFuture<?>[0]))
                .thenRunAsync(() -> settle(rows, outcomes), threads)
                .exceptionally(failure -> {
                    LOG.debug("The outbox could not be settled, trying again later: {}", failure.toString());
                    end();
                    return null;
                });
    }

    private void settle(List<Row> rows, List<CompletableFuture<Outcome>> outcomes) {
        List<Long> kept = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            Outcome outcome = outcomes.get(i).join();
            if (outcome instanceof Outcome.Accepted) {
                kept.add(row.id);
            } else if (outcome instanceof Outcome.Refused refused && refused.isFinal()) {
                refuse(row, refused);
            } else {
                stuck.add(row.draft.room());
            }
        }
        delete(kept);
        if (rows.size() == PART && stuck.size() <= MAX_STUCK && !isClosed()) {
            execute(); // behind what is stuck other rooms' messages may wait
        } else {
            end();
        }
    }

    /** It stays in the outbox, marked, for somebody to look at; those behind it go on. What was erased meanwhile isn't there any more. */
    private void refuse(Row row, Outcome.Refused refusal) {
        int marked = connections
                .writing()
                .withHandle(handle -> handle.execute(
                        "update chat_outbox set refused = ? where id = ?",
                        refusal.code().wireName(),
                        row.id));
        if (marked > 0) {
            LOG.error(
                    "Message {} of the outbox is refused ({}) and stays there; chat_outbox.refused says why",
                    row.draft.clientId(),
                    refusal.code());
        }
    }

    private void delete(List<Long> ids) {
        if (ids.isEmpty()) {
            return;
        }
        connections.writing().useHandle(handle -> {
            Update delete =
                    handle.createUpdate("delete from chat_outbox where id in (" + Rows.places(ids.size()) + ")");
            for (int i = 0; i < ids.size(); i++) {
                delete.bind(i, ids.get(i));
            }
            delete.execute();
        });
    }

    private void end() {
        stuck.clear();
        synchronized (lock) {
            running = again && !closed;
            again = false;
            if (!running) {
                return;
            }
        }
        execute();
    }
}
