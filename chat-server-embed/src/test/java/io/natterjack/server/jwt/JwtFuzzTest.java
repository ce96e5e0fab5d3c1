package io.natterjack.server.jwt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.natterjack.core.DeviceId;
import io.natterjack.core.Principal;
import io.natterjack.core.spi.AuthRequest;
import io.natterjack.core.spi.AuthResult;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Whatever comes as a token: nobody is let in but with the secret's signature, a subject, and an expiry to come, and no reason repeats what
 * came. An input of one line is a token; the lines of one of two are the header and the claims of a token that the secret signs, since no
 * fuzzer finds a signature.
 */
final class JwtFuzzTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final byte[] SECRET = new byte[32];
    private static final Set<String> REASONS = Set.of(
            "the token is too large",
            "not a signed token",
            "the token brings its own key",
            "the token has critical headers",
            "no key for the token",
            "the algorithm isn't the one of the key",
            "wrong signature",
            "malformed claims",
            "the token has no exp",
            "the token has no sub",
            "sub isn't a user id");

    /** These say how long, and nothing that came. */
    private static final Pattern TIMES =
            Pattern.compile("(expired|isn't valid for another) [0-9a-z ]+ (ago )?by this machine's clock.*");

    static {
        Arrays.fill(SECRET, (byte) 7);
    }

    private final JwtAuthVerifier verifier = JwtAuthVerifier.withSecret(JwtAlgorithm.HS256, SECRET)
            .clock(Clock.fixed(NOW, ZoneOffset.UTC))
            .build();

    @FuzzTest(maxDuration = "10m")
    void nobodyIsLetInWithoutAGoodToken(byte[] bytes) {
        String text = new String(bytes, UTF_8);
        int line = text.indexOf('\n');
        String token = line < 0 ? text : signed(text.substring(0, line), text.substring(line + 1));

        AuthResult result = verifier.verify(new AuthRequest(token, new DeviceId("d"), "127.0.0.1"))
                .toCompletableFuture()
                .join();

        result.principal()
                .ifPresentOrElse(
                        principal -> assertGood(token, principal),
                        () -> assertThat(result.reason())
                                .matches(reason -> REASONS.contains(reason)
                                        || TIMES.matcher(reason).matches()));
    }

    private static String signed(String header, String claims) {
        String input = Base64URL.encode(header) + "." + Base64URL.encode(claims);
        return input + "." + Base64URL.encode(signature(input));
    }

    private static byte[] signature(String input) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
            return mac.doFinal(input.getBytes(UTF_8));
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static void assertGood(String token, Principal principal) {
        int end = token.lastIndexOf('.');
        byte[] signature = new Base64URL(token.substring(end + 1)).decode();
        assertThat(MessageDigest.isEqual(signature, signature(token.substring(0, end))))
                .as("signed with the secret")
                .isTrue();
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            assertThat(jwt.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.HS256);
            assertThat(jwt.getHeader().getJWK()).isNull();
            assertThat(jwt.getHeader().getCriticalParams()).isNull();
            assertThat(claims.getSubject()).isEqualTo(principal.user().value());
            assertThat(claims.getExpirationTime().toInstant())
                    .isAfter(NOW.minusSeconds(30))
                    .isEqualTo(principal.expiresAt().orElseThrow());
        } catch (ParseException unreadable) {
            throw new AssertionError(unreadable);
        }
    }
}
