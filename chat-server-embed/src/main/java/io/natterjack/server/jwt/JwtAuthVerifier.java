package io.natterjack.server.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.natterjack.core.Principal;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthRequest;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.core.spi.AuthVerifier;
import java.security.PublicKey;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets in who has a signed JSON Web Token (RFC 7519). Its {@code sub} is the user, and until its {@code exp}, which it must
 * have, the session may last.
 *
 * <p>Which key and algorithm a token must be signed with is set here and never by the token: one without a signature, one
 * that brings its key or says where to fetch it ({@code jwk}, {@code jku}, {@code x5c}, {@code x5u}), and one with a {@code
 * crit} header are refused. Tokens of more than 8 KiB are too.
 *
 * <pre>{@code
 * AuthVerifier auth = JwtAuthVerifier.withSecret(JwtAlgorithm.HS256, secret).issuer("https://login.example").build();
 * }</pre>
 *
 * <p><b>Threads.</b> Any. Verifying takes well under a millisecond and waits for nothing.
 */
public final class JwtAuthVerifier implements AuthVerifier {
    /** The largest token, in characters. */
    public static final int MAX_TOKEN_LENGTH = 8 * 1024;

    /** The most that {@link Builder#leeway} may be. */
    public static final Duration MAX_LEEWAY = Duration.ofSeconds(60);

    private final KeySource keys;
    private final Optional<String> issuer;
    private final Optional<String> audience;
    private final Duration leeway;
    private final Clock clock;

    private JwtAuthVerifier(Builder builder) {
        this.keys = builder.keys;
        this.issuer = builder.issuer;
        this.audience = builder.audience;
        this.leeway = builder.leeway;
        this.clock = builder.clock;
    }

    /**
     * Begins a verifier of tokens that are signed with a secret which their maker and this server share.
     *
     * @param secret random bytes, at least as many as the hash of the algorithm has; copied
     * @throws IllegalArgumentException if it is shorter, or the algorithm isn't HS256, HS384 or HS512
     */
    public static Builder withSecret(JwtAlgorithm algorithm, byte[] secret) {
        VerificationKey key = VerificationKey.ofSecret(algorithm, secret.clone());
        return new Builder(keyId -> Optional.of(key));
    }

    /**
     * Begins a verifier of tokens that are signed with one private key. A {@code kid} in a token isn't looked at.
     *
     * @throws IllegalArgumentException if the key doesn't go with the algorithm, or is an RSA key of less than 2,048 bits
     */
    public static Builder withPublicKey(JwtAlgorithm algorithm, PublicKey publicKey) {
        VerificationKey key = VerificationKey.ofPublicKey(Set.of(algorithm), publicKey);
        return new Builder(keyId -> Optional.of(key));
    }

    /**
     * Begins a verifier with the public keys of a JSON Web Key Set (RFC 7517). A token names its key by {@code kid}, which
     * may only be left out if the set has one key.
     *
     * @param json the key set; secrets in it aren't used
     * @param algorithms those that are allowed; a key that names its own is only used with that one
     * @throws IllegalArgumentException if it isn't a key set, or no key of it goes with an algorithm
     */
    public static Builder withKeySet(String json, Set<JwtAlgorithm> algorithms) {
        return withKeySet(() -> json, algorithms);
    }

    /**
     * Begins a verifier as {@link #withKeySet(String, Set)} does, with a key set that changes.
     *
     * @param json gives the key set as the host has it now; asked for each token, so it must not block. If what it gives is no
     *     good, the last good one stays in use
     */
    public static Builder withKeySet(Supplier<String> json, Set<JwtAlgorithm> algorithms) {
        return new Builder(new JwkSetKeys(json, algorithms));
    }

    @Override
    public CompletionStage<AuthResult> verify(AuthRequest request) {
        return CompletableFuture.completedFuture(check(request.token()));
    }

