package io.natterjack.examples.standalone;

import io.natterjack.core.Principal;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthRequest;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.core.spi.AuthVerifier;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Believes everybody: the token {@code dev:NAME} is the user NAME. */
final class DevTokens implements AuthVerifier {
    private static final String PREFIX = "dev:";

    @Override
    public CompletionStage<AuthResult> verify(AuthRequest request) {
        return CompletableFuture.completedFuture(check(request.token()));
    }

    private static AuthResult check(String token) {
        if (!token.startsWith(PREFIX)) {
            return AuthResult.refused("not a token of the form dev:NAME");
        }
        try {
            return AuthResult.accepted(Principal.of(new UserId(token.substring(PREFIX.length()))));
        } catch (IllegalArgumentException notUserId) {
            return AuthResult.refused("the name isn't a user id");
        }
    }
}
