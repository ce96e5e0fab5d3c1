package io.natterjack.core;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who somebody is, as an {@code AuthVerifier} vouches for it, and until when. */
public final class Principal extends Value {
    private final UserId user;
    private final @Nullable Instant expiresAt;

    private Principal(UserId user, @Nullable Instant expiresAt) {
        this.user = Objects.requireNonNull(user);
        this.expiresAt = expiresAt;
    }

    /** Returns a principal that doesn't expire. */
    public static Principal of(UserId user) {
        return new Principal(user, null);
    }

    /** Returns a principal whose session ends soon after {@code expiresAt} unless the client brings a newer token. */
    public static Principal until(UserId user, Instant expiresAt) {
        return new Principal(user, Objects.requireNonNull(expiresAt));
    }

    public UserId user() {
        return user;
    }

    /** Returns when the token that vouched expires; nothing if it doesn't. */
    public Optional<Instant> expiresAt() {
        return Optional.ofNullable(expiresAt);
    }

    @Override
    protected List<?> parts() {
        return List.of(user, expiresAt());
    }
}