    private AuthResult check(String token) {
        if (token.length() > MAX_TOKEN_LENGTH) {
            return AuthResult.refused("the token is too large");
        }
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            return checkSignature(jwt).orElseGet(() -> checkClaims(jwt));
        } catch (ParseException | RuntimeException malformed) {
            // No cause and no message of it: both may repeat the token.
            return AuthResult.refused("not a signed token");
        }
    }

    /** Returns why the token is refused; nothing if its signature is good. */
    private Optional<AuthResult> checkSignature(SignedJWT jwt) {
        JWSHeader header = jwt.getHeader();
        if (bringsItsKey(header)) {
            return Optional.of(AuthResult.refused("the token brings its own key"));
        }
        if (header.getCriticalParams() != null) {
            return Optional.of(AuthResult.refused("the token has critical headers"));
        }
        Optional<VerificationKey> key = keys.find(Optional.ofNullable(header.getKeyID()));
        if (key.isEmpty()) {
            return Optional.of(AuthResult.refused("no key for the token"));
        }
        if (!key.get().algorithms().contains(header.getAlgorithm())) {
            return Optional.of(AuthResult.refused("the algorithm isn't the one of the key"));
        }
        return isSignedWith(jwt, key.get()) ? Optional.empty() : Optional.of(AuthResult.refused("wrong signature"));
    }

    private static boolean bringsItsKey(JWSHeader header) {
        return header.getJWK() != null
                || header.getJWKURL() != null
                || header.getX509CertURL() != null
                || header.getX509CertChain() != null;
    }

    private static boolean isSignedWith(SignedJWT jwt, VerificationKey key) {
        try {
            return jwt.verify(key.verifier());
        } catch (JOSEException unusable) {
            return false;
        }
    }

    private AuthResult checkClaims(SignedJWT jwt) {
        JWTClaimsSet claims;
        try {
            claims = jwt.getJWTClaimsSet();
        } catch (ParseException malformed) {
            return AuthResult.refused("malformed claims");
        }
        if (issuer.isPresent() && !issuer.get().equals(claims.getIssuer())) {
            return AuthResult.refused("wrong issuer");
        }
        if (audience.isPresent() && !claims.getAudience().contains(audience.get())) {
            return AuthResult.refused("wrong audience");
        }
        return checkTime(claims);
    }

    private AuthResult checkTime(JWTClaimsSet claims) {
        Date expires = claims.getExpirationTime();
        Date notBefore = claims.getNotBeforeTime();
        Instant now = clock.instant();
        if (expires == null) {
            return AuthResult.refused("the token has no exp");
        }
        if (!expires.toInstant().plus(leeway).isAfter(now)) {
            return AuthResult.expired("expired " + words(Duration.between(expires.toInstant(), now))
                    + " ago by this machine's clock (leeway " + words(leeway) + "): is one of the clocks wrong?");
        }
        if (notBefore != null && notBefore.toInstant().minus(leeway).isAfter(now)) {
            return AuthResult.refused("isn't valid for another " + words(Duration.between(now, notBefore.toInstant()))
                    + " by this machine's clock (leeway " + words(leeway) + "): is one of the clocks wrong?");
        }
        return principal(claims.getSubject(), expires.toInstant(), claims.getIssueTime());
    }

    private static String words(Duration time) {
        return time.toSeconds() + " s";
    }

    private static AuthResult principal(String subject, Instant expires, @Nullable Date issued) {
        if (subject == null) {
            return AuthResult.refused("the token has no sub");
        }
        try {
            Principal principal = Principal.until(new UserId(subject), expires);
            return AuthResult.accepted(issued == null ? principal : principal.issued(issued.toInstant()));
        } catch (IllegalArgumentException notUserId) {
            return AuthResult.refused("sub isn't a user id");
        }
    }

    /** The rest of what a verifier looks at; all of it is optional. Not thread-safe. */
    public static final class Builder {
        private final KeySource keys;
        private Optional<String> issuer = Optional.empty();
        private Optional<String> audience = Optional.empty();
        private Duration leeway = Duration.ofSeconds(30);
        private Clock clock = Clock.systemUTC();

        private Builder(KeySource keys) {
            this.keys = keys;
        }

        /** Takes only tokens with this {@code iss}. Set it if the keys sign for more than one issuer. */
        public Builder issuer(String issuer) {
            this.issuer = Optional.of(issuer);
            return this;
        }

        /** Takes only tokens with this {@code aud}. Set it if the issuer makes tokens for other services too. */
        public Builder audience(String audience) {
            this.audience = Optional.of(audience);
            return this;
        }

        /** Sets how far the clocks of issuer and server may differ, 0 to 60 seconds. Default 30 seconds. */
        public Builder leeway(Duration leeway) {
            if (leeway.isNegative() || leeway.compareTo(MAX_LEEWAY) > 0) {
                throw new IllegalArgumentException("leeway must be 0 to 60 seconds, was " + leeway);
            }
            this.leeway = leeway;
            return this;
        }

        /** Sets the clock that {@code exp} and {@code nbf} are compared with. Default: the system's. */
        public Builder clock(Clock clock) {
            this.clock = clock;
            return this;
        }

        /** Makes the verifier. */
        public JwtAuthVerifier build() {
            return new JwtAuthVerifier(this);
        }
    }
}
