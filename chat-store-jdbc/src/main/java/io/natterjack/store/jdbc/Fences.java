package io.natterjack.store.jdbc;

import io.natterjack.core.StoreException;
import io.natterjack.core.spi.Fence;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/**
 * Generations of fences. An append asks under the locks of its rooms: who raises a fence and then appends to one of them waits for it.
 *
 * <p><b>Threads.</b> Any thread may call.
 */
final class Fences {
    static final String STANDING = "select generation from chat_fence where name = ?";

    private final Jdbi writing;
    private final Dialect dialect;

    Fences(Jdbi writing, Dialect dialect) {
        this.writing = writing;
        this.dialect = dialect;
    }

    /**
     * Throws unless just this generation stands; to be called in the transaction of an append. One that went back, with a replica that took
     * over and lacked the last of it, is nobody's: its holder raises it again.
     */
    static void check(Handle handle, Fence fence) {
        long standing = standing(handle, fence.name());
        if (fence.generation() != standing) {
            throw new StoreException(
                    StoreException.Kind.FENCED,
                    fence.name() + " is at generation " + standing + ", not " + fence.generation());
        }
    }

    private static long standing(Handle handle, String name) {
        return handle.createQuery(STANDING)
                .bind(0, name)
                .mapTo(Long.class)
                .findOne()
                .orElse(0L);
    }

    Fence raise(String name) {
        new Fence(name, 1); // refuses a name that can't be one
        try {
            return writing.withHandle(handle -> {
                Optional<Fence> raised = tryRaise(handle, name);
                if (raised.isEmpty()) {
                    // By a statement of its own: in one transaction two that both find no row may block each other.
                    insert(handle, name);
                    raised = tryRaise(handle, name);
                }
                return raised.orElseThrow(() -> new StoreException(
                        StoreException.Kind.UNAVAILABLE, "The fence " + name + " could not be made"));
            });
        } catch (JdbiException | SQLException e) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "The fence " + name + " could not be raised", e);
        }
    }

    /** Returns nothing if the fence isn't there yet. */
    private Optional<Fence> tryRaise(Handle handle, String name) throws SQLException {
        try {
            dialect.begin(handle, Collections.emptySortedSet(), List.of());
            if (handle.execute("update chat_fence set generation = generation + 1 where name = ?", name) == 0) {
                dialect.rollback(handle);
                return Optional.empty();
            }
            Fence raised = new Fence(name, standing(handle, name));
            dialect.commit(handle);
            return Optional.of(raised);
        } catch (RuntimeException | SQLException e) {
            try {
                dialect.rollback(handle);
            } catch (JdbiException | SQLException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    private static void insert(Handle handle, String name) {
        try {
            handle.execute("insert into chat_fence (name, generation) values (?, 0)", name);
        } catch (UnableToExecuteStatementException there) {
            // Another was quicker; if it is something else, the update that comes next fails too.
        }
    }
}
