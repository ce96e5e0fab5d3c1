package io.natterjack.server.session;

import io.natterjack.core.ClientId;
import io.natterjack.core.DeviceId;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.Membership;
import io.natterjack.core.Outcome;
import io.natterjack.core.Permission;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.lane.Lane;
import io.natterjack.core.spi.DraftRules;
import io.natterjack.core.spi.Flow;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one session changes in one room, in the order in which it came: permitted, looked at by the host, appended. Each waits for the one
 * before it to be on its way to the store, and no longer.
 *
 * <pre>
 *   submit ─▶ waiting ─▶ joined? ─▶ permitted? ─▶ slow enough? ─▶ interceptors ─▶ queue ─▶ answer
 * </pre>
 *
 * A change that was committed before is answered so, whatever is permitted now: its sender must learn what became of it.
 *
 * <p><b>Threads.</b> The session's lane only.
 */
final class RoomWriter {
    private static final Logger LOG = LoggerFactory.getLogger(RoomWriter.class);
    private static final Duration LATER = Duration.ofSeconds(1);

    /** The session around it. Called on its lane. */
    interface Owner {
        /** A change has its answer. */
        void answered(Mutation mutation, Outcome outcome, String message);
    }

    private static final class Pending {
        private final Mutation mutation;
        private final long number;
        private final Flow flow;

        /** When it took its turn under slow mode; nothing if it didn't. */
        private OptionalLong turn = OptionalLong.empty();

        private Pending(Mutation mutation, long number, Flow flow) {
            this.mutation = mutation;
            this.number = number;
            this.flow = flow;
        }
    }

    private final SessionContext context;
    private final Lane lane;
    private final RoomId room;
    private final Accesses accesses;
    private final DeviceId device;
    private final Owner owner;
    private final SendOrder order;
    private final Queue<Pending> waiting = new ArrayDeque<>();
    private @Nullable JoinedRoom joined;
    private @Nullable ClientId quit;

    /** Whether the first that waits is being looked at elsewhere. */
    private boolean busy;

    RoomWriter(SessionContext context, Lane lane, RoomId room, Accesses accesses, DeviceId device, Owner owner) {
        this.context = context;
        this.lane = lane;
        this.room = room;
        this.accesses = accesses;
        this.device = device;
        this.owner = owner;
        this.order = new SendOrder(context.scheduler());
    }

    /** Says that the room is joined, or joined anew; null that it is left. */
    void joined(@Nullable JoinedRoom newJoined) {
        joined = newJoined;
        advance();
    }

    boolean isJoined() {
        return joined != null;
    }

    /** Tells whether there is nothing that a later change could overtake. */
    boolean isClear() {
        return waiting.isEmpty() && order.isClear();
    }

    /** Notes under which client id the user leaves for good. */
    void quitting(ClientId clientId) {
        quit = clientId;
    }

    /** Returns the client id of the last try to leave for good if all else waits until it comes again. */
    Optional<ClientId> quitRefused() {
        return Optional.ofNullable(quit).filter(order::waitsFor);
    }

    /** Returns why the change can't come now, because of one before it; nothing if it can. */
    Optional<Outcome.Refused> behind(Mutation mutation) {
        return order.check(mutation.clientId());
    }

    /** Refuses a change for now, and with it those that follow until it comes again. */
    void refuse(Mutation mutation, Outcome.Refused refusal) {
        order.refuse(mutation.clientId(), refusal);
        owner.answered(mutation, refusal, "");
    }

    void submit(Mutation mutation) {
        waiting.add(new Pending(mutation, order.submitted(), order.flow()));
        advance();
    }

    /** Drops what waits until a join is decided, which won't be: the session is over. Returns what gets no answer. */
    List<Mutation> dropUndecided() {
        JoinedRoom place = joined;
        List<Mutation> dropped = new ArrayList<>();
        if (place != null && !place.isDecided()) {
            @Nullable Pending first = busy ? waiting.poll() : null;
            waiting.forEach(each -> dropped.add(each.mutation));
            waiting.clear();
            if (first != null) {
                waiting.add(first); // it was sent before the join, and is answered yet
            }
        }
        return dropped;
    }

    /** Goes on with the first that waits, as far as is possible now. */
    void advance() {
        while (!busy && !waiting.isEmpty()) {
            Pending first = waiting.element();
            JoinedRoom place = joined;
            if (place != null && !place.isDecided()) {
                return; // Applied in the order of arrival: the join comes first, so its sender sees the message come.
            }
            if (place != null && !place.isAttached() && first.mutation.kind() == EventKind.MESSAGE) {
                settle(first, unavailable(first));
                continue;
            }
            Optional<Access> known =
                    place == null ? Optional.empty() : place.known().now();
            if (known.isPresent()) {
                decide(first, known.get());
            } else {
                ask(first, place);
            }
        }
    }

    private static Outcome unavailable(Pending pending) {
        return pending.flow.breakWith(Outcome.Refused.retryAfter(ErrorCode.UNAVAILABLE, LATER));
    }

    private void ask(Pending pending, @Nullable JoinedRoom place) {
        busy = true;
        int generation = place == null ? 0 : place.known().generation();
        accesses.load(room)
                .whenCompleteAsync(
                        (access, failure) -> {
                            busy = false;
                            if (access == null) {
                                settle(pending, unavailable(pending));
                            } else {
                                if (place != null && place == joined) {
                                    place.known().take(access, generation);
                                }
                                decide(pending, access);
                            }
                            advance();
                        },
                        lane);
    }

