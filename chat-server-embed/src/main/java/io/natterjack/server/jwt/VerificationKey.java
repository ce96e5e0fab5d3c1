package io.natterjack.server.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.KeyType;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A key and the algorithms it may be used with, fixed before any token is seen: so a token can't have an RSA key taken for a
 * secret, nor do without a signature.
 */
record VerificationKey(Set<JWSAlgorithm> algorithms, JWSVerifier verifier) {
    private static final int MIN_RSA_BITS = 2_048;

    static VerificationKey ofSecret(JwtAlgorithm algorithm, byte[] secret) {
        int min = algorithm.minSecretBytes();
        if (secret.length < min) {
            throw new IllegalArgumentException(
                    "a secret for " + algorithm + " must have at least " + min + " bytes, has " + secret.length);
        }
        try {
            return new VerificationKey(Set.of(algorithm.jws()), new MACVerifier(secret));
        } catch (JOSEException unusable) {
            throw new IllegalArgumentException("unusable secret for " + algorithm, unusable);
        }
    }

    /**
     * Makes a key.
     *
     * @param algorithms at least one, all of one type of key
     * @throws IllegalArgumentException if the key isn't of that type, or is weak
     */
    static VerificationKey ofPublicKey(Set<JwtAlgorithm> algorithms, PublicKey key) {
        for (JwtAlgorithm algorithm : algorithms) {
            requireFits(algorithm, key);
        }
        try {
            return new VerificationKey(
                    algorithms.stream().map(JwtAlgorithm::jws).collect(Collectors.toUnmodifiableSet()), verifier(key));
        } catch (JOSEException unusable) {
            throw new IllegalArgumentException("unusable key", unusable);
        }
    }

    private static JWSVerifier verifier(PublicKey key) throws JOSEException {
        if (key instanceof RSAPublicKey rsa) {
            return new RSASSAVerifier(rsa);
        }
        return key instanceof ECPublicKey ec ? new ECDSAVerifier(ec) : new Ed25519Verifier(key);
    }

    private static void requireFits(JwtAlgorithm algorithm, PublicKey key) {
        if (!fits(algorithm, key)) {
            throw new IllegalArgumentException(algorithm + " doesn't go with a key of " + key.getAlgorithm());
        }
        if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() < MIN_RSA_BITS) {
            throw new IllegalArgumentException("an RSA key must have at least " + MIN_RSA_BITS + " bits");
        }
    }

    private static boolean fits(JwtAlgorithm algorithm, PublicKey key) {
        KeyType type = algorithm.keyType();
        if (type.equals(KeyType.RSA)) {
            return key instanceof RSAPublicKey;
        }
        if (type.equals(KeyType.EC)) {
            return key instanceof ECPublicKey ec
                    && algorithm.curve().equals(Optional.ofNullable(Curve.forECParameterSpec(ec.getParams())));
        }
        return type.equals(KeyType.OKP)
                && key instanceof EdECPublicKey ed
                && ed.getParams().getName().equals(Curve.Ed25519.getName());
    }
}
