package io.natterjack.client;

import io.natterjack.core.ChatException;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.core.text.Utf8;
import io.natterjack.core.wire.ClientFrame;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks the application for tokens, on its executor, and gives up on answers that don't come. Lane only. */
final class Tokens {
    static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final TokenSource source;
    private final Loop loop;
    private final Deliveries deliveries;

    Tokens(TokenSource source, Loop loop, Deliveries deliveries) {
        this.source = source;
        this.loop = loop;
        this.deliveries = deliveries;
    }

    /** Fetches one: calls exactly one of the two on the lane, later. */
    void fetch(Consumer<String> token, Consumer<ChatException> failure) {
        Fetch fetch = new Fetch(token, failure);
        fetch.timeout = loop.after(
                TIMEOUT, () -> fetch.fail(new ChatException("no token within " + NoConnection.words(TIMEOUT))));
        deliveries.deliver(0, () -> ask(fetch));
    }

    private void ask(Fetch fetch) {
        try {
            source.token()
                    .whenComplete((token, failure) -> loop.execute(() -> {
                        if (failure != null) {
                            fetch.fail(failed(failure));
                        } else {
                            fetch.succeed(token);
                        }
                    }));
        } catch (RuntimeException | Error failure) {
            loop.execute(() -> fetch.fail(failed(failure)));
        }
    }

    /** The failure's own message may have what must not be logged. */
    private static ChatException failed(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return new ChatException("the token source failed: " + cause.getClass().getSimpleName(), cause);
    }

    private static final class Fetch {
        private final Consumer<String> token;
        private final Consumer<ChatException> failure;
        private Scheduler.Cancellable timeout = () -> {};
        private boolean done;

        Fetch(Consumer<String> token, Consumer<ChatException> failure) {
            this.token = token;
            this.failure = failure;
        }

        void succeed(@Nullable String fetched) {
            if (fetched == null || !isToken(fetched)) {
                fail(new ChatException(
                        "a token must be at most " + ClientFrame.MAX_TOKEN_BYTES + " bytes of UTF-8, without NUL"));
            } else if (finish()) {
                token.accept(fetched);
            }
        }

        private static boolean isToken(String text) {
            long bytes = Utf8.length(text);
            return bytes >= 0 && bytes <= ClientFrame.MAX_TOKEN_BYTES && text.indexOf('\0') < 0;
        }

        void fail(ChatException reason) {
            if (finish()) {
                failure.accept(reason);
            }
        }

        private boolean finish() {
            timeout.cancel();
            boolean first = !done;
            done = true;
            return first;
        }
    }
}
