package io.natterjack.store.jdbc;

import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Outcome;
import io.natterjack.core.Profile;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.store.jdbc.AppendPlan.ResendKey;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * The application's hand on what is kept: how long, what goes out, what comes in, what is erased.
 *
 * <p><b>Threads.</b> Any thread may call; every method blocks, those that go through a whole history for as long as that takes. While
 * a server uses the store, erasing reaches its clients at once.
 *
 * <p><b>Errors.</b> {@link StoreException} if the database fails; what was done until then stays done, and the call may be repeated.
 */
public final class RoomArchive {
    private static final int PART = 500;
    private static final int SEQS = 10_000;
    private static final int PART_BYTES = 1 << 20;

    static final String ROOMS = "select room from chat_room where room > ? order by room limit " + PART;

    private final JdbcMessageStore store;
    private final Connections connections;
    private final Appends appends;
    private final Retention retention;
    private volatile @Nullable PersistenceQueue queue;

    RoomArchive(JdbcMessageStore store, Connections connections, Appends appends, Retention retention) {
        this.store = store;
        this.connections = connections;
        this.appends = appends;
        this.retention = retention;
    }

    void appendThrough(PersistenceQueue newQueue) {
        queue = newQueue;
    }

    /** The queue is about to end: unless another has come, appends go to the store at once from now on. */
    void noLongerThrough(PersistenceQueue ended) {
        if (ended.equals(queue)) {
            queue = null;
        }
    }

    // Retention.

    /**
     * Keeps what was written in the room for that long and no longer. A server that uses the store removes messages when they are
     * that old, or up to a hundredth of the time earlier, and at most a few minutes later. Takes the place of what was said before
     * for the room.
     *
     * @param age above zero
     */
    public void keep(RoomId room, Duration age) {
        retention(room.value(), positive(age.toMillis(), "age"), -1);
    }

    /**
     * Keeps the room's last {@code events} events (messages, for the most part), and up to a tenth more: at least one, and no more than
     * 1,000.
     * Takes the place of what was said before for the room.
     *
     * @param events above zero
     */
    public void keepLast(RoomId room, long events) {
        retention(room.value(), -1, positive(events, "events"));
    }

    /** Keeps the room's messages for ever; the default for all rooms then doesn't count for it. */
    public void keepForEver(RoomId room) {
        retention(room.value(), Long.MAX_VALUE / 4, -1);
    }

    /** Keeps what is written in rooms that have no rule of their own for that long and no longer. See {@link #keep}. */
    public void keepByDefault(Duration age) {
        retention(Retention.ALL_ROOMS, positive(age.toMillis(), "age"), -1);
    }

    /** Has the room follow the default again. */
    public void keepByDefault(RoomId room) {
        retention(room.value(), -1, -1);
    }

    /** Keeps what is written in rooms that have no rule of their own for ever. So it is at first. */
    public void keepForEverByDefault() {
        retention(Retention.ALL_ROOMS, -1, -1);
    }

