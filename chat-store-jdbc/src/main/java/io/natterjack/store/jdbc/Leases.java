package io.natterjack.store.jdbc;

import org.jdbi.v3.core.Jdbi;

/**
 * Which process does what only one should do at a time. By the database's clock: those of processes differ.
 *
 * <p><b>Threads.</b> Any thread may call; every call blocks on the database.
 */
final class Leases {
    private final Jdbi writing;
    private final Dialect dialect;

    Leases(Connections connections, Dialect dialect) {
        this.writing = connections.writing();
        this.dialect = dialect;
    }

    /**
     * Renews the lease of that name, or takes one that nobody has renewed in time, or that was taken when the database's clock was far ahead;
     * tells whether it is the holder's now.
     *
     * @param millis how long it is good for, the same for all who want one of that name
     */
    boolean take(String name, String holder, long millis) {
        String now = dialect.nowMillis();
        return writing.withHandle(handle -> {
            int had = handle.execute(
                    "update chat_lease set holder = ?, until_ms = " + now
                            + " + ? where name = ? and (holder = ? or until_ms < " + now + " or until_ms > " + now
                            + " + ?)",
                    holder,
                    millis,
                    name,
                    holder,
                    millis);
            if (had > 0) {
                return true;
            }
            boolean isThere = handle.createQuery("select count(*) from chat_lease where name = ?")
                            .bind(0, name)
                            .mapTo(Integer.class)
                            .one()
                    > 0;
            // Two that insert at once: one fails, and asks again later.
            return !isThere
                    && handle.execute(
                                    "insert into chat_lease (name, holder, until_ms) values (?, ?, " + now + " + ?)",
                                    name,
                                    holder,
                                    millis)
                            > 0;
        });
    }

    /** Gives the lease back, if it is the holder's. */
    void giveBack(String name, String holder) {
        writing.useHandle(handle ->
                handle.execute("update chat_lease set until_ms = 0 where name = ? and holder = ?", name, holder));
    }
}
