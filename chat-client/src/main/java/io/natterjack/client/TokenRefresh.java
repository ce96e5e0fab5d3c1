package io.natterjack.client;

import io.natterjack.core.ChatException;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ServerFrame;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Brings a newer token to a live connection whose token is about to expire. If none is to be had in time the server closes,
 * and the next connection begins with a new one anyway. Lane only.
 */
final class TokenRefresh implements Request {
    private final Tokens tokens;
    private final Loop loop;
    private final Link link;
    private final Consumer<ChatException> alarm;
    private final Backoff pauses;
    private boolean running;
    private boolean cancelled;

    TokenRefresh(Tokens tokens, Loop loop, Link link, Consumer<ChatException> alarm) {
        this.tokens = tokens;
        this.loop = loop;
        this.link = link;
        this.alarm = alarm;
        this.pauses = new Backoff(loop, Duration.ofMillis(500), Duration.ofSeconds(10));
    }

    /** Begins, unless it is under way. */
    void start() {
        if (!running) {
            running = true;
            fetch();
        }
    }

    /** The connection is gone. */
    void cancel() {
        cancelled = true;
    }

    private void fetch() {
        if (!cancelled) {
            tokens.fetch(this::send, this::onNoToken);
        }
    }

    private void send(String token) {
        if (!cancelled) {
            link.request(id -> new ClientFrame.Auth(id, token), this);
        }
    }

    private void onNoToken(ChatException failure) {
        if (!cancelled) {
            alarm.accept(failure);
            loop.after(pauses.next(), this::fetch);
        }
    }

    @Override
    public void answered(ServerFrame answer) {
        running = false;
        pauses.reset();
    }

    @Override
    public void refused(ServerFrame.Refused refusal) {
        if (refusal.retry().isPresent()) {
            loop.after(refusal.retry().get(), this::fetch);
        } else {
            running = false;
            alarm.accept(new RequestRefusedException("the new token was refused", refusal.code()));
        }
    }
}
