package io.natterjack.core.spi;

import io.natterjack.core.ErrorCode;
import io.natterjack.core.Principal;
import io.natterjack.core.Value;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The answer of an {@link AuthVerifier}: a principal, or why there is none. */
public final class AuthResult extends Value {
    private final @Nullable Principal principal;
    private final ErrorCode code;
    private final String reason;

    private AuthResult(@Nullable Principal principal, ErrorCode code, String reason) {
        this.principal = principal;
        this.code = code;
        this.reason = Objects.requireNonNull(reason);
    }

    /** Lets in. */
    public static AuthResult accepted(Principal principal) {
        return new AuthResult(Objects.requireNonNull(principal), ErrorCode.INTERNAL, "");
    }

    /**
     * Keeps out.
     *
     * @param reason for the server's log only, without the token; the client hears no more than {@code unauthorized}
     */
    public static AuthResult refused(String reason) {
        return new AuthResult(null, ErrorCode.UNAUTHORIZED, reason);
    }

    /** Keeps out somebody whose token was good once; the client hears {@code token_expired} and may fetch a new one. */
    public static AuthResult expired() {
        return expired("expired");
    }

    /**
     * Keeps out as {@link #expired()} does, and says more of it.
     *
     * @param reason for the server's log only, without the token: how long ago, and by which clock
     */
    public static AuthResult expired(String reason) {
        return new AuthResult(null, ErrorCode.TOKEN_EXPIRED, reason);
    }

    /** Returns who was let in; nothing if nobody. */
    public Optional<Principal> principal() {
        return Optional.ofNullable(principal);
    }

    /** Returns the code that the client is refused with; meaningless if it was let in. */
    public ErrorCode code() {
        return code;
    }

    /** Returns the reason for the log; empty if there is none. */
    public String reason() {
        return reason;
    }

    @Override
    protected List<?> parts() {
        return List.of(principal(), code, reason);
    }
}
