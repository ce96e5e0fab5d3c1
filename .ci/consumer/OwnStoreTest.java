package consumer;

import io.natterjack.core.spi.MessageStore;
import io.natterjack.server.InMemoryStore;
import io.natterjack.testkit.Await;
import io.natterjack.testkit.MessageStoreContract;

/** As somebody tests a store of their own, by the testkit alone. */
final class OwnStoreTest extends MessageStoreContract {
    @Override
    protected MessageStore open() {
        return new InMemoryStore();
    }

    @Override
    protected void later() {
        long now = System.currentTimeMillis();
        Await.until(() -> System.currentTimeMillis() > now);
    }
}
