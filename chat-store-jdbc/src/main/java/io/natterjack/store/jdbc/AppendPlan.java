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
import io.natterjack.core.spi.DraftRules;
import io.natterjack.core.text.SearchWords;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
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
            return new ResendKey(draft.room().value(), draft.sender().value(), clientId.value());
        }
    }

    /** What is kept of an event for its resends. */
    record Known(String contentHash, long seq, long timestamp) {}

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
        private final Map<RoomId, RoomState> rooms = new HashMap<>();
        private Set<SenderInRoom> stale = Set.of();

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
            return new AppendPlan(
                    outcomes, rows, rooms, targets.touched(), targets.newlyCancelled(), targets.metCancelled());
        }

        void add(Draft draft) {
            Known first = seen.get(ResendKey.of(draft));
            outcomes.add(first != null ? again(draft, first) : decide(draft));
        }

        private Outcome again(Draft draft, Known first) {
            return first.contentHash().equals(draft.contentHash())
                    ? new Outcome.Accepted(new Cursor(epoch, first.seq()), first.timestamp(), true)
                    : Outcome.Refused.forGood(ErrorCode.CID_CONFLICT);
        }

        private RoomState room(Draft draft) {
            return rooms.getOrDefault(draft.room(), Objects.requireNonNull(before.get(draft.room())));
        }

        private Outcome decide(Draft draft) {
            RoomState room = room(draft);
            if (isStale(draft, room)) {
                return DraftRules.stale();
            }
            boolean takesAway = switch (draft.kind()) {
                case ERASED, TRIMMED, REVOKE, EDIT -> true;
                default -> false;
            };
            if (room.held() && takesAway) {
                return Outcome.Refused.forGood(ErrorCode.FORBIDDEN);
            }
            Optional<ErrorCode> outOfPlace = DraftRules.refusalAfter(room.lastSeq(), draft);
            if (outOfPlace.isPresent()) {
                return Outcome.Refused.forGood(outOfPlace.get());
            }
            if (draft.kind() == EventKind.MESSAGE && targets.isCancelled(draft)) {
                return Outcome.Refused.forGood(ErrorCode.TARGET_REVOKED);
            }
            return draft.target().isPresent()
                    ? decideAbout(draft, draft.target().get())
                    : accept(draft, 0);
        }

        private record SenderInRoom(RoomId room, UserId sender) {}

        private static SenderInRoom senderIn(Draft draft) {
            return new SenderInRoom(draft.room(), draft.sender());
        }

        private boolean isStale(Draft draft, RoomState room) {
            boolean isStale = draft.terms().isPresent()
                    && (DraftRules.isStale(draft, epoch, room.accessRev()) || stale.contains(senderIn(draft)));
            if (isStale) {
                // Those behind it of the same sender mustn't overtake it.
                stale = new HashSet<>(stale);
                stale.add(senderIn(draft));
            }
            return isStale;
        }

        private Outcome decideAbout(Draft draft, Target target) {
            Optional<Message> found = targets.find(draft, seqOf(draft, target));
            if (found.isEmpty()) {
                return draft.kind() == EventKind.REVOKE && target.own().isPresent()
                        ? cancel(draft, target.own().get())
                        : Outcome.Refused.forGood(ErrorCode.TARGET_UNKNOWN);
            }
            Message message = found.get();
            Optional<ErrorCode> refusal = DraftRules.refusal(draft, message);
            if (refusal.isPresent()) {
                return Outcome.Refused.forGood(refusal.get());
            }
            if (DraftRules.changesNothing(draft, message)) {
                long now = Math.max(when.applyAsLong(draft), room(draft).lastTimestamp());
                return new Outcome.Accepted(new Cursor(epoch, message.rev()), now, true, message.seq());
            }
            if (DraftRules.isOneKindTooMany(draft, message) || targets.isOnePinTooMany(draft)) {
                return Outcome.Refused.forGood(ErrorCode.TOO_LARGE);
            }
            return accept(draft, message.seq());
        }

        private long seqOf(Draft draft, Target target) {
            if (target.at().isPresent()) {
                return target.at().get().epoch() == epoch ? target.seq() : 0;
            }
            ResendKey key = ResendKey.of(draft, target.own().get());
            Known own = seen.get(key);
            return own != null ? own.seq() : targets.seqOf(key);
        }

        private Outcome cancel(Draft draft, ClientId own) {
            return switch (targets.cancel(draft, own)) {
                case NEW -> new Outcome.Accepted(new Cursor(epoch, 0), when.applyAsLong(draft), false);
                case KNOWN -> new Outcome.Accepted(new Cursor(epoch, 0), when.applyAsLong(draft), true);
                case TOO_MANY -> Outcome.Refused.forGood(ErrorCode.TOO_LARGE);
            };
        }

        private Outcome accept(Draft draft, long target) {
            RoomState last = room(draft);
            Row row =
                    new Row(draft, last.lastSeq() + 1, Math.max(when.applyAsLong(draft), last.lastTimestamp()), target);
            rows.add(row);
            rooms.put(draft.room(), last.after(row));
            seen.put(ResendKey.of(draft), new Known(draft.contentHash(), row.seq(), row.timestamp()));
            Outcome.Accepted accepted =
                    new Outcome.Accepted(new Cursor(epoch, row.seq()), row.timestamp(), false, target);
            targets.happened(draft, accepted);
            return accepted;
        }
    }
}
