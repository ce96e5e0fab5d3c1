package io.natterjack.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natterjack.core.DeviceId;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Principal;
import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthRequest;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.server.engine.StoreReads;
import io.natterjack.testkit.FaultyStore;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class RevocableTokensTest {
    private final FaultyStore store = new FaultyStore(new InMemoryStore());
    private final RevocableTokens tokens = new RevocableTokens(
            request ->
                    CompletableFuture.completedFuture(AuthResult.accepted(Principal.of(new UserId(request.token())))),
            new StoreReads(store, Runnable::run));

    private AuthResult of(String user) {
        return tokens.verify(new AuthRequest(user, new DeviceId("d"), "127.0.0.1"))
                .toCompletableFuture()
                .join();
    }

    @Test
    void nobodyComesInUnderANameThatIsTheServersOwn() {
        for (String name : new String[] {"system", "natterjack"}) {
            assertThat(of(name).principal()).isEmpty();
            assertThat(of(name).code()).isEqualTo(ErrorCode.UNAUTHORIZED);
        }
        assertThat(of("System").principal()).isPresent();
        assertThat(of("ada").principal()).isPresent();
    }

    @Test
    void whoseTokensAreRevokedIsRefused() {
        store.people().revokeTokens(new UserId("ada"), 1_000);

        assertThat(of("ada").principal()).isEmpty();
        assertThat(of("bob").principal()).isPresent();
    }

    @Test
    void whileNobodyCanSayWhetherATokenIsRevokedNobodyIsLetIn() {
        store.away(true);
        assertThatThrownBy(() -> of("ada")).hasCauseInstanceOf(StoreException.class);

        store.away(false);
        assertThat(of("ada").principal()).isPresent();
    }
}
