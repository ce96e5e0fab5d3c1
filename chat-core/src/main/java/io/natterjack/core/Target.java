package io.natterjack.core;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The message that a change is about: named by its sender's own client id, which is known before the message has a place, or by its
 * place.
 */
public final class Target extends Value {
    private final @Nullable ClientId own;
    private final @Nullable Cursor at;

    private Target(@Nullable ClientId own, @Nullable Cursor at) {
        this.own = own;
        this.at = at;
    }

    /** Returns the message that the author of the change sent, or is about to send, under {@code clientId}. */
    public static Target own(ClientId clientId) {
        return new Target(Objects.requireNonNull(clientId), null);
    }

    /** Returns the message at that place, seq at least 1. */
    public static Target at(Cursor at) {
        if (at.seq() < 1) {
            throw new IllegalArgumentException("the seq of a target must be at least 1");
        }
        return new Target(null, at);
    }

    /** Returns the client id that names it; nothing if its place does. */
    public Optional<ClientId> own() {
        return Optional.ofNullable(own);
    }

    /** Returns the place that names it; nothing if a client id does. */
    public Optional<Cursor> at() {
        return Optional.ofNullable(at);
    }

    /** Returns the seq that names it; 0 if a client id does. */
    public long seq() {
        return at == null ? 0 : at.seq();
    }

    @Override
    protected List<?> parts() {
        return List.of(own(), at());
    }
}
