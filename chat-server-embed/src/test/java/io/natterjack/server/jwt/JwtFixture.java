package io.natterjack.server.jwt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import io.natterjack.core.DeviceId;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthRequest;
import io.natterjack.core.spi.AuthResult;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Tokens made by hand, and keys for them; the time stands still. */
abstract class JwtFixture {
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    static final long SECOND = NOW.getEpochSecond();
    static final byte[] SECRET = new byte[64];
    static final String GOOD_CLAIMS = "{\"sub\":\"ada\",\"exp\":" + (SECOND + 60) + "}";

    static final KeyPair RSA = generate("RSA", 2048);
    static final KeyPair OTHER_RSA = generate("RSA", 2048);
    static final KeyPair WEAK_RSA = generate("RSA", 1024);
    static final KeyPair P256 = generateEc("secp256r1");
    static final KeyPair P384 = generateEc("secp384r1");
    static final KeyPair P521 = generateEc("secp521r1");
    static final KeyPair ED25519 = generate("Ed25519", 0);
    static final KeyPair ED448 = generate("Ed448", 0);

    static {
        Arrays.fill(SECRET, (byte) 7);
    }

    static KeyPair generate(String algorithm, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (bits > 0) {
                generator.initialize(bits);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    static KeyPair generateEc(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @FunctionalInterface
    interface Signer {
        byte[] sign(byte[] input) throws GeneralSecurityException;
    }

    static Signer hmac(String algorithm, byte[] secret) {
        return input -> {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(secret, algorithm));
            return mac.doFinal(input);
        };
    }

    static Signer signature(String algorithm, PrivateKey key) {
        return input -> {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(input);
            return signature.sign();
        };
    }

    static final Signer HS256 = hmac("HmacSHA256", SECRET);
    static final Signer RS256 = signature("SHA256withRSA", RSA.getPrivate());
    static final Signer NOBODY = input -> new byte[0];

    /** Makes a token by hand, so that no library keeps us from making bad ones. */
    static String token(String header, String claims, Signer signer) {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        String input =
                base64.encodeToString(header.getBytes(UTF_8)) + "." + base64.encodeToString(claims.getBytes(UTF_8));
        try {
            return input + "." + base64.encodeToString(signer.sign(input.getBytes(UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    static String header(String algorithm) {
        return "{\"alg\":\"" + algorithm + "\"}";
    }

    static AuthResult verify(JwtAuthVerifier.Builder verifier, String token) {
        return verifier.clock(Clock.fixed(NOW, ZoneOffset.UTC))
                .build()
                .verify(new AuthRequest(token, new DeviceId("d"), "127.0.0.1"))
                .toCompletableFuture()
                .join();
    }

    static JwtAuthVerifier.Builder secretVerifier() {
        return JwtAuthVerifier.withSecret(JwtAlgorithm.HS256, SECRET);
    }

    static AuthResult verifyClaims(String claims) {
        return verify(secretVerifier(), token(header("HS256"), claims, HS256));
    }

    static void assertAccepted(AuthResult result) {
        assertThat(result.principal()).as(result.reason()).isPresent();
        assertThat(result.principal().get().user()).isEqualTo(new UserId("ada"));
    }

    static void assertRefused(AuthResult result) {
        assertThat(result.principal()).isEmpty();
        assertThat(result.code()).isEqualTo(ErrorCode.UNAUTHORIZED);
        assertThat(result.reason()).isNotEmpty();
    }

    /** Returns a key set with the public halves of three keys, and with a secret. */
    static String keySet() {
        return keySet("rsa", "ec", "ed");
    }

    static String keySet(String rsaId, String ecId, String edId) {
        byte[] encoded = ED25519.getPublic().getEncoded();
        Base64URL x = Base64URL.encode(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
        List<String> keys = List.of(
                new RSAKey.Builder((RSAPublicKey) RSA.getPublic())
                        .keyID(rsaId)
                        .build()
                        .toJSONString(),
                new ECKey.Builder(Curve.P_256, (ECPublicKey) P256.getPublic())
                        .keyID(ecId)
                        .build()
                        .toJSONString(),
                new OctetKeyPair.Builder(Curve.Ed25519, x).keyID(edId).build().toJSONString(),
                "{\"kty\":\"oct\",\"kid\":\"secret\",\"k\":\"" + Base64URL.encode(SECRET) + "\"}");
        return "{\"keys\":[" + String.join(",", keys) + "]}";
    }
}
