package io.natterjack.store.redis.queue;

import io.lettuce.core.StreamMessage;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Outcome;
import io.natterjack.core.spi.DraftRules;
import io.natterjack.core.wire.DraftCodec;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A draft on its way from a stream to the store.
 *
 * <p><b>Threads.</b> The worker of the stream, one step at a time.
 */
final class StreamEntry {
    private static final Outcome.Refused INTERNAL = Outcome.Refused.forGood(ErrorCode.INTERNAL);

    private static final int PERMITS_IN_A_ROW = 3;

    final String id;
    final String node;
    final long number;
    private final boolean ackAtStore;
    private @Nullable Draft draft;
    private @Nullable Outcome outcome;
    private String deadReason = "";
    private int failures;
    private int permits;
    private boolean fresh;
    private boolean undecided;
    private boolean givenUp;
    private long undecidedSince;

    private StreamEntry(StreamMessage<String, String> message, @Nullable Draft draft) {
        this.id = message.getId();
        this.node = message.getBody().getOrDefault(QueueScripts.NODE, "");
        this.number = number(message);
        this.ackAtStore = AckAt.STORE.name().equals(message.getBody().get(QueueScripts.ACK_AT));
        this.draft = draft;
    }

    /** Returns the entry; one that can't be read is decided already. */
    static StreamEntry of(StreamMessage<String, String> message) {
        try {
            Draft draft = DraftCodec.decode(message.getBody().getOrDefault(QueueScripts.DRAFT, ""));
            return new StreamEntry(message, draft);
        } catch (RuntimeException unreadable) {
            StreamEntry entry = new StreamEntry(message, null);
            entry.bury("it can't be read: " + unreadable);
            return entry;
        }
    }

    /** Returns the number by which its sender knows it, also if nothing else can be read; 0 if there is none. */
    private static long number(StreamMessage<String, String> message) {
        try {
            return Long.parseLong(message.getBody().getOrDefault(QueueScripts.NUMBER, "0"));
        } catch (NumberFormatException none) {
            return 0;
        }
    }

    /** Returns the draft. Throws {@link IllegalStateException} if it can't be read. */
    Draft draft() {
        Draft present = draft;
        if (present == null) {
            throw new IllegalStateException("entry " + id + " can't be read");
        }
        return present;
    }

    /** Takes what the store answered. */
    void answered(Outcome answer) {
        outcome = answer;
        fresh = false;
        undecided &= isStale();
        if (answer.equals(INTERNAL)) {
            deadReason = "the store rejects it";
        }
    }

    /** Notes that the worker failed over it; that is the end of it at the last of the {@code tries}. */
    void failed(Throwable failure, int tries) {
        outcome = null;
        fresh = false;
        if (++failures >= tries) {
            bury("it failed " + failures + " times, at last with " + failure);
        }
    }

    /** Ends it: it is refused, and kept for somebody to look at. */
    void bury(String reason) {
        deadReason = reason;
        outcome = INTERNAL;
    }

    /** Takes the draft as it may be appended now. */
    void permitted(Draft permitted) {
        permits++;
        fresh = true;
        undecided = false;
        draft = permitted;
    }

    /** Notes that at {@code now} nobody could tell whether it is permitted. */
    void notPermitted(long now) {
        if (!undecided) {
            undecided = true;
            undecidedSince = now;
        }
    }

    /** Tells whether at {@code now} nobody has been able to tell for longer than {@code patience} whether it is permitted. */
    boolean isLongUndecided(long now, Duration patience) {
        return undecided && now - undecidedSince > patience.toNanos();
    }

    /** Tells whether it may be refused for now: nothing is known of it, and its node told nobody that something is queued. */
    boolean mayBeGivenUp() {
        return ackAtStore && !isDecided();
    }

    /** Ends it for now: it leaves the stream, and may be sent again. */
    void giveUp() {
        givenUp = true;
        outcome = SentDrafts.UNAVAILABLE;
    }

    /** Tells whether it ended only for now. */
    boolean isGivenUp() {
        return givenUp;
    }

    /** Tells whether it was permitted anew since it was appended last, and not again and again. */
    boolean isFresh() {
        return fresh && permits <= PERMITS_IN_A_ROW;
    }

    /** Tells whether it is done with: known for good what became of it, or given up for now. */
    boolean isDecided() {
        return givenUp
                || outcome instanceof Outcome.Accepted
                || outcome instanceof Outcome.Refused refused && refused.isFinal();
    }

    /** Tells whether the store has it. */
    boolean isAccepted() {
        return outcome instanceof Outcome.Accepted;
    }

    /** Tells whether it has to be permitted anew. */
    boolean isStale() {
        return outcome instanceof Outcome.Refused refused
                && refused.equals(DraftRules.stale())
                && draft != null
                && draft.terms().isPresent();
    }

    /** Tells whether nothing was found out but that it can't be appended now: the store is away, or the fence was raised. */
    boolean isPutOff() {
        return outcome instanceof Outcome.Refused refused && !refused.isFinal() && !isStale();
    }

    /** Returns what became of it; meaningless unless it is decided. */
    Outcome outcome() {
        Outcome present = outcome;
        return present == null ? INTERNAL : present;
    }

    /** Returns why it is kept for somebody to look at; empty if it isn't. */
    String deadReason() {
        return deadReason;
    }
}
