package io.natterjack.store.jdbc;

import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.PersistenceQueue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * Removes what rooms keep too long: looks at some of the rooms in each slice, and from each takes a bounded part of what is too old or
 * too much, with an event, so that caches forget it too. A room that had more than such a part is looked at in every slice until it hasn't:
 * else a busy one would get ahead of the passes.
 *
 * <p><b>Threads.</b> {@link #slice}: one at a time. All else: any thread.
 */
final class Retention {
    /** For all rooms that have no policy of their own. */
    static final String ALL_ROOMS = "";

    /** The most events that one trimming takes. */
    static final int MAX_EVENTS = 1_000;

    private static final int ROOMS_A_SLICE = 200;
    private static final long PASS_MILLIS = 60_000;
    private static final UserId ACTOR = new UserId("natterjack");

    /** The most rooms that are looked at in every slice. */
    private static final int MAX_BEHIND = 20;

    private static final String CANDIDATE =
            "select r.room, r.last_seq, r.trimmed, p.max_age_ms, p.max_messages from chat_room r"
                    + " left join chat_retention p on p.room = r.room where ";

    static final String ROOMS = CANDIDATE + "r.room > ? and r.held = 0 order by r.room limit ?";

    static final String ROOM = CANDIDATE + "r.room = ? and r.held = 0";

    static final String OLDEST =
            "select seq, ts from chat_message" + " where room = ? and seq > ? and kind = 0 order by seq limit ?";

    /** How long messages are kept, negative for ever; and how many. */
    private record Policy(long maxAgeMillis, long maxMessages) {
        static final Policy NONE = new Policy(-1, -1);

        boolean isNone() {
            return maxAgeMillis < 0 && maxMessages < 0;
        }
    }

    private record Candidate(RoomId room, long lastSeq, long trimmed, Policy policy) {}

    /** What may go from a room now, and whether that is all that is due. */
    private record Part(long upto, boolean isAll) {}

    private final Connections connections;
    private final LongSupplier wallMillis;

    // Of the slices alone.
    private String lastRoom = "";
    private long passEndedAt;
    private final Set<RoomId> behind = new LinkedHashSet<>();
    /** More rooms than those: the next pass then begins without a pause. */
    private boolean othersAreBehind;

    Retention(Connections connections, LongSupplier wallMillis) {
        this.connections = connections;
        this.wallMillis = wallMillis;
    }

    void keep(String room, long maxAgeMillis, long maxMessages) {
        connections.writing().useTransaction(handle -> {
            handle.execute("delete from chat_retention where room = ?", room);
            if (maxAgeMillis >= 0 || maxMessages >= 0) {
                handle.execute(
                        "insert into chat_retention (room, max_age_ms, max_messages) values (?, ?, ?)",
                        room,
                        maxAgeMillis,
                        maxMessages);
            }
        });
    }

    /** Looks at the rooms that are behind, and at the next ones; after the last one there is a pause. */
    void slice(PersistenceQueue queue) {
        // Away from it in either direction: a clock that was wrong and is put right may go back by years.
        boolean isLongAgo = Math.abs(wallMillis.getAsLong() - passEndedAt) >= PASS_MILLIS;
        boolean begins = lastRoom.isEmpty() && (isLongAgo || othersAreBehind);
        boolean passGoesOn = begins || !lastRoom.isEmpty();
        othersAreBehind &= !begins;
        List<Draft> trims = new ArrayList<>();
        connections.reading().useHandle(handle -> {
            Policy common = handle.createQuery("select max_age_ms, max_messages from chat_retention where room = ?")
                    .bind(0, ALL_ROOMS)
                    .map((row, context) -> new Policy(row.getLong(1), row.getLong(2)))
                    .findOne()
                    .orElse(Policy.NONE);
            Map<RoomId, Candidate> candidates = new LinkedHashMap<>();
            behind.forEach(room -> candidates(handle.createQuery(ROOM).bind(0, room.value()), common)
                    .forEach(candidate -> candidates.put(room, candidate)));
            behind.clear();
            if (passGoesOn) {
                nextOfPass(handle, common).forEach(candidate -> candidates.put(candidate.room, candidate));
            }
            candidates.values().forEach(candidate -> trim(handle, candidate).ifPresent(trims::add));
        });
        trims.forEach(draft -> queue.append(draft, new Flow()));
    }

    private List<Candidate> nextOfPass(Handle handle, Policy common) {
        List<Candidate> next =
                candidates(handle.createQuery(ROOMS).bind(0, lastRoom).bind(1, ROOMS_A_SLICE), common);
        if (next.size() < ROOMS_A_SLICE) {
            lastRoom = "";
            passEndedAt = wallMillis.getAsLong();
        } else {
            lastRoom = next.get(next.size() - 1).room.value();
        }
        return next;
    }

    private static List<Candidate> candidates(Query rooms, Policy common) {
        return rooms.map((row, context) -> {
                    Policy own = new Policy(row.getLong("max_age_ms"), row.getLong("max_messages"));
                    return new Candidate(
                            new RoomId(row.getString("room")),
                            row.getLong("last_seq"),
                            row.getLong("trimmed"),
                            row.getObject("max_age_ms") == null ? common : own);
                })
                .list();
    }

    private Optional<Draft> trim(Handle handle, Candidate candidate) {
        Policy policy = candidate.policy;
        if (policy.isNone() || candidate.lastSeq == candidate.trimmed) {
            return Optional.empty();
        }
        Part old = tooOld(handle, candidate);
        Part much = tooMany(candidate);
        long upto = Math.max(old.upto, much.upto);
        if (upto <= candidate.trimmed) {
            return Optional.empty();
        }
        if (!old.isAll || !much.isAll) {
            if (behind.size() < MAX_BEHIND) {
                behind.add(candidate.room);
            } else {
                othersAreBehind = true;
            }
        }
        ClientId cid = new ClientId(ClientId.SERVERS_OWN + "trim:" + upto);
        return Optional.of(Draft.change(candidate.room, ACTOR, cid, new RoomChange.Trimmed(upto)));
    }

    /**
     * Returns the seq up to which messages are too old. When one is, those go with it that soon will be (a hundredth of the age): else
     * a busy room would have an event a minute about it.
     */
    private Part tooOld(Handle handle, Candidate candidate) {
        long age = candidate.policy.maxAgeMillis;
        if (age < 0) {
            return new Part(0, true);
        }
        long now = wallMillis.getAsLong();
        // Most rooms have nothing to go: one row tells.
        if (oldest(handle, candidate, 1, now - age, now - age).upto == 0) {
            return new Part(0, true);
        }
        return oldest(handle, candidate, MAX_EVENTS, now - age, now - age + age / 100);
    }

    /** Returns the part of the {@code most} oldest messages of which the first is from {@code before} at the latest, and the others from {@code soon}. */
    private static Part oldest(Handle handle, Candidate candidate, int most, long before, long soon) {
        return handle.createQuery(OLDEST)
                .bind(0, candidate.room.value())
                .bind(1, candidate.trimmed)
                .bind(2, most)
                .scanResultSet((result, context) -> {
                    var row = result.get();
                    long upto = 0;
                    int taken = 0;
                    while (row.next() && row.getLong("ts") <= (upto == 0 ? before : soon)) {
                        upto = row.getLong("seq");
                        taken++;
                    }
                    return new Part(upto, taken < most);
                });
    }

    /**
     * Returns the seq up to which events are too many; a tenth more than allowed (but at most a thousand) waits to go together. One more
     * always waits: it may be the event that says what went, and a room in which nobody writes would trim itself away.
     */
    private static Part tooMany(Candidate candidate) {
        long most = candidate.policy.maxMessages;
        long excess = candidate.lastSeq - candidate.trimmed - most;
        if (most < 0 || excess <= Math.max(1, Math.min(MAX_EVENTS, most / 10))) {
            return new Part(0, true);
        }
        return new Part(candidate.trimmed + Math.min(excess, MAX_EVENTS), excess <= MAX_EVENTS);
    }
}
