package io.natterjack.core.spi;

import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.Message;
import io.natterjack.core.MessageDetails;
import io.natterjack.core.Outcome;
import io.natterjack.core.Reaction;
import io.natterjack.core.RoomChange;
import io.natterjack.core.Terms;
import java.time.Duration;
import java.util.Optional;

/** What every store decides in the same way about a draft, once it has looked up what the draft is about. */
public final class DraftRules {
    private static final Outcome.Refused STALE = Outcome.Refused.retryAfter(ErrorCode.BUSY, Duration.ofMillis(1));

    private DraftRules() {}

    /** Returns the refusal of a draft that was permitted before a right may have been taken: it is to be permitted anew. */
    public static Outcome.Refused stale() {
        return STALE;
    }

    /** Tells whether the draft was permitted before the room's {@code accessRev}, or in another epoch. */
    public static boolean isStale(Draft draft, long epoch, long accessRev) {
        return draft.terms()
                .filter(terms -> terms.accessRev() < accessRev || terms.epoch() != 0 && terms.epoch() != epoch)
                .isPresent();
    }

    /**
     * Returns why the draft can't come where it would; nothing if it can. A room is created by its first event or never; one whose name is
     * the server's own begins in no other way, so that nobody is in it before those for whom it is made.
     *
     * @param lastSeq the last event of the room before the draft; 0 if there is none
     */
    static Optional<ErrorCode> refusalAfter(long lastSeq, Draft draft) {
        if (draft.kind() == EventKind.CREATED) {
            return lastSeq > 0 ? Optional.of(ErrorCode.ROOM_EXISTS) : Optional.empty();
        }
        return lastSeq == 0 && draft.room().isServersOwn() ? Optional.of(ErrorCode.NO_ROOM) : Optional.empty();
    }

    /**
     * Returns why the draft can't come into the room as it is; nothing if it can: what takes something away can't while the room is held,
     * and nothing where {@link #refusalAfter} says so.
     */
    static Optional<ErrorCode> refusalIn(boolean isHeld, long lastSeq, Draft draft) {
        boolean takesAway = switch (draft.kind()) {
            case ERASED, TRIMMED, REVOKE, EDIT -> true;
            default -> false;
        };
        return isHeld && takesAway ? Optional.of(ErrorCode.FORBIDDEN) : refusalAfter(lastSeq, draft);
    }

    /** Returns why the draft can't be applied to the message that it is about; nothing if it can. */
    static Optional<ErrorCode> refusal(Draft draft, Message target) {
        boolean own = target.sender().equals(draft.sender());
        boolean overOthers = draft.terms().map(Terms::isOverOthers).orElse(true);
        boolean inTime = draft.terms().map(Terms::notBefore).orElse(0L) <= target.timestamp();
        switch (draft.kind()) {
            case REVOKE:
                if (!own && !overOthers) {
                    return Optional.of(ErrorCode.FORBIDDEN);
                }
                return inTime || overOthers || target.body().isGone()
                        ? Optional.empty()
                        : Optional.of(ErrorCode.EDIT_WINDOW);
            case EDIT:
                if (!own && draft.terms().isPresent()) {
                    return Optional.of(ErrorCode.FORBIDDEN);
                }
                if (target.body().isGone()) {
                    return Optional.of(ErrorCode.TARGET_REVOKED);
                }
                return inTime ? revConflict(draft, target) : Optional.of(ErrorCode.EDIT_WINDOW);
            default:
                return target.body().isGone() ? Optional.of(ErrorCode.TARGET_REVOKED) : Optional.empty();
        }
    }

    private static Optional<ErrorCode> revConflict(Draft draft, Message target) {
        return draft.change()
                .map(change -> ((RoomChange.Edited) change).ifRev())
                .filter(ifRev -> ifRev.isPresent() && ifRev.getAsLong() != target.rev())
                .map(conflict -> ErrorCode.REV_CONFLICT);
    }

    /**
     * Tells whether the draft would change nothing: it makes no event then.
     *
     * @param target whose own reactions are those of the draft's sender
     */
    static boolean changesNothing(Draft draft, Message target) {
        MessageDetails details = target.details();
        RoomChange change = draft.change().orElse(null);
        if (change instanceof RoomChange.Pinned pin) {
            return details.isPinned() == pin.isOn();
        }
        if (change instanceof RoomChange.Reacted reaction) {
            return reaction.isOn() == reaction(details, reaction.key()).isMine();
        }
        return draft.kind() == EventKind.REVOKE && target.body().isGone();
    }

    /** Tells whether the message has as many kinds of reactions as it may, and the draft would bring another. */
    static boolean isOneKindTooMany(Draft draft, Message target) {
        return draft.change().orElse(null) instanceof RoomChange.Reacted reaction
                && reaction.isOn()
                && target.details().reactions().size() >= Reaction.MAX_KEYS
                && reaction(target.details(), reaction.key()).count() == 0;
    }

    /** Tells whether the draft would pin a message. */
    static boolean isPin(Draft draft) {
        return draft.change().orElse(null) instanceof RoomChange.Pinned pin && pin.isOn();
    }

    private static Reaction reaction(MessageDetails details, String key) {
        for (Reaction each : details.reactions()) {
            if (each.key().equals(key)) {
                return each;
            }
        }
        return new Reaction(key, 0, false);
    }
}
