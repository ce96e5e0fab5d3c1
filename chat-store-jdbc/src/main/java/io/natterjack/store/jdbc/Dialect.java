package io.natterjack.store.jdbc;

import io.natterjack.core.Draft;
import io.natterjack.core.RoomId;
import io.natterjack.store.jdbc.AppendPlan.Known;
import io.natterjack.store.jdbc.AppendPlan.ResendKey;
import io.natterjack.store.jdbc.AppendPlan.RoomState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import org.jdbi.v3.core.Handle;

/**
 * What one database does differently from the others. All else of the store is the same for all of them.
 *
 * <p><b>Threads.</b> Without state: any thread may call, with a handle of its own.
 */
interface Dialect {
    /** Returns the name of the database, with which its schema files begin. */
    String name();

    /** Returns how many appends at once are of use. */
    int appendConcurrency();

    /** Sets a connection up before each use. Must be quick: connections come from somebody else's pool. */
    void prepare(Connection connection) throws SQLException;

    /** Returns what in the database's settings may lose commits, in words for the operator; nothing if all is well. */
    Optional<String> durabilityProblem(Handle handle);

    /** Begins a transaction in which no other process creates or changes the schema. */
    void beginSchemaChange(Handle handle);

    /** Tells whether the table is there, for unqualified names. */
    boolean hasTable(Handle handle, String table);

    /**
     * Begins a transaction that owns the rooms: until it ends nobody else appends to them, and it sees all that was appended
     * before. Its commit is durable when it returns.
     *
     * @return all of the rooms, new ones too
     */
    Map<RoomId, RoomState> beginAppend(Handle handle, SortedSet<RoomId> rooms);

    /** Returns what the database has of the drafts' keys. */
    Map<ResendKey, Known> known(Handle handle, List<Draft> batch);

    /** Inserts the plan's rows and updates its rooms. */
    void write(Handle handle, AppendPlan plan);

    /** Commits what {@code begin…} began. */
    void commit(Handle handle);

    /** Undoes what {@code begin…} began; does nothing if the database has done so already. */
    void rollback(Handle handle);

    /** Returns those of the rooms that there are. */
    Map<RoomId, RoomState> rooms(Handle handle, Collection<RoomId> rooms);

    /** Tells whether two transactions were in each other's way, so that the same may succeed at once. */
    boolean isCollision(SQLException failure);

    /** Tells whether the database refuses the content itself. */
    boolean isRejection(SQLException failure);
}
