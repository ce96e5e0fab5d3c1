package io.natterjack.server.session;

import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Membership;
import io.natterjack.core.Outcome;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomView;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AccessPolicy;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.QueueFactory.Permit;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.server.engine.StoreReads;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Asks the policy once more about drafts that have waited while something changed in their rooms. The policy sees who sent it by id alone:
 * the token isn't known any more.
 *
 * <p><b>Threads.</b> Any.
 */
public final class Permits {
    private final AccessPolicy policy;
    private final StoreReads store;
    private final Scheduler scheduler;
    private final Duration undoWindow;

    /**
     * Makes one.
     *
     * @param undoWindow for how long own messages can be changed; zero for ever
     */
    public Permits(AccessPolicy policy, StoreReads store, Scheduler scheduler, Duration undoWindow) {
        this.policy = policy;
        this.store = store;
        this.scheduler = scheduler;
        this.undoWindow = undoWindow;
    }

    /** Asks; fails if the store can't be read. */
    public CompletionStage<Permit> again(Draft draft) {
        return store.read(s -> now(s, draft));
    }

    private Permit now(MessageStore s, Draft draft) {
        UserId user = draft.sender();
        RoomView view = s.view(draft.room(), user);
        Access access = Access.of(policy, Principal.of(user), view);
        Mutation mutation = Mutation.of(draft);
        Optional<Membership> concerned =
                MutationRules.concerned(mutation, user).flatMap(other -> s.membership(draft.room(), other));
        Optional<ErrorCode> refusal = MutationRules.refusal(mutation, user, access, concerned);
        return refusal.isPresent()
                ? Permit.refused(Outcome.Refused.forGood(refusal.get()))
                : Permit.of(draft.under(access.terms(scheduler.wallMillis(), undoWindow)));
    }
}
