package io.natterjack.store.jdbc;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.Target;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.DraftDecisions;
import io.natterjack.core.text.SearchWords;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * Decides what becomes of the drafts of a batch, given what the database says under the locks of their rooms: a pure function,
 * the same for every database.
 *
 * @param outcomes one a draft, in the order of the batch
 * @param rows what is new, each room's in the order of its seqs
 * @param rooms the rooms that have new rows, as they are after them
 * @param touched messages that the batch changes, as they are after it
 * @param cancelled what was revoked before it came, newly
 * @param met what was revoked before it came, and has come now
 */
record AppendPlan(
        List<Outcome> outcomes,
        List<Row> rows,
        Map<RoomId, RoomState> rooms,
        Collection<Message> touched,
        Set<ResendKey> cancelled,
        Set<ResendKey> met) {

    /**
     * The last event of a room, zeros if there is none.
     *
     * @param held whether it is on legal hold
     * @param accessRev the last event that may have taken a right
     * @param cancels how many messages were revoked before they came
     */
    record RoomState(long lastSeq, long lastTimestamp, boolean held, long accessRev, int cancels) {
        static final RoomState NEW = new RoomState(0, 0, false, 0, 0);

        RoomState after(Row row) {
            boolean restricts =
                    row.draft().change().filter(RoomChange::restricts).isPresent();
            return new RoomState(row.seq(), row.timestamp(), held, restricts ? row.seq() : accessRev, cancels);
        }
    }

    /** By what a resend is known. */
    record ResendKey(String room, String sender, String clientId) {
        static ResendKey of(Draft draft) {
            return of(draft, draft.clientId());
        }

        static ResendKey of(Draft draft, ClientId clientId) {
            return of(draft.room(), draft.sender(), clientId);
        }

        static ResendKey of(RoomId room, UserId sender, ClientId clientId) {
            return new ResendKey(room.value(), sender.value(), clientId.value());
        }
    }

    /** What is kept of an event for its resends. */
    record Known(String contentHash, long seq, long timestamp, long target) {}

    /** An event to insert. */
    record Row(Draft draft, long seq, long timestamp, long target) {
        int kind() {
            return EventKinds.number(draft.kind());
        }

        /** Returns what is kept with the event: the body of an edit is the message's. */
        String body() {
            return draft.kind() == EventKind.EDIT ? "{}" : draft.body().json();
        }

        /** Returns the tokens that a search finds it by, separated by spaces; empty for none. */
        String words() {
            return draft.kind() == EventKind.MESSAGE ? words(draft.body()) : "";
        }

        static String words(MessageBody body) {
            try {
                return body.text().map(SearchWords::tokens).orElse("");
            } catch (IllegalStateException notJson) {
                return ""; // Such a body is for the database to refuse.
            }
        }
    }

    /**
     * Makes the plan.
     *
     * @param before all rooms of the batch, locked
     * @param known those of the batch's keys that the database has
     * @param targets what the drafts are about
     * @param when a draft's time in Unix milliseconds; the event before may push it forward
     */
    static AppendPlan of(
            List<Draft> batch,
            Map<RoomId, RoomState> before,
            Map<ResendKey, Known> known,
            Targets targets,
            long epoch,
            ToLongFunction<Draft> when) {
        Planning planning = new Planning(before, known, targets, epoch, when);
        batch.forEach(planning::add);
        return planning.done();
    }

    /** A plan in the making. */
    private static final class Planning {
        private final Map<RoomId, RoomState> before;
        private final Map<ResendKey, Known> seen;
        private final Targets targets;
        private final long epoch;
        private final ToLongFunction<Draft> when;
        private final List<Outcome> outcomes = new ArrayList<>();
        private final List<Row> rows = new ArrayList<>();
        private final Map<RoomId, InRoom> rooms = new HashMap<>();

        Planning(
                Map<RoomId, RoomState> before,
                Map<ResendKey, Known> known,
                Targets targets,
                long epoch,
                ToLongFunction<Draft> when) {
            this.before = before;
            this.seen = new HashMap<>(known);
            this.targets = targets;
            this.epoch = epoch;
            this.when = when;
        }

        AppendPlan done() {
            Map<RoomId, RoomState> after = new HashMap<>();
            rooms.forEach((id, room) -> room.ifChanged(state -> after.put(id, state)));
            return new AppendPlan(
                    outcomes, rows, after, targets.touched(), targets.newlyCancelled(), targets.metCancelled());
        }

        void add(Draft draft) {
            InRoom room =
                    rooms.computeIfAbsent(draft.room(), id -> new InRoom(id, Objects.requireNonNull(before.get(id))));
            outcomes.add(room.decide(draft));
        }

        /** What the drafts of one room are decided by. */
        private final class InRoom extends DraftDecisions {
            private final RoomId id;
            private final RoomState first;
            private RoomState last;

            InRoom(RoomId id, RoomState first) {
                this.id = id;
                this.first = first;
                this.last = first;
            }

            void ifChanged(Consumer<RoomState> then) {
                if (last.lastSeq() > first.lastSeq()) {
                    then.accept(last);
                }
            }

            @Override
            protected Optional<Outcome> earlier(Draft draft) {
                return Optional.ofNullable(seen.get(ResendKey.of(draft))).map(known -> again(draft, known));
            }

            private Outcome again(Draft draft, Known known) {
                return known.contentHash().equals(draft.contentHash())
                        ? new Outcome.Accepted(new Cursor(epoch, known.seq()), known.timestamp(), true, known.target())
                        : Outcome.Refused.forGood(ErrorCode.CID_CONFLICT);
            }

            @Override
            protected long epoch() {
                return epoch;
            }

            @Override
            protected long lastSeq() {
                return last.lastSeq();
            }

            @Override
            protected long accessRev() {
                return last.accessRev();
            }

            @Override
            protected boolean isHeld() {
                return last.held();
            }

            @Override
            protected long time(Draft draft) {
                return Math.max(when.applyAsLong(draft), last.lastTimestamp());
            }

            @Override
            protected Optional<Message> find(Draft draft, Target target) {
                return targets.find(draft, seqOf(draft, target));
            }

            private long seqOf(Draft draft, Target target) {
                if (target.at().isPresent()) {
                    return target.at().get().epoch() == epoch ? target.seq() : 0;
                }
                ResendKey key = ResendKey.of(draft, target.own().get());
                Known own = seen.get(key);
                return own != null ? own.seq() : targets.seqOf(key);
            }

            @Override
            protected boolean isFullOfPins() {
                return targets.isFullOfPins(id);
            }

            @Override
            protected boolean isRevokedAhead(UserId sender, ClientId message) {
                return targets.isRevokedAhead(ResendKey.of(id, sender, message));
            }

            @Override
            protected long openAhead(UserId sender) {
                return targets.openAhead(id, sender);
            }

            @Override
            protected void revokeAhead(UserId sender, ClientId message) {
                targets.revokeAhead(ResendKey.of(id, sender, message));
            }

            @Override
            protected void hasCome(Draft message) {
                targets.hasCome(ResendKey.of(message));
            }

            @Override
            protected void happened(Draft draft, Outcome.Accepted accepted) {
                Row row = new Row(draft, accepted.at().seq(), accepted.timestamp(), accepted.target());
                rows.add(row);
                last = last.after(row);
                seen.put(ResendKey.of(draft), new Known(draft.contentHash(), row.seq(), row.timestamp(), row.target()));
                targets.happened(draft, accepted);
            }
        }
    }
}
