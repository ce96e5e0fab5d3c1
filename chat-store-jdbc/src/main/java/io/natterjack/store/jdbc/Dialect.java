package io.natterjack.store.jdbc;

import io.natterjack.core.Draft;
import io.natterjack.core.RoomId;
import io.natterjack.core.text.SearchWords;
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

    /** Returns the database's name as people write it. */
    String title();

    /** Returns how many appends at once are of use. */
    int appendConcurrency();

    /** Sets a connection up before each use. Must be quick: connections come from somebody else's pool. */
    default void prepare(Connection connection) throws SQLException {
        // A connection that is always in a transaction would be taken for one in whose transaction all takes part.
        if (!connection.getAutoCommit()) {
            connection.setAutoCommit(true);
        }
    }

    /** Returns what in the database's settings may lose commits, in words for the operator; nothing if all is well. */
    Optional<String> durabilityProblem(Handle handle);

    /** Returns what in the database's settings the store can't work with, in words for the operator; nothing if all is well. */
    default Optional<String> unusableSetting(Handle handle) {
        return Optional.empty();
    }

    /** Tells whether a change of the schema didn't get its locks in time, so that the same may succeed later. */
    default boolean isLockedOut(SQLException failure) {
        return false;
    }

    /** Begins a time in which no other process creates or changes the schema: a transaction, where schemas change in one. */
    void beginSchemaChange(Handle handle);

    /** Ends what {@link #beginSchemaChange} began; also after a failure, without keeping anything where that can be. */
    void endSchemaChange(Handle handle, boolean keep);

    /** Tells whether the table is there, for unqualified names. */
    boolean hasTable(Handle handle, String table);

    /**
     * Begins a transaction that owns the rooms: until it ends nobody else appends to them, and it sees all that was appended
     * before. Its commit is durable when it returns.
     */
    Locked begin(Handle handle, SortedSet<RoomId> rooms, List<Draft> batch) throws SQLException;

    /**
     * What a transaction of an append begins with.
     *
     * @param rooms all of them, new ones too
     * @param known what the database has of the drafts' keys
     */
    record Locked(Map<RoomId, RoomState> rooms, Map<ResendKey, Known> known) {}

    /** Returns what the database has of the drafts' keys. */
    Map<ResendKey, Known> known(Handle handle, List<Draft> drafts);

    /** Returns what an update of {@code chat_message} sets so that a message loses its body and is no longer found. */
    default String takeBody() {
        return "body = '{}', gone = 1, words = null";
    }

    /** Where words aren't in the message's row: takes those of messages that have lost their bodies out of what a search finds. */
    default void forgetWords(Handle handle, RoomId room, List<Long> seqs) {}

    /** Does that with all messages up to and including {@code upto}. */
    default void forgetWordsUpTo(Handle handle, RoomId room, long upto) {}

    /** Has a search find a message by these tokens, separated by spaces, and by no others; empty for none. */
    void setWords(Handle handle, RoomId room, long seq, String words);

    /** Inserts the plan's rows and updates its rooms. */
    void write(Handle handle, AppendPlan plan) throws SQLException;

    /** Commits what {@link #begin} began. */
    void commit(Handle handle) throws SQLException;

    /** Writes and commits, in one step if the database can. */
    default void writeAndCommit(Handle handle, AppendPlan plan) throws SQLException {
        write(handle, plan);
        commit(handle);
    }

    /** Undoes what {@link #begin} began; does nothing if the database has done so already. */
    void rollback(Handle handle) throws SQLException;

    /** Returns those of the rooms that there are. */
    Map<RoomId, RoomState> rooms(Handle handle, Collection<RoomId> rooms);

    /**
     * Returns the query for at most {@code :limit} rooms with an event, as {@code room}, {@code last_seq} and {@code changed}, that were
     * last appended to at {@code :since} or later and before {@code :before}; earliest first. Times are of the database's clock, in Unix
     * milliseconds.
     */
    default String changedRooms() {
        return "select room, last_seq, updated_at as changed from chat_room"
                + " where updated_at >= :since and updated_at < :before and last_seq > 0 order by updated_at limit :limit";
    }

    /** Returns the name of the function that gives the greatest of its arguments, none of which is null. */
    String greatest();

    /** Returns the database's clock in Unix milliseconds, as an expression. */
    String nowMillis();

    /** Returns what to join {@code chat_message m} with so that {@link #searchCondition} can be asked for; may be empty. */
    default String searchJoin() {
        return "";
    }

    /** Returns the condition, with one parameter, by which the messages {@code m} have the words looked for. */
    String searchCondition();

    /** Returns the parameter of {@link #searchCondition}. */
    String searchParameter(SearchWords.Wanted wanted);

    /** Tells whether two transactions were in each other's way, so that the same may succeed at once. */
    boolean isCollision(SQLException failure);

    /** Tells whether the database refuses the content itself. */
    boolean isRejection(SQLException failure);
}