    private void decide(Pending pending, Access access) {
        Optional<UserId> concerned = MutationRules.concerned(pending.mutation, accesses.user());
        if (concerned.isEmpty()) {
            decide(pending, access, Optional.empty());
            return;
        }
        busy = true;
        accesses.membership(room, concerned.get())
                .whenCompleteAsync(
                        (membership, failure) -> {
                            busy = false;
                            if (membership == null) {
                                settle(pending, unavailable(pending));
                            } else {
                                decide(pending, access, membership);
                            }
                            advance();
                        },
                        lane);
    }

    private void decide(Pending pending, Access access, Optional<Membership> concerned) {
        Mutation mutation = pending.mutation;
        Optional<ErrorCode> refusal = MutationRules.refusal(mutation, accesses.user(), access, concerned);
        if (refusal.isPresent()) {
            refuseUnlessKnown(pending, access, Outcome.Refused.forGood(refusal.get()));
            return;
        }
        Duration pause = slowDown(pending, access);
        if (!pause.isZero()) {
            refuseUnlessKnown(pending, access, Outcome.Refused.retryAfter(ErrorCode.RATE_LIMITED, pause));
        } else if (context.services().interception().isNone()) {
            append(pending, draft(pending, access));
        } else if (mutation.resend()) {
            unlessKnown(pending, access, () -> intercept(pending, access));
        } else {
            intercept(pending, access);
        }
    }

    private Duration slowDown(Pending pending, Access access) {
        Rates rates = context.services().rates();
        Duration pause = rates.take(room, accesses.user());
        Duration slow = access.view().settings().slowMode();
        boolean slowed =
                pending.mutation.kind() == EventKind.MESSAGE && !slow.isZero() && !access.may(Permission.MODERATE);
        if (!pause.isZero() || !slowed) {
            return pause;
        }
        long now = context.scheduler().nanoTime();
        pause = rates.takeSlowly(room, accesses.user(), slow, now);
        pending.turn = pause.isZero() ? OptionalLong.of(now) : OptionalLong.empty();
        return pause;
    }

    private Draft draft(Pending pending, Access access) {
        return pending.mutation.draft(
                accesses.user(),
                access.terms(
                        context.scheduler().wallMillis(), context.services().undoWindow()));
    }

    private void refuseUnlessKnown(Pending pending, Access access, Outcome.Refused refusal) {
        Runnable refuse = () -> {
            if (!refusal.isFinal()) {
                pending.flow.breakWith(refusal);
            }
            settle(pending, refusal);
        };
        if (pending.mutation.resend()) {
            unlessKnown(pending, access, refuse);
        } else {
            refuse.run();
        }
    }

    /** Answers what was committed before with its first result; else goes on. */
    private void unlessKnown(Pending pending, Access access, Runnable goOn) {
        busy = true;
        Draft draft = draft(pending, access);
        context.store()
                .read(store -> store.find(room, accesses.user(), draft.clientId()))
                .whenCompleteAsync(
                        (known, failure) -> {
                            busy = false;
                            if (known == null) {
                                settle(pending, unavailable(pending));
                            } else if (known.isPresent()) {
                                settle(pending, known.get().answer(draft));
                            } else {
                                goOn.run();
                            }
                            advance();
                        },
                        lane);
    }

    private void intercept(Pending pending, Access access) {
        busy = true;
        context.services()
                .interception()
                .before(accesses.who(), device, draft(pending, access), access.view())
                .whenCompleteAsync(
                        (verdict, failure) -> {
                            busy = false;
                            if (verdict == null) {
                                LOG.error("The host's look at a change failed", failure);
                                settle(pending, Outcome.Refused.forGood(ErrorCode.INTERNAL));
                            } else if (verdict.draft() != null) {
                                append(pending, verdict.draft());
                            } else {
                                refused(pending, verdict);
                            }
                            advance();
                        },
                        lane);
    }

    private void refused(Pending pending, Verdict verdict) {
        Outcome.Refused refusal =
                verdict.refusal() == null ? Outcome.Refused.forGood(ErrorCode.INTERNAL) : verdict.refusal();
        if (!refusal.isFinal()) {
            pending.flow.breakWith(refusal);
        }
        waiting.remove();
        settled(pending, refusal, verdict.message());
    }

    private void append(Pending pending, Draft draft) {
        waiting.remove();
        context.queue().append(draft, pending.flow).thenAcceptAsync(outcome -> appended(pending, outcome), lane);
    }

    private void appended(Pending pending, Outcome outcome) {
        JoinedRoom place = joined;
        if (place != null && outcome.equals(DraftRules.stale())) {
            place.known().forget(); // What was asked may be of another epoch, and no event says so.
        }
        settled(pending, outcome, "");
    }

    private void settle(Pending pending, Outcome outcome) {
        waiting.remove();
        settled(pending, outcome, "");
    }

    private void settled(Pending pending, Outcome outcome, String message) {
        Mutation mutation = pending.mutation;
        order.settled(pending.number, mutation.clientId(), outcome);
        boolean isForNow = outcome instanceof Outcome.Refused refused && !refused.isFinal();
        if (quit != null && quit.equals(mutation.clientId()) && !isForNow) {
            quit = null;
        }
        if (!isNew(outcome)) {
            pending.turn.ifPresent(since -> context.services().rates().giveBackSlowly(room, accesses.user(), since));
        }
        owner.answered(mutation, outcome, message);
    }

    /** Tells whether there is a new event, or will be. */
    private static boolean isNew(Outcome outcome) {
        return outcome instanceof Outcome.Accepted accepted
                ? !accepted.isDuplicate()
                : outcome instanceof Outcome.Queued;
    }
}
