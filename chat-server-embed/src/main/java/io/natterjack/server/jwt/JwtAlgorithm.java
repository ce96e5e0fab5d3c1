package io.natterjack.server.jwt;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.KeyType;
import java.util.Optional;

/** How a token may be signed. There is no {@code none}. */
@SuppressWarnings("ImmutableEnumChecker") // the values of the JWT library are immutable, though not annotated so
public enum JwtAlgorithm {
    /** HMAC with SHA-256 and a secret of at least 32 bytes. */
    HS256(JWSAlgorithm.HS256, KeyType.OCT),
    /** HMAC with SHA-384 and a secret of at least 48 bytes. */
    HS384(JWSAlgorithm.HS384, KeyType.OCT),
    /** HMAC with SHA-512 and a secret of at least 64 bytes. */
    HS512(JWSAlgorithm.HS512, KeyType.OCT),
    /** RSA with SHA-256, padded by PKCS #1. */
    RS256(JWSAlgorithm.RS256, KeyType.RSA),
    /** RSA with SHA-384, padded by PKCS #1. */
    RS384(JWSAlgorithm.RS384, KeyType.RSA),
    /** RSA with SHA-512, padded by PKCS #1. */
    RS512(JWSAlgorithm.RS512, KeyType.RSA),
    /** RSA with SHA-256, padded by PSS. */
    PS256(JWSAlgorithm.PS256, KeyType.RSA),
    /** RSA with SHA-384, padded by PSS. */
    PS384(JWSAlgorithm.PS384, KeyType.RSA),
    /** RSA with SHA-512, padded by PSS. */
    PS512(JWSAlgorithm.PS512, KeyType.RSA),
    /** ECDSA on P-256. */
    ES256(JWSAlgorithm.ES256, KeyType.EC),
    /** ECDSA on P-384. */
    ES384(JWSAlgorithm.ES384, KeyType.EC),
    /** ECDSA on P-521. */
    ES512(JWSAlgorithm.ES512, KeyType.EC),
    /** Ed25519; tokens name it {@code EdDSA}. */
    EDDSA(JWSAlgorithm.EdDSA, KeyType.OKP);

    private final JWSAlgorithm jws;
    private final KeyType keyType;

    JwtAlgorithm(JWSAlgorithm jws, KeyType keyType) {
        this.jws = jws;
        this.keyType = keyType;
    }

    JWSAlgorithm jws() {
        return jws;
    }

    KeyType keyType() {
        return keyType;
    }

    /** Returns the curve that keys must be on; nothing if any is right. */
    Optional<Curve> curve() {
        return switch (this) {
            case ES256 -> Optional.of(Curve.P_256);
            case ES384 -> Optional.of(Curve.P_384);
            case ES512 -> Optional.of(Curve.P_521);
            case EDDSA -> Optional.of(Curve.Ed25519);
            default -> Optional.empty();
        };
    }

    /** Returns the fewest bytes that a secret must have: those of the hash. */
    int minSecretBytes() {
        return switch (this) {
            case HS256 -> 32;
            case HS384 -> 48;
            case HS512 -> 64;
            default -> throw new IllegalArgumentException(this + " doesn't sign with a secret");
        };
    }
}
