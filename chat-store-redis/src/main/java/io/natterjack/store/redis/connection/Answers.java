package io.natterjack.store.redis.connection;

import io.lettuce.core.RedisNoScriptException;
import io.natterjack.core.StoreException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for answers of Redis. Every failure is one that may pass. */
public final class Answers {
    private Answers() {}

    /**
     * Returns the answer. Blocks.
     *
     * @throws RedisNoScriptException if it is that there is no such script
     * @throws StoreException of kind {@code UNAVAILABLE}
     */
    public static <T> T of(Future<T> answer) {
        try {
            return answer.get(RedisConnections.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RedisNoScriptException unknown) {
                throw unknown;
            }
            throw unavailable(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException | CancellationException e) {
            throw unavailable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(e);
        }
    }

    /** Returns what says that Redis didn't answer, or what it refused. */
    public static StoreException unavailable(Throwable cause) {
        return new StoreException(
                StoreException.Kind.UNAVAILABLE,
                RedisWhy.refusal(cause)
                        .map(refusal -> "Redis refuses: " + refusal)
                        .orElse("Redis doesn't answer"),
                cause);
    }
}
