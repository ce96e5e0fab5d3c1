package io.natterjack.examples.loadtest;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What each peer says hello with. */
@FunctionalInterface
interface Tokens {
    /** Returns the token of the user {@code load-N}. */
    String of(int peer);

    /** Returns tokens as a template has them, with {@code %d} for the number of the peer. */
    static Tokens ofTemplate(String template) {
        return peer -> template.replace("%d", String.valueOf(peer));
    }

    /** Returns JSON Web Tokens signed by HS256 (RFC 7515 appendix A.1), good for a day. */
    static Tokens signedWith(byte[] secret) {
        long expiry = Instant.now().getEpochSecond() + 86_400;
        String header = base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.US_ASCII));
        return peer -> {
            String claims = "{\"sub\":\"load-" + peer + "\",\"exp\":" + expiry + "}";
            String signed = header + "." + base64(claims.getBytes(StandardCharsets.US_ASCII));
            try {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(secret, "HmacSHA256"));
                return signed + "." + base64(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException(impossible);
            }
        };
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
