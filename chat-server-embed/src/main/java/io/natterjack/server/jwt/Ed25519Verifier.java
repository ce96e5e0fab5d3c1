package io.natterjack.server.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.impl.BaseJWSProvider;
import com.nimbusds.jose.util.Base64URL;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Set;

/** Ed25519 by the JDK's own provider; the JWT library would need another one for it. Any thread. */
final class Ed25519Verifier extends BaseJWSProvider implements JWSVerifier {
    private static final String NAME = "Ed25519";
    private static final int KEY_BYTES = 32;

    private final PublicKey key;

    Ed25519Verifier(PublicKey key) {
        super(Set.of(JWSAlgorithm.EdDSA));
        this.key = key;
    }

    @Override
    public boolean verify(JWSHeader header, byte[] signingInput, Base64URL signature) throws JOSEException {
        try {
            Signature check = Signature.getInstance(NAME);
            check.initVerify(key);
            check.update(signingInput);
            return check.verify(signature.decode());
        } catch (SignatureException malformed) {
            return false;
        } catch (GeneralSecurityException unusable) {
            throw new JOSEException("the JDK can't check Ed25519 with this key", unusable);
        }
    }

    /**
     * Returns the key that RFC 8032 section 5.1.5 encodes so.
     *
     * @throws IllegalArgumentException if it isn't one
     */
    static PublicKey decodeKey(byte[] encoded) {
        if (encoded.length != KEY_BYTES) {
            throw new IllegalArgumentException("an Ed25519 key has 32 bytes, not " + encoded.length);
        }
        byte[] bigEndian = new byte[KEY_BYTES];
        for (int i = 0; i < KEY_BYTES; i++) {
            bigEndian[i] = encoded[KEY_BYTES - 1 - i];
        }
        boolean xIsOdd = (bigEndian[0] & 0x80) != 0;
        bigEndian[0] &= 0x7F;
        EdECPoint point = new EdECPoint(xIsOdd, new BigInteger(1, bigEndian));
        try {
            return KeyFactory.getInstance(NAME)
                    .generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, point));
        } catch (GeneralSecurityException invalid) {
            throw new IllegalArgumentException("not an Ed25519 key", invalid);
        }
    }
}
