package io.natterjack.core.spi;

import io.natterjack.core.Outcome;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What one session has under way in one room, in its order. Nothing in a flow overtakes: once a draft of it was refused for
 * now, all later ones are refused likewise, until the session begins a new flow with the one that was refused first.
 *
 * <p><b>Threads.</b> Any thread.
 */
public final class Flow {
    private final AtomicReference<Outcome.@Nullable Refused> broken = new AtomicReference<>();

    /** Begins a flow. */
    public Flow() {}

    /**
     * Breaks this flow, for good.
     *
     * @param refusal one that isn't final
     * @return what the flow is broken with: the first refusal, if it was broken before
     */
    public Outcome.Refused breakWith(Outcome.Refused refusal) {
        if (refusal.isFinal()) {
            throw new IllegalArgumentException("a final refusal doesn't break a flow: " + refusal.code());
        }
        broken.compareAndSet(null, refusal);
        return Objects.requireNonNull(broken.get());
    }

    /** Returns what this flow is broken with; nothing if it is whole. */
    public Optional<Outcome.Refused> broken() {
        return Optional.ofNullable(broken.get());
    }
}
