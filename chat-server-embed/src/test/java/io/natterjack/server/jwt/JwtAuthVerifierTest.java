package io.natterjack.server.jwt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JwtAuthVerifierTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final long SECOND = NOW.getEpochSecond();
    private static final byte[] SECRET = new byte[64];
    private static final String GOOD_CLAIMS = "{\"sub\":\"ada\",\"exp\":" + (SECOND + 60) + "}";

    private static final KeyPair RSA = generate("RSA", 2048);
    private static final KeyPair OTHER_RSA = generate("RSA", 2048);
    private static final KeyPair WEAK_RSA = generate("RSA", 1024);
    private static final KeyPair P256 = generateEc("secp256r1");
    private static final KeyPair P384 = generateEc("secp384r1");
    private static final KeyPair P521 = generateEc("secp521r1");
    private static final KeyPair ED25519 = generate("Ed25519", 0);
    private static final KeyPair ED448 = generate("Ed448", 0);

    static {
        Arrays.fill(SECRET, (byte) 7);
    }

    private static KeyPair generate(String algorithm, int bits) {
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

    private static KeyPair generateEc(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @FunctionalInterface
    private interface Signer {
        byte[] sign(byte[] input) throws GeneralSecurityException;
    }

    private static Signer hmac(String algorithm, byte[] secret) {
        return input -> {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(secret, algorithm));
            return mac.doFinal(input);
        };
    }

    private static Signer signature(String algorithm, PrivateKey key) {
        return input -> {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(input);
            return signature.sign();
        };
    }

    private static final Signer HS256 = hmac("HmacSHA256", SECRET);
    private static final Signer RS256 = signature("SHA256withRSA", RSA.getPrivate());
    private static final Signer NOBODY = input -> new byte[0];

    /** Makes a token by hand, so that no library keeps us from making bad ones. */
    private static String token(String header, String claims, Signer signer) {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        String input =
                base64.encodeToString(header.getBytes(UTF_8)) + "." + base64.encodeToString(claims.getBytes(UTF_8));
        try {
            return input + "." + base64.encodeToString(signer.sign(input.getBytes(UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static String header(String algorithm) {
        return "{\"alg\":\"" + algorithm + "\"}";
    }

    private static AuthResult verify(JwtAuthVerifier.Builder verifier, String token) {
        return verifier.clock(Clock.fixed(NOW, ZoneOffset.UTC))
                .build()
                .verify(new AuthRequest(token, new DeviceId("d"), "127.0.0.1"))
                .toCompletableFuture()
                .join();
    }

    private static JwtAuthVerifier.Builder secretVerifier() {
        return JwtAuthVerifier.withSecret(JwtAlgorithm.HS256, SECRET);
    }

    private static AuthResult verifyClaims(String claims) {
        return verify(secretVerifier(), token(header("HS256"), claims, HS256));
    }

    private static void assertAccepted(AuthResult result) {
        assertThat(result.principal()).as(result.reason()).isPresent();
        assertThat(result.principal().get().user()).isEqualTo(new UserId("ada"));
    }

    private static void assertRefused(AuthResult result) {
        assertThat(result.principal()).isEmpty();
        assertThat(result.code()).isEqualTo(ErrorCode.UNAUTHORIZED);
        assertThat(result.reason()).isNotEmpty();
    }

    static Stream<Arguments> algorithms() {
        return Stream.of(
                Arguments.of(JwtAlgorithm.RS256, RSA, "SHA256withRSA", "RS256"),
                Arguments.of(JwtAlgorithm.RS384, RSA, "SHA384withRSA", "RS384"),
                Arguments.of(JwtAlgorithm.RS512, RSA, "SHA512withRSA", "RS512"),
                Arguments.of(JwtAlgorithm.ES256, P256, "SHA256withECDSAinP1363Format", "ES256"),
                Arguments.of(JwtAlgorithm.ES384, P384, "SHA384withECDSAinP1363Format", "ES384"),
                Arguments.of(JwtAlgorithm.ES512, P521, "SHA512withECDSAinP1363Format", "ES512"),
                Arguments.of(JwtAlgorithm.EDDSA, ED25519, "Ed25519", "EdDSA"));
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void aTokenSignedWithThePrivateKeyLetsIn(JwtAlgorithm algorithm, KeyPair keys, String jca, String name) {
        String token = token(header(name), GOOD_CLAIMS, signature(jca, keys.getPrivate()));
        assertAccepted(verify(JwtAuthVerifier.withPublicKey(algorithm, keys.getPublic()), token));
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void aTokenWithChangedClaimsIsRefused(JwtAlgorithm algorithm, KeyPair keys, String jca, String name) {
        String good = token(header(name), GOOD_CLAIMS, signature(jca, keys.getPrivate()));
        String claims = Base64URL.encode(GOOD_CLAIMS.replace("ada", "eve")).toString();
        String[] parts = good.split("\\.");
        String bad = parts[0] + "." + claims + "." + parts[2];
        assertRefused(verify(JwtAuthVerifier.withPublicKey(algorithm, keys.getPublic()), bad));
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void anEmptyOrCutSignatureIsRefused(JwtAlgorithm algorithm, KeyPair keys, String jca, String name) {
        String good = token(header(name), GOOD_CLAIMS, signature(jca, keys.getPrivate()));
        JwtAuthVerifier.Builder verifier = JwtAuthVerifier.withPublicKey(algorithm, keys.getPublic());
        assertRefused(verify(verifier, good.substring(0, good.lastIndexOf('.') + 1)));
        assertRefused(verify(verifier, good.substring(0, good.length() - 8)));
    }

    @ParameterizedTest
    @CsvSource({"HS256, HmacSHA256, 32", "HS384, HmacSHA384, 48", "HS512, HmacSHA512, 64"})
    void aTokenSignedWithTheSecretLetsInAndTheSecretMustBeAsLongAsTheHash(JwtAlgorithm algorithm, String jca, int min) {
        byte[] shortest = Arrays.copyOf(SECRET, min);
        String token = token(header(algorithm.name()), GOOD_CLAIMS, hmac(jca, shortest));
        assertAccepted(verify(JwtAuthVerifier.withSecret(algorithm, shortest), token));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JwtAuthVerifier.withSecret(algorithm, Arrays.copyOf(SECRET, min - 1)))
                .withMessageContaining(String.valueOf(min));
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "None", "NONE", "nOnE", ""})
    void aTokenWithoutASignatureIsRefused(String algorithm) {
        assertRefused(verify(secretVerifier(), token(header(algorithm), GOOD_CLAIMS, NOBODY)));
        assertRefused(verify(
                JwtAuthVerifier.withPublicKey(JwtAlgorithm.RS256, RSA.getPublic()),
                token(header(algorithm), GOOD_CLAIMS, NOBODY)));
    }

    @Test
    void aPublicKeyIsNotTakenForASecret() {
        byte[] known = RSA.getPublic().getEncoded();
        String token = token(header("HS256"), GOOD_CLAIMS, hmac("HmacSHA256", known));
        assertRefused(verify(JwtAuthVerifier.withPublicKey(JwtAlgorithm.RS256, RSA.getPublic()), token));
        assertRefused(verify(JwtAuthVerifier.withKeySet(keySet(), Set.of(JwtAlgorithm.RS256)), token));
    }

    @Test
    void anotherAlgorithmOfTheSameKeyIsRefused() {
        String token = token(header("RS512"), GOOD_CLAIMS, signature("SHA512withRSA", RSA.getPrivate()));
        assertRefused(verify(JwtAuthVerifier.withPublicKey(JwtAlgorithm.RS256, RSA.getPublic()), token));
        assertRefused(verify(secretVerifier(), token(header("HS512"), GOOD_CLAIMS, hmac("HmacSHA512", SECRET))));
    }

    @Test
    void anotherKeyIsRefused() {
        JwtAuthVerifier.Builder verifier = JwtAuthVerifier.withPublicKey(JwtAlgorithm.RS256, OTHER_RSA.getPublic());
        assertRefused(verify(verifier, token(header("RS256"), GOOD_CLAIMS, RS256)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"jku\":\"https://evil.example/keys\"",
                "\"x5u\":\"https://evil.example/cert\"",
                "\"x5c\":[\"AAAA\"]",
                "\"crit\":[\"exp\"],\"exp\":1",
                "\"crit\":[\"b64\"],\"b64\":false",
                "\"crit\":[\"http://example/unknown\"],\"http://example/unknown\":true",
            })
    void aTokenThatBringsItsKeyOrCriticalHeadersIsRefusedThoughItsSignatureIsGood(String field) {
        String header = "{\"alg\":\"RS256\"," + field + "}";
        assertRefused(verify(
                JwtAuthVerifier.withPublicKey(JwtAlgorithm.RS256, RSA.getPublic()), token(header, GOOD_CLAIMS, RS256)));
    }

    @Test
    void anEmbeddedKeyIsRefused() {
        String jwk =
                new RSAKey.Builder((RSAPublicKey) OTHER_RSA.getPublic()).build().toJSONString();
        String header = "{\"alg\":\"RS256\",\"jwk\":" + jwk + "}";
        Signer evil = signature("SHA256withRSA", OTHER_RSA.getPrivate());
        JwtAuthVerifier.Builder verifier = JwtAuthVerifier.withPublicKey(JwtAlgorithm.RS256, RSA.getPublic());
        assertRefused(verify(verifier, token(header, GOOD_CLAIMS, evil)));
        assertRefused(verify(verifier, token(header, GOOD_CLAIMS, RS256)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "...",
                "a.b.c",
                "a.b.c.d.e",
                "not a token",
                "e30.e30.",
                "\u0000",
                "\ud83d\udc38.a.b",
                "eyJhbGciOiJIUzI1NiJ9..",
                "W10.W10.W10",
                "bnVsbA.bnVsbA.bnVsbA"
            })
    void whatIsNoTokenIsRefused(String token) {
        assertRefused(verify(secretVerifier(), token));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "null", "1", "\"ada\"", "{", "{\"sub\":\"ada\"", "{\"exp\":\"soon\"}"})
    void claimsThatAreNoObjectAreRefused(String claims) {
        assertRefused(verifyClaims(claims));
    }

    @Test
    void deepNestingIsRefused() {
        assertRefused(verifyClaims("[".repeat(5_000)));
        assertRefused(verify(secretVerifier(), token("{\"a\":".repeat(800), GOOD_CLAIMS, HS256)));
    }

    @Test
    void aTokenOverTheSizeIsRefused() {
        String claims = GOOD_CLAIMS.replace("{", "{\"fill\":\"" + "x".repeat(JwtAuthVerifier.MAX_TOKEN_LENGTH) + "\",");
        assertRefused(verifyClaims(claims));
    }

    @ParameterizedTest
    @CsvSource({"60", "1", "0", "-29"})
    void aTokenLetsInUntilItExpiresAndTheLeewayAfter(long secondsLeft) {
        assertAccepted(verifyClaims("{\"sub\":\"ada\",\"exp\":" + (SECOND + secondsLeft) + "}"));
    }

    @ParameterizedTest
    @CsvSource({"-30", "-31", "-100000", "-5000000000"})
    void anExpiredTokenIsToldSo(long secondsLeft) {
        AuthResult result = verifyClaims("{\"sub\":\"ada\",\"exp\":" + (SECOND + secondsLeft) + "}");
        assertThat(result)
                .isEqualTo(AuthResult.expired("expired " + -secondsLeft
                        + " s ago by this machine's clock (leeway 30 s): is one of the clocks wrong?"));
        assertThat(result.code()).isEqualTo(ErrorCode.TOKEN_EXPIRED);
    }

    @Test
    void aTokenOfLaterIsRefusedWithHowLongItTakes() {
        assertThat(verifyClaims(GOOD_CLAIMS.replace("}", ",\"nbf\":" + (SECOND + 70) + "}")))
                .isEqualTo(
                        AuthResult.refused(
                                "isn't valid for another 70 s by this machine's clock (leeway 30 s): is one of the clocks wrong?"));
    }

    @Test
    void anExpiredTokenWithABadSignatureIsMerelyRefused() {
        String claims = "{\"sub\":\"ada\",\"exp\":1}";
        assertRefused(verify(secretVerifier(), token(header("HS256"), claims, hmac("HmacSHA256", new byte[32]))));
    }

    @Test
    void theSessionLastsUntilTheTokenExpires() {
        assertThat(verifyClaims(GOOD_CLAIMS).principal().orElseThrow().expiresAt())
                .contains(NOW.plusSeconds(60));
    }

    @Test
    void aTokenWithoutAnExpiryIsRefused() {
        assertRefused(verifyClaims("{\"sub\":\"ada\"}"));
    }

    @ParameterizedTest
    @CsvSource({"-10, true", "30, true", "31, false", "1000, false"})
    void aTokenIsRefusedBeforeItsTimeLessTheLeeway(long seconds, boolean accepted) {
        AuthResult result = verifyClaims(GOOD_CLAIMS.replace("}", ",\"nbf\":" + (SECOND + seconds) + "}"));
        assertThat(result.principal().isPresent()).isEqualTo(accepted);
    }

    @Test
    void theLeewayIsSixtySecondsAtMost() {
        assertThatIllegalArgumentException().isThrownBy(() -> secretVerifier().leeway(Duration.ofSeconds(61)));
        assertThatIllegalArgumentException().isThrownBy(() -> secretVerifier().leeway(Duration.ofSeconds(-1)));
        String justExpired = token(header("HS256"), "{\"sub\":\"ada\",\"exp\":" + SECOND + "}", HS256);
        assertThat(verify(secretVerifier().leeway(Duration.ZERO), justExpired).code())
                .isEqualTo(ErrorCode.TOKEN_EXPIRED);
        assertAccepted(verify(secretVerifier().leeway(Duration.ofSeconds(60)), justExpired));
    }

    @ParameterizedTest
    @CsvSource({"right, true", "wrong, false", "RIGHT, false", "'', false"})
    void theIssuerMustBeTheOneThatWasSet(String issuer, boolean accepted) {
        String claims = GOOD_CLAIMS.replace("}", ",\"iss\":\"" + issuer + "\"}");
        AuthResult result = verify(secretVerifier().issuer("right"), token(header("HS256"), claims, HS256));
        assertThat(result.principal().isPresent()).isEqualTo(accepted);
        assertRefused(verify(secretVerifier().issuer("right"), token(header("HS256"), GOOD_CLAIMS, HS256)));
    }

    @ParameterizedTest
    @CsvSource({"'\"right\"', true", "'[\"other\",\"right\"]', true", "'\"other\"', false", "'[]', false", "'1', false"
    })
    void theAudienceMustHaveTheOneThatWasSet(String audience, boolean accepted) {
        String claims = GOOD_CLAIMS.replace("}", ",\"aud\":" + audience + "}");
        AuthResult result = verify(secretVerifier().audience("right"), token(header("HS256"), claims, HS256));
        assertThat(result.principal().isPresent()).isEqualTo(accepted);
        assertRefused(verify(secretVerifier().audience("right"), token(header("HS256"), GOOD_CLAIMS, HS256)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "null", "\"a\\u0000b\"", "\"\\ud800\"", "[\"ada\"]"})
    void aSubjectThatIsNoUserIdIsRefused(String subject) {
        assertRefused(verifyClaims(GOOD_CLAIMS.replace("\"ada\"", subject)));
        assertRefused(verifyClaims(GOOD_CLAIMS.replace("ada", "x".repeat(129))));
        assertRefused(verifyClaims(GOOD_CLAIMS.replace("\"sub\":\"ada\",", "")));
    }

    private static String keySet() {
        return keySet("rsa", "ec", "ed");
    }

    private static String keySet(String rsaId, String ecId, String edId) {
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

    private static String headerWithKey(String algorithm, String keyId) {
        return "{\"alg\":\"" + algorithm + "\",\"kid\":\"" + keyId + "\"}";
    }

    private static final Set<JwtAlgorithm> SET_ALGORITHMS =
            Set.of(JwtAlgorithm.RS256, JwtAlgorithm.ES256, JwtAlgorithm.EDDSA);

    @Test
    void aTokenNamesItsKeyInTheSet() {
        JwtAuthVerifier.Builder verifier = JwtAuthVerifier.withKeySet(keySet(), SET_ALGORITHMS);
        Signer es256 = signature("SHA256withECDSAinP1363Format", P256.getPrivate());
        Signer edDsa = signature("Ed25519", ED25519.getPrivate());
        assertAccepted(verify(verifier, token(headerWithKey("RS256", "rsa"), GOOD_CLAIMS, RS256)));
        assertAccepted(verify(verifier, token(headerWithKey("ES256", "ec"), GOOD_CLAIMS, es256)));
        assertAccepted(verify(verifier, token(headerWithKey("EdDSA", "ed"), GOOD_CLAIMS, edDsa)));
    }

    @ParameterizedTest
    @CsvSource({"RS256, ec", "RS256, unknown", "RS256, ''", "RS256, ../../rsa", "PS256, rsa", "RS512, rsa"})
    void aTokenThatNamesAnotherKeyOrAlgorithmIsRefused(String algorithm, String keyId) {
        JwtAuthVerifier.Builder verifier = JwtAuthVerifier.withKeySet(keySet(), SET_ALGORITHMS);
        assertRefused(verify(verifier, token(headerWithKey(algorithm, keyId), GOOD_CLAIMS, RS256)));
    }

    @Test
    void aTokenThatNamesNoKeyIsRefusedIfThereAreSeveral() {
        assertRefused(verify(
                JwtAuthVerifier.withKeySet(keySet(), SET_ALGORITHMS), token(header("RS256"), GOOD_CLAIMS, RS256)));
        assertAccepted(verify(
                JwtAuthVerifier.withKeySet(keySet(), Set.of(JwtAlgorithm.RS256)),
                token(header("RS256"), GOOD_CLAIMS, RS256)));
    }

    @Test
    void aSecretInAKeySetIsNotUsed() {
        JwtAuthVerifier.Builder verifier = JwtAuthVerifier.withKeySet(keySet(), SET_ALGORITHMS);
        assertRefused(verify(verifier, token(headerWithKey("HS256", "secret"), GOOD_CLAIMS, HS256)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JwtAuthVerifier.withKeySet(keySet(), Set.of(JwtAlgorithm.HS256)));
    }

    @Test
    void aKeySetMayChangeAndIsKeptIfTheNewOneIsNoGood() {
        AtomicReference<String> json = new AtomicReference<>(keySet("old", "ec", "ed"));
        JwtAuthVerifier.Builder verifier = JwtAuthVerifier.withKeySet(json::get, SET_ALGORITHMS);
        String old = token(headerWithKey("RS256", "old"), GOOD_CLAIMS, RS256);
        String renewed = token(headerWithKey("RS256", "new"), GOOD_CLAIMS, RS256);
        assertAccepted(verify(verifier, old));
        assertRefused(verify(verifier, renewed));

        json.set(keySet("new", "ec", "ed"));
        assertAccepted(verify(verifier, renewed));
        assertRefused(verify(verifier, old));

        json.set("an error page");
        assertAccepted(verify(verifier, renewed));
        json.set("{\"keys\":[]}");
        assertAccepted(verify(verifier, renewed));
    }

    @Test
    void aKeySetThatCantBeHadLeavesTheLastOneInUseAndIsSaidOnce() {
        AtomicReference<Supplier<String>> source = new AtomicReference<>(() -> keySet("old", "ec", "ed"));
        JwtAuthVerifier.Builder verifier =
                JwtAuthVerifier.withKeySet(() -> source.get().get(), SET_ALGORITHMS);
        source.set(() -> {
            throw new IllegalStateException("planted");
        });
        String log = logOf(() -> {
            for (int i = 0; i < 10; i++) {
                assertAccepted(verify(verifier, token(headerWithKey("RS256", "old"), GOOD_CLAIMS, RS256)));
            }
        });
        assertThat(log.lines().filter(line -> line.contains("The key set can't be had")))
                .hasSize(1);

        source.set(() -> keySet("new", "ec", "ed"));
        assertAccepted(verify(verifier, token(headerWithKey("RS256", "new"), GOOD_CLAIMS, RS256)));
    }

    /** Returns what is logged meanwhile. */
    private static String logOf(Runnable task) {
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, UTF_8));
        try {
            task.run();
        } finally {
            System.setErr(before);
        }
        return log.toString(UTF_8);
    }

    static Stream<Arguments> wrongKeys() {
        return Stream.of(
                Arguments.of(JwtAlgorithm.RS256, P256.getPublic()),
                Arguments.of(JwtAlgorithm.ES256, RSA.getPublic()),
                Arguments.of(JwtAlgorithm.ES256, P384.getPublic()),
                Arguments.of(JwtAlgorithm.ES512, P256.getPublic()),
                Arguments.of(JwtAlgorithm.EDDSA, ED448.getPublic()),
                Arguments.of(JwtAlgorithm.EDDSA, P256.getPublic()),
                Arguments.of(JwtAlgorithm.HS256, RSA.getPublic()),
                Arguments.of(JwtAlgorithm.RS256, WEAK_RSA.getPublic()));
    }

    @ParameterizedTest
    @MethodSource("wrongKeys")
    void aKeyThatDoesNotGoWithTheAlgorithmOrIsWeakIsRefused(JwtAlgorithm algorithm, PublicKey key) {
        assertThatIllegalArgumentException().isThrownBy(() -> JwtAuthVerifier.withPublicKey(algorithm, key));
    }

    @Test
    void aSecretIsOnlyForItsAlgorithms() {
        assertThatIllegalArgumentException().isThrownBy(() -> JwtAuthVerifier.withSecret(JwtAlgorithm.RS256, SECRET));
    }

    @Test
    void noReasonHasTheToken() {
        String token = token(header("HS256"), GOOD_CLAIMS, NOBODY);
        for (String bad : List.of(token, token + ".x", "secret-token", token.replace('.', '!'))) {
            AuthResult result = verify(secretVerifier(), bad);
            assertThat(result.toString()).doesNotContain(bad).doesNotContain("secret-token");
        }
    }
}
