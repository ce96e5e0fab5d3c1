package io.natterjack.core.spi;

import io.natterjack.core.Draft;
import io.natterjack.core.Outcome;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Opens the queue between sessions and store, for a server that is about to start. Unstable until 1.0. */
@FunctionalInterface
public interface QueueFactory {
    /** Opens a queue; the server drains it and closes it. */
    PersistenceQueue open(Context context);

    /** What a queue may use of the server that it is for. */
    interface Context {
        /** Returns the store, for looking things up. */
        MessageStore store();

        /** Returns the clock and the timer. */
        Scheduler scheduler();

        /** Returns threads for what blocks. */
        Executor threads();

        /**
         * Returns a queue in this process that appends under {@code fence}, and tells the router what was committed. Whoever asks closes
         * it. A draft that finds the fence raised is refused for now.
         */
        PersistenceQueue committing(Fence fence);

        /**
         * Asks again whether a draft may be made that was permitted before something changed in its room.
         *
         * @return the draft as it may be appended now, or why it may not
         */
        CompletionStage<Permit> permitAgain(Draft draft);
    }

    /** The answer to whether a draft may be made now. */
    final class Permit {
        private final Object answer;

        private Permit(Object answer) {
            this.answer = answer;
        }

        /** Returns the permission for {@code draft}. */
        public static Permit of(Draft draft) {
            return new Permit(draft);
        }

        /** Returns a refusal. */
        public static Permit refused(Outcome.Refused refusal) {
            return new Permit(refusal);
        }

        /** Tells whether it may be. */
        public boolean isGranted() {
            return answer instanceof Draft;
        }

        /** Returns the draft that may be appended. Throws {@link IllegalStateException} if none may. */
        public Draft draft() {
            if (answer instanceof Draft draft) {
                return draft;
            }
            throw new IllegalStateException("it isn't permitted");
        }

        /** Returns why it may not. Throws {@link IllegalStateException} if it may. */
        public Outcome.Refused refusal() {
            if (answer instanceof Outcome.Refused refused) {
                return refused;
            }
            throw new IllegalStateException("it is permitted");
        }
    }
}
