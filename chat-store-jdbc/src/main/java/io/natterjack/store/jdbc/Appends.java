package io.natterjack.store.jdbc;

import io.natterjack.core.Draft;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends batches, each in one transaction, and says what went wrong in the words of {@link StoreException}.
 *
 * <pre>
 *   deadlock, serialization failure     the same again at once, a few times
 *   the content is refused              REJECTED: nothing was written
 *   anything else, a commit above all   UNAVAILABLE: it may have been kept, and the same batch again finds out
 * </pre>
 *
 * <p><b>Threads.</b> Any thread may call.
 */
final class Appends {
    private static final Logger LOG = LoggerFactory.getLogger(Appends.class);

    /** How often a batch is tried whose transaction got in the way of another's. */
    private static final int ATTEMPTS = 5;

    private static final Comparator<RoomId> ORDER_OF_LOCKS = Comparator.comparing(RoomId::value);

    private final Jdbi writing;
    private final Dialect dialect;
    private final long epoch;

    Appends(Jdbi writing, Dialect dialect, long epoch) {
        this.writing = writing;
        this.dialect = dialect;
        this.epoch = epoch;
    }

    /** Appends the batch; {@code clock}, asked under the locks, says when each draft is, in Unix milliseconds. */
    List<Outcome> append(List<Draft> batch, Supplier<ToLongFunction<Draft>> clock) {
        return append(batch, clock, handle -> {});
    }

    /** Appends the batch unless {@code guard}, called under the locks, throws: then nothing is written. */
    List<Outcome> append(List<Draft> batch, Supplier<ToLongFunction<Draft>> clock, Consumer<Handle> guard) {
        if (batch.isEmpty()) {
            throw new IllegalArgumentException("a batch must have at least one draft");
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return writing.withHandle(handle -> appendOnce(handle, batch, clock, guard));
            } catch (JdbiException | SQLException e) {
                SQLException cause = sqlException(e);
                if (attempt == ATTEMPTS || !dialect.isCollision(cause)) {
                    throw new StoreException(
                            dialect.isRejection(cause) ? StoreException.Kind.REJECTED : StoreException.Kind.UNAVAILABLE,
                            SqlWhy.of("A batch of " + batch.size() + " drafts could not be appended", e),
                            e);
                }
                LOG.debug("Attempt {} got in the way of another transaction", attempt, e);
            }
        }
    }

    private List<Outcome> appendOnce(
            Handle handle, List<Draft> batch, Supplier<ToLongFunction<Draft>> clock, Consumer<Handle> guard)
            throws SQLException {
        try {
            Dialect.Locked locked = dialect.begin(handle, roomsOf(batch), batch);
            guard.accept(handle);
            Targets targets = Targets.load(handle, dialect, batch, locked, epoch);
            AppendPlan plan = AppendPlan.of(batch, locked.rooms(), locked.known(), targets, epoch, clock.get());
            boolean hasEffects = ChangeEffects.isNeeded(plan);
            if (plan.rows().isEmpty() && !hasEffects) {
                dialect.rollback(handle);
            } else if (hasEffects) {
                dialect.write(handle, plan);
                new ChangeEffects(handle, dialect).apply(plan);
                dialect.commit(handle);
            } else {
                dialect.writeAndCommit(handle, plan);
            }
            return plan.outcomes();
        } catch (RuntimeException | SQLException e) {
            rollback(handle, e);
            throw e;
        }
    }

    /** Runs {@code change} in a transaction that owns the room. */
    void inRoom(RoomId room, Consumer<Handle> change) {
        try {
            writing.useHandle(handle -> {
                try {
                    dialect.begin(handle, roomsOf(room), List.of());
                    change.accept(handle);
                    dialect.commit(handle);
                } catch (RuntimeException | SQLException e) {
                    rollback(handle, e);
                    throw e;
                }
            });
        } catch (JdbiException | SQLException e) {
            throw new StoreException(
                    StoreException.Kind.UNAVAILABLE, SqlWhy.of("Room " + room + " could not be changed", e), e);
        }
    }

    /** Returns what applies changes in a transaction that owns their rooms. */
    ChangeEffects effects(Handle handle) {
        return new ChangeEffects(handle, dialect);
    }

    private void rollback(Handle handle, Exception why) {
        try {
            dialect.rollback(handle);
        } catch (JdbiException | SQLException alsoFailed) {
            why.addSuppressed(alsoFailed);
        }
    }

    private static SortedSet<RoomId> roomsOf(List<Draft> batch) {
        SortedSet<RoomId> rooms = new TreeSet<>(ORDER_OF_LOCKS);
        batch.forEach(draft -> rooms.add(draft.room()));
        return rooms;
    }

    private static SortedSet<RoomId> roomsOf(RoomId room) {
        SortedSet<RoomId> rooms = new TreeSet<>(ORDER_OF_LOCKS);
        rooms.add(room);
        return rooms;
    }

    private static SQLException sqlException(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException found) {
                return found;
            }
        }
        return new SQLException(failure);
    }
}
