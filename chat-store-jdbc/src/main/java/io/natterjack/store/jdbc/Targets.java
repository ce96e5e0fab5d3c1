package io.natterjack.store.jdbc;

import static java.util.Collections.nCopies;

import io.natterjack.core.Draft;
import io.natterjack.core.EventKind;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.Reaction;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.store.jdbc.AppendPlan.Known;
import io.natterjack.store.jdbc.AppendPlan.ResendKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * The messages that the drafts of a batch are about, as the database has them under the locks of their rooms, and then as the drafts
 * before leave them. Nothing is asked for a batch of plain messages.
 *
 * <p><b>Threads.</b> One only.
 */
final class Targets {
    /** Nobody's own reactions. */
    private static final UserId NOBODY = new UserId("?");

    static final String MESSAGES = "select " + Rows.MESSAGE_COLUMNS
            + " from chat_message m where m.room = ? and m.kind = 0" + " and m.seq in (";

    static final String OWN_REACTIONS =
            "select seq, reaction, member from chat_reaction where room = ? and member = ?" + " and seq in (";

    static final String CANCEL =
            "select room, sender, cid, is_open from chat_cancel where room = ? and sender = ? and cid = ?";

    static final String OPEN_CANCELS = "select count(*) from chat_cancel where room = ? and sender = ? and is_open = 1";

    /** How many of the keys that may have been revoked ahead a statement asks for. */
    private static final int PART = 200;

    private record Place(RoomId room, long seq) {}

    private record Reacted(Place place, UserId user, String key) {}

    private record Sender(RoomId room, UserId user) {}

    private final Map<Place, Message> messages = new HashMap<>();
    private final Map<Place, Message> touched = new LinkedHashMap<>();
    private final Set<Reacted> reacted = new HashSet<>();
    private final Map<ResendKey, Long> own = new HashMap<>();
    private final Map<RoomId, Long> pins = new HashMap<>();
    private final Map<ResendKey, Boolean> cancels = new HashMap<>();
    private final Map<Sender, Long> openAhead = new HashMap<>();
    private final Set<ResendKey> cancelled = new LinkedHashSet<>();
    private final Set<ResendKey> met = new LinkedHashSet<>();
    private final boolean needed;

    private Targets(boolean needed) {
        this.needed = needed;
    }

    /** Returns those of a batch of plain messages. */
    static Targets none() {
        return new Targets(false);
    }

    /** Looks up what the drafts are about. */
    static Targets load(Handle handle, Dialect dialect, List<Draft> batch, Dialect.Locked locked, long epoch) {
        Targets targets =
                new Targets(batch.stream().anyMatch(draft -> draft.target().isPresent()));
        if (targets.needed) {
            targets.loadOwn(handle, dialect, batch);
            targets.loadMessages(handle, batch, locked.known(), epoch);
        }
        // All that most rooms ever cost here: a number in the row that is locked.
        List<Draft> whereAnyAre = batch.stream()
                .filter(draft -> locked.rooms()
                                .getOrDefault(draft.room(), AppendPlan.RoomState.NEW)
                                .cancels()
                        > 0)
                .toList();
        if (!whereAnyAre.isEmpty()) {
            targets.loadCancels(handle, whereAnyAre, locked.known());
        }
        return targets;
    }

    private void loadOwn(Handle handle, Dialect dialect, List<Draft> batch) {
        List<Draft> named = new ArrayList<>();
        for (Draft draft : batch) {
            draft.target()
                    .flatMap(target -> target.own())
                    .ifPresent(
                            cid -> named.add(new Draft(draft.room(), draft.sender(), cid, MessageBody.ofStored("{}"))));
        }
        if (!named.isEmpty()) {
            dialect.known(handle, named).forEach((key, known) -> own.put(key, known.seq()));
        }
    }

