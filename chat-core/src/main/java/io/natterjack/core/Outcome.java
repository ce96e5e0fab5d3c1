package io.natterjack.core;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What became of a draft: {@link Accepted} or {@link Refused}; or that it waits where it is safe, {@link Queued}. */
public abstract sealed class Outcome extends Value {
    private Outcome() {}

    /** The store has it. */
    public static final class Accepted extends Outcome {
        private final Cursor at;
        private final long timestamp;
        private final boolean duplicate;
        private final long target;

        /** Makes an acceptance of what isn't about another message. See the other constructor. */
        public Accepted(Cursor at, long timestamp, boolean duplicate) {
            this(at, timestamp, duplicate, 0);
        }

        /**
         * Makes an acceptance.
         *
         * @param at the event's place; seq 0 for a revocation of what hasn't come yet and now never will be accepted
         * @param timestamp the event's time in Unix milliseconds
         * @param duplicate whether this is the first result once more, for a resend; or a change to what was so already
         * @param target the seq of the message that the draft is about; 0 for none
         */
        public Accepted(Cursor at, long timestamp, boolean duplicate, long target) {
            this.target = target;
            this.at = Objects.requireNonNull(at);
            this.timestamp = timestamp;
            this.duplicate = duplicate;
        }

        public Cursor at() {
            return at;
        }

        /** Returns the seq of the message that the draft is about; 0 for none. */
        public long target() {
            return target;
        }

        /** Tells whether this made an event: not a resend, nor what changed nothing. */
        public boolean isEvent() {
            return !duplicate && at.seq() > 0;
        }

        /** Returns the event's time in Unix milliseconds. */
        public long timestamp() {
            return timestamp;
        }

        /** Tells whether the draft was a resend of what the store had already; place and time are then those of the first. */
        public boolean isDuplicate() {
            return duplicate;
        }

        @Override
        protected List<?> parts() {
            return List.of(at, timestamp, duplicate, target);
        }
    }

    /**
     * A queue has it that survives this process, and will take it to the store. Whether the store takes it is told later, and lost if
     * this process ends before.
     */
    public static final class Queued extends Outcome {
        private final CompletionStage<Outcome> settled;

        /**
         * Makes one.
         *
         * @param settled completes with what has become of the draft; never fails, and may never complete
         */
        public Queued(CompletionStage<Outcome> settled) {
            this.settled = Objects.requireNonNull(settled);
        }

        /** Returns what has become of the draft, an acceptance or a refusal; may never complete. */
        public CompletionStage<Outcome> settled() {
            return settled;
        }

        @Override
        protected List<?> parts() {
            return List.of(settled);
        }
    }

    /** It has no place in the room; or, where a retry is named, it isn't known to have one. */
    public static final class Refused extends Outcome {
        private final ErrorCode code;
        private final @Nullable Duration retry;

        private Refused(ErrorCode code, @Nullable Duration retry) {
            this.code = Objects.requireNonNull(code);
            this.retry = retry;
        }

        /** Returns a refusal for good. */
        public static Refused forGood(ErrorCode code) {
            return new Refused(code, null);
        }

        /** Returns a refusal for now: the same draft may be sent again after {@code retry}. */
        public static Refused retryAfter(ErrorCode code, Duration retry) {
            return new Refused(code, Objects.requireNonNull(retry));
        }

        public ErrorCode code() {
            return code;
        }

        /** Returns how long to wait before sending the same again; nothing if the refusal is final. */
        public Optional<Duration> retry() {
            return Optional.ofNullable(retry);
        }

        /** Tells whether the same draft will never be accepted. */
        public boolean isFinal() {
            return retry == null;
        }

        @Override
        protected List<?> parts() {
            return List.of(code, retry());
        }
    }
}
