package io.natterjack.server;

import io.natterjack.core.Principal;
import io.natterjack.core.spi.AuthRequest;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.core.spi.AuthVerifier;
import io.natterjack.server.engine.StoreReads;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Lets in whom another verifier does, but for those whose tokens were revoked since. While the store can't say, nobody is let in: clients
 * come again.
 *
 * <p><b>Threads.</b> Any.
 */
final class RevocableTokens implements AuthVerifier {
    private final AuthVerifier verifier;
    private final StoreReads store;

    RevocableTokens(AuthVerifier verifier, StoreReads store) {
        this.verifier = verifier;
        this.store = store;
    }

    @Override
    public CompletionStage<AuthResult> verify(AuthRequest request) {
        return verifier.verify(request).thenCompose(result -> {
            Principal principal = result.principal().orElse(null);
            if (principal == null) {
                return CompletableFuture.completedFuture(result);
            }
            return store.read(s -> s.people().tokensRevoked(principal.user()))
                    .thenApply(before -> principal.isRevokedBy(before) ? AuthResult.refused("revoked") : result);
        });
    }
}
