package io.natterjack.store.redis.queue;

import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Flow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A draft that this node has sent to the queue, or is about to, and whose outcome it doesn't know yet.
 *
 * <p><b>Threads.</b> Guarded by the lock of {@link SentDrafts}.
 */
final class SentDraft {
    /** What a resend has in common with the first. */
    record Key(RoomId room, UserId sender, ClientId clientId) {
        static Key of(Draft draft) {
            return new Key(draft.room(), draft.sender(), draft.clientId());
        }
    }

    /** Somebody who waits for the outcome: the first sender, or one who sent it again. */
    static final class Waiter {
        final Flow flow;
        final long since;
        final boolean isResend;
        final CompletableFuture<Outcome> answer = new CompletableFuture<>();

        /** Guarded by the lock of {@link OrderedAnswers}. */
        @Nullable
        Outcome outcome;

        Waiter(Flow flow, long since, boolean isResend) {
            this.flow = flow;
            this.since = since;
            this.isResend = isResend;
        }
    }

    final Draft draft;
    final long number;
    final int stream;
    final List<Waiter> waiters = new ArrayList<>(1);
    /** Completes with what has become of it; for those who were told that it is queued. */
    final CompletableFuture<Outcome> settled = new CompletableFuture<>();

    /** Where it is in the stream; empty while that isn't known. */
    String id = "";
    /** How many calls are under way or about to be that bring it to the stream. */
    int submissions;
    /** Whether it will be looked at soon. */
    boolean watched;
    /** Whether it will be looked at some time. */
    boolean resting;

    boolean done;

    SentDraft(Draft draft, long number, int stream) {
        this.draft = draft;
        this.number = number;
        this.stream = stream;
    }
}
