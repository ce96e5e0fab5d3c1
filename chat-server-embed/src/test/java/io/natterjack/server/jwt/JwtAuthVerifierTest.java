package io.natterjack.server.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import io.natterjack.core.spi.AuthResult;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which signatures let in; {@link JwtClaimsTest} has what a token says, {@link JwtKeySetTest} several keys. */
final class JwtAuthVerifierTest extends JwtFixture {
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
