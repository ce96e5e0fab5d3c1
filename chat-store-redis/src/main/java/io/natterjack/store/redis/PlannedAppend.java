package io.natterjack.store.redis;

import io.natterjack.core.Draft;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomId;
import io.natterjack.core.spi.Fence;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A try to append the drafts of a room that are decided upon here: up to two calls that ask, and one that writes if what was asked for is
 * still so.
 *
 * <p><b>Threads.</b> One.
 */
final class PlannedAppend {
    private final Keys keys;
    private final List<Draft> drafts;
    private final @Nullable Fence fence;
    private final FactsQuery query;
    private @Nullable RoomFacts facts;
    private List<String> seqs = List.of();
    private Optional<Call> next;
    private List<Outcome> outcomes = List.of();
    private boolean conflict;

    /** Makes a try; {@code urgent} if too many came to nothing. */
    PlannedAppend(Keys keys, RoomId room, List<Draft> drafts, @Nullable Fence fence, boolean urgent) {
        this.keys = keys;
        this.drafts = drafts;
        this.fence = fence;
        this.query = new FactsQuery(keys, room, drafts, fence);
        this.next = Optional.of(query.first(urgent));
    }

    /** Returns the call that is to be made now; nothing if this is done. */
    Optional<Call> next() {
        return next;
    }

    /** Takes the reply to {@link #next}. */
    void answered(Reply reply) {
        next = Optional.empty();
        if (reply.isConflict()) {
            conflict = true;
        } else if (facts == null) {
            facts = query.first(reply);
            seqs = query.seqs(facts);
            next = seqs.isEmpty() ? decide(facts) : Optional.of(query.second(facts, seqs));
        } else if (outcomes.isEmpty()) {
            query.second(facts, seqs, reply);
            next = decide(facts);
        }
    }

    private Optional<Call> decide(RoomFacts known) {
        RoomEffects effects = new RoomEffects(keys, known, fence);
        outcomes = RoomPlan.of(drafts, known, effects);
        return effects.call();
    }

    /** Tells whether somebody else got in the way, so that nothing was written. */
    boolean isConflict() {
        return conflict;
    }

    /** Returns one outcome a draft. */
    List<Outcome> outcomes() {
        return outcomes;
    }
}
