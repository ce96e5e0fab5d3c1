package io.natterjack.store.redis;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.Message;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.Target;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.DraftRules;
import io.natterjack.core.spi.MessageStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides what becomes of the drafts of a room, given what Redis has.
 *
 * <p><b>Threads.</b> One.
 */
final class RoomPlan {
    private final RoomFacts facts;
    private final RoomEffects effects;
    private final List<Outcome> outcomes = new ArrayList<>();
    private final Set<UserId> stale = new HashSet<>();
    private long lastSeq;
    private long lastTime;
    private long accessRev;

    private RoomPlan(RoomFacts facts, RoomEffects effects) {
        this.facts = facts;
        this.effects = effects;
        this.lastSeq = Reply.number(facts.own.seq());
        this.lastTime = facts.own.lastTime();
        this.accessRev = facts.own.accessRev();
    }

    /** Decides, and has {@code effects} note what is to be written; returns one outcome a draft. */
    static List<Outcome> of(List<Draft> drafts, RoomFacts facts, RoomEffects effects) {
        RoomPlan plan = new RoomPlan(facts, effects);
        for (Draft draft : drafts) {
            String known = facts.sent.get(Entries.sent(draft.sender(), draft.clientId()));
            plan.outcomes.add(
                    known == null
                            ? plan.decide(draft)
                            : Entries.known(facts.epoch, known).answer(draft));
        }
        return plan.outcomes;
    }

    private Outcome decide(Draft draft) {
        if (draft.terms().isPresent()
                && (DraftRules.isStale(draft, facts.epoch, accessRev) || stale.contains(draft.sender()))) {
            // Those behind it of the same sender mustn't overtake it.
            stale.add(draft.sender());
            return DraftRules.stale();
        }
        boolean takesAway = switch (draft.kind()) {
            case ERASED, TRIMMED, REVOKE, EDIT -> true;
            default -> false;
        };
        if (facts.own.held() && takesAway) {
            return Outcome.Refused.forGood(ErrorCode.FORBIDDEN);
        }
        Optional<ErrorCode> outOfPlace = DraftRules.refusalAfter(lastSeq, draft);
        if (outOfPlace.isPresent()) {
            return Outcome.Refused.forGood(outOfPlace.get());
        }
        if (draft.kind() == EventKind.MESSAGE && isCancelled(draft)) {
            return Outcome.Refused.forGood(ErrorCode.TARGET_REVOKED);
        }
        return draft.target().isPresent() ? decideAbout(draft, draft.target().get()) : accept(draft, 0);
    }

    private Outcome decideAbout(Draft draft, Target target) {
        Message found = facts.messages.get(FactsQuery.seq(facts, draft.sender(), target));
        if (found == null) {
            return draft.kind() == EventKind.REVOKE && target.own().isPresent()
                    ? cancel(draft, target.own().get())
                    : Outcome.Refused.forGood(ErrorCode.TARGET_UNKNOWN);
        }
        Message message =
                found.seenWith(key -> facts.reactions.contains(Entries.reaction(found.seq(), key, draft.sender())));
        Optional<ErrorCode> refusal = DraftRules.refusal(draft, message);
        if (refusal.isPresent()) {
            return Outcome.Refused.forGood(refusal.get());
        }
        if (DraftRules.changesNothing(draft, message)) {
            return new Outcome.Accepted(new Cursor(facts.epoch, message.rev()), time(), true, message.seq());
        }
        if (DraftRules.isOneKindTooMany(draft, message) || isOnePinTooMany(draft)) {
            return Outcome.Refused.forGood(ErrorCode.TOO_LARGE);
        }
        return accept(draft, message.seq());
    }

    private boolean isOnePinTooMany(Draft draft) {
        return draft.change().orElse(null) instanceof RoomChange.Pinned pin
                && pin.isOn()
                && facts.pins >= RoomChange.Pinned.MAX;
    }

    private long time() {
        return Math.max(facts.now, lastTime);
    }

    /** Tells whether the message was revoked before it came; it has come now. */
    private boolean isCancelled(Draft draft) {
        String field = "c" + Entries.sent(draft.sender(), draft.clientId());
        String cancelled = facts.cancelled.get(field);
        if (cancelled == null) {
            return false;
        }
        if (cancelled.equals("1")) {
            facts.cancelled.put(field, "0");
            effects.cancelled(field, "0");
            open(draft.sender(), -1);
        }
        return true;
    }

    private Outcome cancel(Draft draft, ClientId own) {
        String field = "c" + Entries.sent(draft.sender(), own);
        boolean again = facts.cancelled.containsKey(field);
        if (!again && open(draft.sender(), 0) >= MessageStore.MAX_CANCELLED) {
            return Outcome.Refused.forGood(ErrorCode.TOO_LARGE);
        }
        if (!again) {
            facts.cancelled.put(field, "1");
            effects.cancelled(field, "1");
            open(draft.sender(), 1);
        }
        return new Outcome.Accepted(new Cursor(facts.epoch, 0), time(), again, 0);
    }

    /** Returns how many revocations of what hasn't come are open for somebody, after adding some. */
    private long open(UserId sender, int more) {
        String field = "n" + sender.value();
        long open = Reply.number(facts.cancelled.getOrDefault(field, "")) + more;
        if (more != 0) {
            facts.cancelled.put(field, String.valueOf(open));
            effects.cancelled(field, String.valueOf(open));
        }
        return open;
    }

    private Outcome accept(Draft draft, long target) {
        lastSeq++;
        lastTime = time();
        if (draft.change().filter(RoomChange::restricts).isPresent()) {
            accessRev = lastSeq;
        }
        Outcome.Accepted accepted = new Outcome.Accepted(new Cursor(facts.epoch, lastSeq), lastTime, false, target);
        RoomEvent event = draft.accepted(accepted);
        String name = Entries.sent(draft.sender(), draft.clientId());
        String first = Entries.sent(draft.contentHash(), accepted);
        facts.sent.put(name, first);
        effects.happened(name, first, event, draft.change().orElse(null));
        return accepted;
    }
}
