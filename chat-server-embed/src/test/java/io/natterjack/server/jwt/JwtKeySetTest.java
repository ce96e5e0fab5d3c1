package io.natterjack.server.jwt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JwtKeySetTest extends JwtFixture {
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
}
