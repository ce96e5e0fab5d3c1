package io.natterjack.core.spi;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.Message;
import io.natterjack.core.Outcome;
import io.natterjack.core.Target;
import io.natterjack.core.UserId;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Decides what becomes of the drafts of one room in one batch, in the order in which every store decides. A store says what it knows of
 * the room, and notes what happens: each answer is to be as if the drafts decided before were written already.
 *
 * <p><b>Threads.</b> One at a time, which has the room to itself.
 */
public abstract class DraftDecisions {
    private final Set<UserId> stale = new HashSet<>();

    /** Decides the next draft of the room, and has what it brings noted. */
    public final Outcome decide(Draft draft) {
        Optional<Outcome> earlier = earlier(draft);
        if (earlier.isPresent()) {
            return earlier.get();
        }
        if (isStale(draft)) {
            return DraftRules.stale();
        }
        Optional<ErrorCode> refusal = DraftRules.refusalIn(isHeld(), lastSeq(), draft);
        if (refusal.isPresent()) {
            return Outcome.Refused.forGood(refusal.get());
        }
        if (draft.kind() == EventKind.MESSAGE && isRevokedAhead(draft.sender(), draft.clientId())) {
            hasCome(draft);
            return Outcome.Refused.forGood(ErrorCode.TARGET_REVOKED);
        }
        return draft.target().isPresent() ? decideAbout(draft, draft.target().get()) : accept(draft, 0);
    }

    private boolean isStale(Draft draft) {
        boolean isStale = draft.terms().isPresent()
                && (DraftRules.isStale(draft, epoch(), accessRev()) || stale.contains(draft.sender()));
        if (isStale) {
            // Those behind it of the same sender mustn't overtake it.
            stale.add(draft.sender());
        }
        return isStale;
    }

    private Outcome decideAbout(Draft draft, Target target) {
        Optional<Message> found = find(draft, target);
        if (found.isPresent()) {
            return decideOn(draft, found.get());
        }
        return draft.kind() == EventKind.REVOKE && target.own().isPresent()
                ? decideAhead(draft, target.own().get())
                : Outcome.Refused.forGood(ErrorCode.TARGET_UNKNOWN);
    }

    private Outcome decideOn(Draft draft, Message message) {
        Optional<ErrorCode> refusal = DraftRules.refusal(draft, message);
        if (refusal.isPresent()) {
            return Outcome.Refused.forGood(refusal.get());
        }
        if (DraftRules.changesNothing(draft, message)) {
            return new Outcome.Accepted(new Cursor(epoch(), message.rev()), time(draft), true, message.seq());
        }
        if (DraftRules.isOneKindTooMany(draft, message) || DraftRules.isPin(draft) && isFullOfPins()) {
            return Outcome.Refused.forGood(ErrorCode.TOO_LARGE);
        }
        return accept(draft, message.seq());
    }

    /** The revocation of what hasn't come makes no event: what it names is refused when it comes. */
    private Outcome decideAhead(Draft draft, ClientId own) {
        boolean again = isRevokedAhead(draft.sender(), own);
        if (!again && openAhead(draft.sender()) >= MessageStore.MAX_CANCELLED) {
            return Outcome.Refused.forGood(ErrorCode.TOO_LARGE);
        }
        if (!again) {
            revokeAhead(draft.sender(), own);
        }
        return new Outcome.Accepted(new Cursor(epoch(), 0), time(draft), again, 0);
    }

    private Outcome accept(Draft draft, long target) {
        Outcome.Accepted accepted =
                new Outcome.Accepted(new Cursor(epoch(), lastSeq() + 1), time(draft), false, target);
        happened(draft, accepted);
        return accepted;
    }

    /** Returns what is answered to a resend of what the room has already; nothing if the draft is new to it. */
    protected abstract Optional<Outcome> earlier(Draft draft);

    /** Returns the store's epoch. */
    protected abstract long epoch();

    /** Returns the seq of the room's last event; 0 if there is none. */
    protected abstract long lastSeq();

    /** Returns the seq of the room's last event that may have taken a right; 0 if there is none. */
    protected abstract long accessRev();

    /** Tells whether the room is on legal hold. */
    protected abstract boolean isHeld();

    /** Returns the time that an event of the draft has, in Unix milliseconds: never before that of the room's last event. */
    protected abstract long time(Draft draft);

    /** Returns the message that the draft is about, with the sender's own reactions; nothing if the room has none such. */
    protected abstract Optional<Message> find(Draft draft, Target target);

    /** Tells whether as many messages are pinned as may be; asked only for what would pin one. */
    protected abstract boolean isFullOfPins();

    /** Tells whether the sender has revoked the message before it came, be it that it has come since. */
    protected abstract boolean isRevokedAhead(UserId sender, ClientId message);

    /** Returns how many messages the sender has revoked that haven't come. */
    protected abstract long openAhead(UserId sender);

    /** Notes that the sender revokes a message that hasn't come. */
    protected abstract void revokeAhead(UserId sender, ClientId message);

    /** Notes that a message that was revoked ahead has come: it doesn't count as open any more. It may have come before, too. */
    protected abstract void hasCome(Draft message);

    /** Notes the event, and what follows from it. */
    protected abstract void happened(Draft draft, Outcome.Accepted accepted);
}
