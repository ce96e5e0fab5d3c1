package io.natterjack.server;

import io.natterjack.core.IceServer;
import io.natterjack.core.UserId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Passwords for a TURN server that serve for a while and for one user: the scheme of coturn's {@code use-auth-secret} (A REST API For
 * Access To TURN Services, draft-uberti-behave-turn-rest-00). The user name is the time at which it ends and the user's id, the password
 * the HMAC-SHA1 of that under a secret that the TURN server shares.
 */
final class TurnCredentials {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(1);

    private final List<String> urls;
    private final byte[] secret;
    private final Duration validity;
    private final LongSupplier wallMillis;

    TurnCredentials(List<String> urls, String secret, Duration validity, LongSupplier wallMillis) {
        // Nobody can take such a password back.
        if (validity.compareTo(SHORTEST) < 0 || validity.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("validity must be 1 second to a day, was " + validity);
        }
        this.urls = List.copyOf(urls);
        this.secret = secret.getBytes(StandardCharsets.UTF_8);
        this.validity = validity;
        this.wallMillis = wallMillis;
    }

    IceServer of(UserId user) {
        long end = wallMillis.getAsLong() / 1_000 + validity.toSeconds();
        String name = end + ":" + user.value();
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret, "HmacSHA1"));
            String password = Base64.getEncoder().encodeToString(mac.doFinal(name.getBytes(StandardCharsets.UTF_8)));
            return new IceServer(urls, name, password);
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
