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
    private final @Nullable Instant issuedAt;

    private Principal(UserId user, @Nullable Instant expiresAt, @Nullable Instant issuedAt) {
        this.issuedAt = issuedAt;
        this.user = Objects.requireNonNull(user);
        this.expiresAt = expiresAt;
    }

    /** Returns a principal that doesn't expire. */
    public static Principal of(UserId user) {
        return new Principal(user, null, null);
    }

    /** Returns a principal whose session ends soon after {@code expiresAt} unless the client brings a newer token. */
    public static Principal until(UserId user, Instant expiresAt) {
        return new Principal(user, Objects.requireNonNull(expiresAt), null);
    }

    /** Returns this principal with the time at which the token was made, which a revocation of tokens is compared with. */
    public Principal issued(Instant at) {
        return new Principal(user, expiresAt, Objects.requireNonNull(at));
    }

    public UserId user() {
        return user;
    }

    /** Returns when the token that vouched expires; nothing if it doesn't. */
    public Optional<Instant> expiresAt() {
        return Optional.ofNullable(expiresAt);
    }

    /** Returns when the token was made; nothing if it doesn't say. */
    public Optional<Instant> issuedAt() {
        return Optional.ofNullable(issuedAt);
    }

    /**
     * Tells whether the token was made until then, or doesn't say when.
     *
     * @param issuedBefore Unix milliseconds; 0 for never
     */
    public boolean isRevokedBy(long issuedBefore) {
        return issuedBefore > 0 && issuedAt().map(Instant::toEpochMilli).orElse(0L) <= issuedBefore;
    }

    @Override
    protected List<?> parts() {
        return List.of(user, expiresAt(), issuedAt());
    }
}