    private void loadMessages(Handle handle, List<Draft> batch, Map<ResendKey, Known> known, long epoch) {
        Map<RoomId, Set<Long>> seqs = new LinkedHashMap<>();
        for (Draft draft : batch) {
            draft.target().ifPresent(target -> {
                long seq = target.own()
                        .map(cid -> seqOf(ResendKey.of(draft, cid), known))
                        .orElse(target.seq());
                if (seq > 0) {
                    seqs.computeIfAbsent(draft.room(), first -> new LinkedHashSet<>())
                            .add(seq);
                }
            });
        }
        seqs.forEach((room, ofRoom) -> query(handle, MESSAGES, ofRoom, List.of(room.value()))
                .map((row, context) -> Rows.message(room, epoch, row))
                .list()
                .forEach(message -> messages.put(new Place(room, message.seq()), message)));
        Map<RoomId, Set<UserId>> reacting = new LinkedHashMap<>();
        batch.stream()
                .filter(draft -> draft.kind() == EventKind.REACT && seqs.containsKey(draft.room()))
                .forEach(draft -> reacting.computeIfAbsent(draft.room(), first -> new LinkedHashSet<>())
                        .add(draft.sender()));
        reacting.forEach((room, users) ->
                users.forEach(user -> loadReactions(handle, room, user, seqs.getOrDefault(room, Set.of()))));
        batch.stream()
                .filter(draft -> draft.kind() == EventKind.PIN)
                .map(Draft::room)
                .distinct()
                .forEach(room -> pins.put(
                        room,
                        handle.createQuery("select count(*) from chat_pin where room = ?")
                                .bind(0, room.value())
                                .mapTo(Long.class)
                                .one()));
    }

    private long seqOf(ResendKey key, Map<ResendKey, Known> known) {
        Known inBatch = known.get(key);
        return inBatch != null ? inBatch.seq() : seqOf(key);
    }

    private void loadReactions(Handle handle, RoomId room, UserId user, Set<Long> seqs) {
        query(handle, OWN_REACTIONS, seqs, List.of(room.value(), user.value()))
                .map((row, context) ->
                        new Reacted(new Place(room, row.getLong("seq")), user, row.getString("reaction")))
                .list()
                .forEach(reacted::add);
    }

    /** Returns a query that begins with {@code sql} and ends with the seqs. */
    static Query query(Handle handle, String sql, Collection<Long> seqs, List<String> parameters) {
        Query query = handle.createQuery(sql + Rows.places(seqs.size()) + ")");
        int position = 0;
        for (String parameter : parameters) {
            query.bind(position++, parameter);
        }
        for (long seq : seqs) {
            query.bind(position++, seq);
        }
        return query;
    }

    /** What a sender has revoked ahead and what of it has come is kept for ever: asked for is only what the batch is about. */
    private void loadCancels(Handle handle, List<Draft> batch, Map<ResendKey, Known> known) {
        Set<ResendKey> keys = new LinkedHashSet<>();
        Set<Sender> ahead = new LinkedHashSet<>();
        for (Draft draft : batch) {
            if (draft.kind() == EventKind.MESSAGE) {
                keys.add(ResendKey.of(draft));
            } else if (draft.kind() == EventKind.REVOKE) {
                draft.target().flatMap(target -> target.own()).ifPresent(cid -> {
                    ResendKey own = ResendKey.of(draft, cid);
                    if (!messages.containsKey(new Place(draft.room(), seqOf(own, known)))) {
                        keys.add(own);
                        ahead.add(new Sender(draft.room(), draft.sender()));
                    }
                });
            }
        }
        for (List<ResendKey> part : Rows.parts(List.copyOf(keys), PART)) {
            Query query = handle.createQuery(String.join(" union all ", nCopies(part.size(), CANCEL)));
            int position = 0;
            for (ResendKey key : part) {
                query.bind(position++, key.room())
                        .bind(position++, key.sender())
                        .bind(position++, key.clientId());
            }
            query.map((row, context) -> Map.entry(
                            new ResendKey(row.getString("room"), row.getString("sender"), row.getString("cid")),
                            row.getInt("is_open") != 0))
                    .list()
                    .forEach(entry -> cancels.put(entry.getKey(), entry.getValue()));
        }
        for (Sender sender : ahead) {
            openAhead.put(
                    sender,
                    handle.createQuery(OPEN_CANCELS)
                            .bind(0, sender.room().value())
                            .bind(1, sender.user().value())
                            .mapTo(Long.class)
                            .one());
        }
    }

