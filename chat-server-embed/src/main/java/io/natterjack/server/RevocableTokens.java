package io.natterjack.server;

import io.natterjack.core.Principal;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthRequest;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.core.spi.AuthVerifier;
import io.natterjack.server.engine.StoreReads;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Lets in whom another verifier does, but for those whose tokens were revoked since, and for names that aren't a person's. While the store can't say, nobody is let in: clients
 * come again.
 *
 * <p><b>Threads.</b> Any.
 */
final class RevocableTokens implements AuthVerifier {
    /** In these the application and a store that trims its rooms act: whoever had one of them would be taken for it. */
    private static final Set<UserId> NOBODYS = Set.of(ChatServer.SYSTEM, new UserId("natterjack"));

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
            if (NOBODYS.contains(principal.user())) {
                return CompletableFuture.completedFuture(AuthResult.refused("the name is the server's own"));
            }
            return store.read(s -> s.people().tokensRevoked(principal.user()))
                    .thenApply(before -> principal.isRevokedBy(before) ? AuthResult.refused("revoked") : result);
        });
    }
}