    private static long positive(long value, String what) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be above zero");
        }
        return value;
    }

    private void retention(String room, long maxAgeMillis, long maxMessages) {
        unavailableIfFailing(() -> {
            retention.keep(room, maxAgeMillis, maxMessages);
            return true;
        });
    }

    // What goes out.

    /**
     * Writes the room's events as JSON Lines, oldest first: one object a line, with the fields of an event of an {@code ev} frame and
     * {@code room}. Reads a part at a time, so a room of any length takes little memory. What is written to the room meanwhile may be
     * there or not.
     *
     * @return how many events
     */
    public long exportRoom(RoomId room, Appendable out) throws IOException {
        long written = 0;
        long last = 0;
        for (List<RoomEvent> part = part(room, last); !part.isEmpty(); part = part(room, last)) {
            for (RoomEvent event : part) {
                JsonLines.write(event, out);
            }
            written += part.size();
            last = part.get(part.size() - 1).seq();
        }
        return written;
    }

    private List<RoomEvent> part(RoomId room, long after) {
        return store.eventsAfter(room, after, PART, PART_BYTES);
    }

    /**
     * Writes all that the user wrote, in every room, as {@link #exportRoom} does; and a line for each room that they belong to:
     * {@code {"room":"lobby","member":"ada","joined":5,"in":true,"delivered":9,"read":9}}.
     *
     * @return how many lines
     */
    public long exportUser(UserId user, Appendable out) throws IOException {
        long written = 0;
        for (RoomId id : allRooms()) {
            var membership = store.membership(id, user);
            if (membership.isPresent()) {
                JsonLines.write(membership.get(), out);
                written++;
            }
            for (List<Long> seqs : seqsOf(id, user, "")) {
                for (long seq : seqs) {
                    List<RoomEvent> one = store.eventsAfter(id, seq - 1, 1, PART_BYTES);
                    JsonLines.write(one.get(0), out);
                    written++;
                }
            }
        }
        return written;
    }

    // What is erased.

    /**
     * Takes the bodies of all that the user has written away for good, in every room but those on legal hold, their profile, and what
     * they have in the outbox. The messages keep their places; backups, other copies, and what a queue outside the store keeps aside
     * aren't this store's to reach. Members of the rooms are told, so that their caches forget.
     */
    public Erasure eraseUser(UserId user, UserId actor) {
        takeOutOfOutbox(user);
        long messages = 0;
        Set<RoomId> held = new HashSet<>();
        for (RoomId room : allRooms()) {
            for (List<Long> seqs : seqsOf(room, user, " and gone = 0")) {
                if (!erase(room, seqs, actor)) {
                    held.add(room);
                    break;
                }
                messages += seqs.size();
            }
        }
        store.people().save(new Profile(user, "", "", ""));
        return new Erasure(messages, held);
    }

    /** Returns false if the room is on legal hold. */
    private boolean erase(RoomId room, List<Long> seqs, UserId actor) {
        ClientId cid = new ClientId(ClientId.SERVERS_OWN + "erase:" + UUID.randomUUID());
        Outcome outcome = append(Draft.change(room, actor, cid, new RoomChange.Erased(seqs)));
        if (outcome instanceof Outcome.Refused refused && refused.code() != ErrorCode.FORBIDDEN) {
            throw new StoreException(
                    StoreException.Kind.UNAVAILABLE, "erasing in room " + room + " was refused: " + refused.code());
        }
        return !(outcome instanceof Outcome.Refused);
    }

    /**
     * What waits there would become a message later, and what was refused would stay. A relay may have it in hand by now: then it is
     * refused when it comes to its room, as if it had been revoked ahead.
     */
    private void takeOutOfOutbox(UserId user) {
        for (List<Posted> some = posted(user); !some.isEmpty(); some = posted(user)) {
            for (Posted one : some) {
                appends.inRoom(new RoomId(one.key().room()), handle -> {
                    if (handle.execute("delete from chat_outbox where id = ?", one.id()) > 0
                            && !isCancelled(handle, one.key())) {
                        appends.effects(handle).cancel(one.key(), false);
                    }
                });
            }
        }
    }

    /** Tells whether its author, or the application, has revoked it before it came. */
    private static boolean isCancelled(Handle handle, ResendKey key) {
        return handle.createQuery("select count(*) from chat_cancel where room = ? and sender = ? and cid = ?")
                        .bind(0, key.room())
                        .bind(1, key.sender())
                        .bind(2, key.clientId())
                        .mapTo(Integer.class)
                        .one()
                > 0;
    }

    private record Posted(long id, ResendKey key) {}

    private List<Posted> posted(UserId user) {
        return unavailableIfFailing(() -> connections
                .reading()
                .withHandle(handle -> handle.createQuery(
                                "select id, room, cid from chat_outbox where sender = ? order by id limit " + PART)
                        .bind(0, user.value())
                        .map((row, context) -> new Posted(
                                row.getLong("id"),
                                new ResendKey(row.getString("room"), user.value(), row.getString("cid"))))
                        .list()));
    }

    private Outcome append(Draft draft) {
        PersistenceQueue present = queue;
        return present == null
                ? store.append(List.of(draft)).get(0)
                : present.append(draft, new Flow()).toCompletableFuture().join();
    }

    /** Returns what the user has written in a room, in parts that one erasure can take. Much is read at once: each time all of it is sought. */
    private Iterable<List<Long>> seqsOf(RoomId room, UserId user, String condition) {
        return () -> Stream.iterate(
                        seqsOf(room, user, condition, 0),
                        seqs -> !seqs.isEmpty(),
                        seqs -> seqsOf(room, user, condition, seqs.get(seqs.size() - 1)))
                .flatMap(seqs -> IntStream.iterate(0, from -> from < seqs.size(), from -> from + RoomChange.Erased.MAX)
                        .mapToObj(from -> seqs.subList(from, Math.min(seqs.size(), from + RoomChange.Erased.MAX))))
                .iterator();
    }

    private List<Long> seqsOf(RoomId room, UserId user, String condition, long after) {
        return unavailableIfFailing(() -> connections
                .reading()
                .withHandle(handle -> handle.createQuery(
                                "select seq from chat_message where room = ? and sender = ? and kind = 0 and seq > ?"
                                        + condition + " order by seq limit " + SEQS)
                        .bind(0, room.value())
                        .bind(1, user.value())
                        .bind(2, after)
                        .mapTo(Long.class)
                        .list()));
    }

    /** Returns all rooms, which are read a part at a time. */
    private Iterable<RoomId> allRooms() {
        return () -> Stream.iterate(rooms(""), part -> !part.isEmpty(), part -> rooms(part.get(part.size() - 1)))
                .flatMap(List::stream)
                .map(RoomId::new)
                .iterator();
    }

    private List<String> rooms(String after) {
        return unavailableIfFailing(() -> connections
                .reading()
                .withHandle(handle -> handle.createQuery(ROOMS)
                        .bind(0, after)
                        .mapTo(String.class)
                        .list()));
    }

    // What comes in.

    /**
     * Appends a history that was kept elsewhere, with its own times, in the order in which it comes: each room's messages oldest
     * first. A message whose client id its sender has used in the room already isn't appended again, so an import that was broken off
     * is simply repeated. Clients aren't told; import before the room is used.
     *
     * @return how many were appended
     * @throws StoreException also if a client id stands for another message ({@code REJECTED})
     */
    public long importMessages(Iterator<ImportedMessage> history) {
        long appended = 0;
        List<Draft> batch = new ArrayList<>();
        IdentityHashMap<Draft, Long> times = new IdentityHashMap<>();
        long bytes = 0;
        while (history.hasNext()) {
            ImportedMessage next = history.next();
            batch.add(next.draft());
            times.put(next.draft(), next.timestamp());
            bytes += next.draft().size();
            if (batch.size() == PART || bytes > PART_BYTES || !history.hasNext()) {
                appended += append(batch, times);
                batch.clear();
                times.clear();
                bytes = 0;
            }
        }
        return appended;
    }

    private long append(List<Draft> batch, IdentityHashMap<Draft, Long> times) {
        List<Outcome> outcomes = appends.append(batch, () -> draft -> times.getOrDefault(draft, 0L));
        long appended = 0;
        for (int i = 0; i < outcomes.size(); i++) {
            if (!(outcomes.get(i) instanceof Outcome.Accepted accepted)) {
                throw new StoreException(
                        StoreException.Kind.REJECTED,
                        "message " + batch.get(i).clientId() + " of room "
                                + batch.get(i).room() + " is refused: " + ((Outcome.Refused) outcomes.get(i)).code());
            }
            appended += accepted.isDuplicate() ? 0 : 1;
        }
        return appended;
    }

    // Backup.

    /**
     * Copies an SQLite store as it is at one moment, while it is used. The copy is a store by itself: whoever opens it begins a new
     * epoch, since clients may know more than it does. (PostgreSQL and MariaDB have their own tools; see {@link
     * JdbcMessageStore#beginEpoch}.)
     *
     * @param file mustn't exist; it appears when the copy is whole
     * @throws UnsupportedOperationException if the store isn't in SQLite
     * @throws IOException if the file can't be written
     */
    public void backup(Path file) throws IOException {
        if (Files.exists(file)) {
            throw new FileAlreadyExistsException(file.toString());
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.deleteIfExists(part);
        unavailableIfFailing(() -> connections.reading().withHandle(handle -> {
            if (!handle.getConnection().getMetaData().getDatabaseProductName().equals("SQLite")) {
                throw new UnsupportedOperationException("only a store in SQLite copies itself");
            }
            handle.execute("vacuum into ?", part.toAbsolutePath().toString());
            return true;
        }));
        try (Connection copy = DriverManager.getConnection("jdbc:sqlite:" + part.toAbsolutePath());
                Statement statement = copy.createStatement()) {
            // Words of what was erased stay in the index until it is merged; in the copy nobody waits for that.
            statement.execute("pragma secure_delete = on");
            statement.execute("insert into chat_words (chat_words) values ('optimize')");
            statement.execute("update chat_store set is_copy = 1");
        } catch (SQLException e) {
            throw new IOException("the copy can't be written to " + part, e);
        }
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private interface Work<T> {
        T run() throws SQLException;
    }

    private static <T> T unavailableIfFailing(Work<T> work) {
        try {
            return work.run();
        } catch (JdbiException | SQLException e) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, SqlWhy.of("The database can't be used", e), e);
        }
    }
}
