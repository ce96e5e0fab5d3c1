package io.natterjack.examples.standalone;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;

/** Why there is no connection to a database, and what to look at. */
final class NoDatabase {
    private static final int MARIADB_UNKNOWN_DATABASE = 1_049;

    private NoDatabase() {}

    /** Returns one line. What the pool says has nothing of the reason; of a host that isn't known the driver has nothing either. */
    static String why(Throwable failure) {
        SQLException refusal = new SQLException("no connection");
        Throwable root = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                refusal = sql;
            }
            root = cause;
        }
        String said = String.valueOf(refusal.getMessage()).lines().findFirst().orElse("");
        String of = root instanceof IOException && !said.contains(String.valueOf(root.getMessage()))
                ? " (" + root.getClass().getSimpleName() + ": " + root.getMessage() + ")"
                : "";
        return said + of + whatToDo(refusal, root);
    }

    private static String whatToDo(SQLException refusal, Throwable root) {
        if (root instanceof ConnectException) {
            return ": is it running there, and on that port?";
        }
        if (root instanceof UnknownHostException) {
            return ": is the host's name right?";
        }
        if (root instanceof SocketTimeoutException) {
            return ": is it at that address and port, and does a firewall let it through?";
        }
        String state = String.valueOf(refusal.getSQLState());
        if (state.equals("3D000") || refusal.getErrorCode() == MARIADB_UNKNOWN_DATABASE) {
            return ": create it first, the server makes only its tables";
        }
        return state.startsWith("28") || String.valueOf(refusal.getMessage()).contains("password")
                ? ": are --jdbc-user and --jdbc-password-file right?"
                : "";
    }
}
