package io.natterjack.store.redis;

import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.Message;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.Target;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.DraftDecisions;
import java.util.List;
import java.util.Optional;

/**
 * Decides what becomes of the drafts of a room, given what Redis has.
 *
 * <p><b>Threads.</b> One.
 */
final class RoomPlan extends DraftDecisions {
    private final RoomFacts facts;
    private final RoomEffects effects;
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
        return drafts.stream().map(plan::decide).toList();
    }

    @Override
    protected Optional<Outcome> earlier(Draft draft) {
        String known = facts.sent.get(Entries.sent(draft.sender(), draft.clientId()));
        return Optional.ofNullable(known)
                .map(first -> Entries.known(facts.epoch, first).answer(draft));
    }

    @Override
    protected long epoch() {
        return facts.epoch;
    }

    @Override
    protected long lastSeq() {
        return lastSeq;
    }

    @Override
    protected long accessRev() {
        return accessRev;
    }

    @Override
    protected boolean isHeld() {
        return facts.own.held();
    }

    @Override
    protected long time(Draft draft) {
        return Math.max(facts.now, lastTime);
    }

    @Override
    protected Optional<Message> find(Draft draft, Target target) {
        return Optional.ofNullable(facts.messages.get(FactsQuery.seq(facts, draft.sender(), target)))
                .map(found -> found.seenWith(
                        key -> facts.reactions.contains(Entries.reaction(found.seq(), key, draft.sender()))));
    }

    @Override
    protected boolean isFullOfPins() {
        return facts.pins >= RoomChange.Pinned.MAX;
    }

    @Override
    protected boolean isRevokedAhead(UserId sender, ClientId message) {
        return facts.cancelled.containsKey(cancelled(sender, message));
    }

    @Override
    protected long openAhead(UserId sender) {
        return Reply.number(facts.cancelled.getOrDefault(open(sender), ""));
    }

    @Override
    protected void revokeAhead(UserId sender, ClientId message) {
        note(cancelled(sender, message), 1);
        note(open(sender), openAhead(sender) + 1);
    }

    @Override
    protected void hasCome(Draft message) {
        String field = cancelled(message.sender(), message.clientId());
        if ("1".equals(facts.cancelled.get(field))) {
            note(field, 0);
            note(open(message.sender()), openAhead(message.sender()) - 1);
        }
    }

    private static String cancelled(UserId sender, ClientId message) {
        return "c" + Entries.sent(sender, message);
    }

    /** The field that says how many revocations of what hasn't come are open for somebody. */
    private static String open(UserId sender) {
        return "n" + sender.value();
    }

    private void note(String field, long value) {
        facts.cancelled.put(field, String.valueOf(value));
        effects.cancelled(field, String.valueOf(value));
    }

    @Override
    protected void happened(Draft draft, Outcome.Accepted accepted) {
        lastSeq = accepted.at().seq();
        lastTime = accepted.timestamp();
        if (draft.change().filter(RoomChange::restricts).isPresent()) {
            accessRev = lastSeq;
        }
        RoomEvent event = draft.accepted(accepted);
        String name = Entries.sent(draft.sender(), draft.clientId());
        String first = Entries.sent(draft.contentHash(), accepted);
        facts.sent.put(name, first);
        effects.happened(name, first, event, draft.change().orElse(null));
    }
}
