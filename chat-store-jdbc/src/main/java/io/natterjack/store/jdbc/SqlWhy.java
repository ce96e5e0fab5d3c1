package io.natterjack.store.jdbc;

import io.natterjack.core.Why;
import java.io.IOException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a database says of a failure, as far as it can't hold what people wrote: "Failing row contains …" has a whole message in it. What
 * is about connections, users, rights, room on the disk or a shutdown is shown, of all else only the SQLState.
 */
final class SqlWhy {
    private static final Set<String> HARMLESS = Set.of("08", "28", "3D", "42", "53", "57");
    private static final int CLASS_LENGTH = 2;

    private SqlWhy() {}

    /** Returns {@code what} failed and why. */
    static String of(String what, Throwable failure) {
        SQLException said = innermost(failure);
        Throwable root = Why.root(failure);
        if (said == null) {
            return what + " (" + Why.of(root) + ")";
        }
        String text = what + ": " + text(said);
        boolean addsSomething = root instanceof IOException
                && !(root.getMessage() != null && text.contains(Why.line(root.getMessage())));
        return addsSomething ? text + " (" + Why.of(root) + ")" : text;
    }

    private static String text(SQLException said) {
        String state = said.getSQLState();
        String message = said.getMessage();
        boolean isHarmless =
                state == null || state.length() < CLASS_LENGTH || HARMLESS.contains(state.substring(0, CLASS_LENGTH));
        // The driver of PostgreSQL writes the values of a batch into this one, whatever went wrong.
        if (message == null || !isHarmless || said instanceof BatchUpdateException) {
            return "SQLState " + (state == null ? "unknown" : state);
        }
        return Why.line(message);
    }

    /** A pool says that it has no connection, and the database why. */
    private static @Nullable SQLException innermost(Throwable failure) {
        SQLException innermost = null;
        Throwable cause = failure;
        for (int i = 0; i < 10 && cause != null; i++) {
            if (cause instanceof SQLException sql) {
                innermost = sql;
            }
            cause = cause.getCause();
        }
        return innermost;
    }
}
