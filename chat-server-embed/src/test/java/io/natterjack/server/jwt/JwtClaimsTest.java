package io.natterjack.server.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.natterjack.core.ErrorCode;
import io.natterjack.core.spi.AuthResult;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JwtClaimsTest extends JwtFixture {
    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "null", "1", "\"ada\"", "{", "{\"sub\":\"ada\"", "{\"exp\":\"soon\"}"})
    void claimsThatAreNoObjectAreRefused(String claims) {
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
}