    /** Returns the seq of what was sent under the key before this batch; 0 if nothing was. */
    long seqOf(ResendKey key) {
        return own.getOrDefault(key, 0L);
    }

    /** Returns the message as it is now, with the reactions of the draft's sender told from others'. */
    Optional<Message> find(Draft draft, long seq) {
        Place place = new Place(draft.room(), seq);
        Message message = messages.get(place);
        if (message == null) {
            return Optional.empty();
        }
        Set<String> mine = new HashSet<>();
        for (Reaction each : message.details().reactions()) {
            if (reacted.contains(new Reacted(place, draft.sender(), each.key()))) {
                mine.add(each.key());
            }
        }
        return Optional.of(message.seenWith(mine::contains));
    }

    /** Applies an event to what is known. */
    void happened(Draft draft, Outcome.Accepted accepted) {
        if (!needed) {
            return;
        }
        RoomEvent event = draft.accepted(accepted);
        if (event.kind() == EventKind.MESSAGE) {
            messages.put(new Place(draft.room(), event.seq()), Message.of(event));
        }
        if (event.target() > 0) {
            Place place = new Place(draft.room(), event.target());
            messages.computeIfPresent(place, (same, message) -> message.after(event, NOBODY));
            touched.put(place, messages.get(place));
        }
        RoomChange change = draft.change().orElse(null);
        if (change instanceof RoomChange.Reacted reaction) {
            Reacted one = new Reacted(new Place(draft.room(), event.target()), draft.sender(), reaction.key());
            if (reaction.isOn()) {
                reacted.add(one);
            } else {
                reacted.remove(one);
            }
        } else if (change instanceof RoomChange.Pinned pin) {
            pins.merge(draft.room(), pin.isOn() ? 1L : -1L, Long::sum);
        } else if (change instanceof RoomChange.Erased || change instanceof RoomChange.Trimmed) {
            takeAway(draft.room(), event, change);
        }
    }

    /** What the batch has touched and then takes away must not come back by what is written last. */
    private void takeAway(RoomId room, RoomEvent event, RoomChange change) {
        messages.replaceAll((place, message) -> {
            if (!place.room.equals(room)) {
                return message;
            }
            Message after = change instanceof RoomChange.Trimmed trimmed && message.seq() <= trimmed.upto()
                    ? message.trimmed()
                    : message.after(event, NOBODY);
            touched.computeIfPresent(place, (same, before) -> after);
            return after;
        });
    }

    boolean isFullOfPins(RoomId room) {
        return pins.getOrDefault(room, 0L) >= RoomChange.Pinned.MAX;
    }

    /** Tells whether the message was revoked before it came. */
    boolean isRevokedAhead(ResendKey message) {
        return cancels.containsKey(message);
    }

    /** Returns how many messages the sender has revoked that haven't come; asked only for who revokes ahead in the batch. */
    long openAhead(RoomId room, UserId sender) {
        return openAhead.getOrDefault(new Sender(room, sender), 0L);
    }

    void revokeAhead(ResendKey message) {
        cancels.put(message, true);
        cancelled.add(message);
        count(message, 1);
    }

    /** Notes that the message, revoked ahead, has come. */
    void hasCome(ResendKey message) {
        if (Boolean.TRUE.equals(cancels.put(message, false))) {
            met.add(message);
            count(message, -1);
        }
    }

    private void count(ResendKey message, long more) {
        openAhead.merge(new Sender(new RoomId(message.room()), new UserId(message.sender())), more, Long::sum);
    }

    Collection<Message> touched() {
        return touched.values();
    }

    Set<ResendKey> newlyCancelled() {
        return cancelled;
    }

    Set<ResendKey> metCancelled() {
        return met;
    }
}
