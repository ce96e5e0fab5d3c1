package io.natterjack.store.redis.cluster;

import io.natterjack.core.spi.Bus;
import java.util.concurrent.Executor;

/**
 * The texts of the application's engine among all that nodes say to each other.
 *
 * <p><b>Threads.</b> Any; the listener is called on a lane of its own.
 */
final class RedisBus implements Bus {
    private final RedisTexts texts;
    private final Executor lane;
    private volatile boolean closed;

    RedisBus(RedisTexts texts, Executor lane) {
        this.texts = texts;
        this.lane = lane;
    }

    @Override
    public void listen(Listener listener) {
        texts.listen(RedisTexts.Kind.BUS, lane, listener);
    }

    @Override
    public void publish(String key, String text) {
        if (!closed) {
            texts.publish(RedisTexts.Kind.BUS, key, text);
        }
    }

    @Override
    public void send(String node, String text) {
        if (!closed) {
            texts.send(RedisTexts.Kind.BUS, node, text);
        }
    }

    @Override
    public boolean isConnected() {
        return !closed && texts.isConnected();
    }

    @Override
    public void close() {
        closed = true;
        texts.unlisten(RedisTexts.Kind.BUS);
    }
}
