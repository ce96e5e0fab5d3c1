package io.natterjack.server.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.CurveBasedJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyType;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import java.security.PublicKey;
import java.text.ParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys of a JSON Web Key Set that the host gets hold of and renews. Secrets in it aren't used.
 *
 * <p><b>Threads.</b> Any.
 */
final class JwkSetKeys implements KeySource {
    private static final Logger LOG = LoggerFactory.getLogger(JwkSetKeys.class);

    /** A key set as it was written, and what it says. */
    private record Parsed(String json, Map<Optional<String>, VerificationKey> keys) {}

    private final Supplier<String> json;
    private final Set<JwtAlgorithm> algorithms;
    private final AtomicBoolean failing = new AtomicBoolean();
    private volatile Parsed current;

    /**
     * Makes a source.
     *
     * @throws IllegalArgumentException if what {@code json} gives now isn't a key set with a key that can be used
     */
    JwkSetKeys(Supplier<String> json, Set<JwtAlgorithm> algorithms) {
        if (algorithms.isEmpty()
                || algorithms.stream().anyMatch(each -> each.keyType().equals(KeyType.OCT))) {
            throw new IllegalArgumentException("a key set needs algorithms with public keys, were " + algorithms);
        }
        this.json = json;
        this.algorithms = Set.copyOf(algorithms);
        this.current = parse(json.get());
    }

    @Override
    public Optional<VerificationKey> find(Optional<String> keyId) {
        Map<Optional<String>, VerificationKey> keys = renewed().keys;
        if (keyId.isEmpty() && keys.size() == 1) {
            return keys.values().stream().findFirst();
        }
        return Optional.ofNullable(keys.get(keyId));
    }

    /** Returns what the host gives now; if that is no good, the last that was. */
    private Parsed renewed() {
        Parsed last = current;
        try {
            String now = json.get();
            if (!now.equals(last.json)) {
                current = parsedOrLast(now, last);
            }
            if (failing.get() && failing.getAndSet(false)) {
                LOG.info("The key set can be had again");
            }
        } catch (RuntimeException hostsFault) {
            // Once: it is asked for with each token, and anybody can send those.
            if (!failing.getAndSet(true)) {
                LOG.warn("The key set can't be had, the last one stays in use", hostsFault);
            }
        }
        return current;
    }

    private Parsed parsedOrLast(String now, Parsed last) {
        try {
            return parse(now);
        } catch (IllegalArgumentException unusable) {
            LOG.warn("The new key set is no good, the last one stays in use: {}", unusable.getMessage());
            return new Parsed(now, last.keys);
        }
    }

    private Parsed parse(String text) {
        Map<Optional<String>, VerificationKey> keys = new HashMap<>();
        try {
            for (JWK jwk : JWKSet.parse(text).getKeys()) {
                Set<JwtAlgorithm> allowed = allowed(jwk);
                if (!allowed.isEmpty()) {
                    keys.put(Optional.ofNullable(jwk.getKeyID()), VerificationKey.ofPublicKey(allowed, publicKey(jwk)));
                }
            }
        } catch (ParseException | JOSEException malformed) {
            throw new IllegalArgumentException("not a JSON Web Key Set", malformed);
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("no key in the set goes with " + algorithms);
        }
        return new Parsed(text, Map.copyOf(keys));
    }

    private Set<JwtAlgorithm> allowed(JWK jwk) {
        if (jwk.getKeyUse() != null && !jwk.getKeyUse().equals(KeyUse.SIGNATURE)) {
            return Set.of();
        }
        if (jwk.getKeyOperations() != null && !jwk.getKeyOperations().contains(KeyOperation.VERIFY)) {
            return Set.of();
        }
        return algorithms.stream()
                .filter(each -> each.keyType().equals(jwk.getKeyType()))
                .filter(each -> jwk.getAlgorithm() == null || each.jws().equals(jwk.getAlgorithm()))
                .filter(each -> each.curve().isEmpty() || each.curve().equals(curve(jwk)))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Optional<Curve> curve(JWK jwk) {
        return jwk instanceof CurveBasedJWK curved ? Optional.ofNullable(curved.getCurve()) : Optional.empty();
    }

    private static PublicKey publicKey(JWK jwk) throws JOSEException {
        if (jwk instanceof OctetKeyPair pair) {
            return Ed25519Verifier.decodeKey(pair.getDecodedX());
        }
        return jwk.getKeyType().equals(KeyType.RSA)
                ? jwk.toRSAKey().toPublicKey()
                : jwk.toECKey().toPublicKey();
    }
}
