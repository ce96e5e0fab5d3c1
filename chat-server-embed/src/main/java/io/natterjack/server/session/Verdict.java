package io.natterjack.server.session;

import io.natterjack.core.Draft;
import io.natterjack.core.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What the host says of a change.
 *
 * @param draft what is to be appended; null if it is refused
 * @param refusal why it is refused; null if it isn't
 * @param message for the sender, with a refusal; may be empty
 */
public record Verdict(@Nullable Draft draft, Outcome.@Nullable Refused refusal, String message) {
    /** Lets it pass. */
    public static Verdict pass(Draft draft) {
        return new Verdict(draft, null, "");
    }

    /** Refuses it. */
    public static Verdict refuse(Outcome.Refused refusal, String message) {
        return new Verdict(null, refusal, message);
    }
}
