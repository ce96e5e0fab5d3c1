package io.natterjack.client;

import io.natterjack.core.ChatException;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ServerFrame;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Brings a newer token to a live connection whose token is about to expire. If none is to be had in time the server closes,
 * and the next connection begins with a new one anyway. Lane only.
 */
final class TokenRefresh implements Request {
    /** How long at least a token is left alone that was brought here and is about to expire already. */
    private static final Duration MIN_PAUSE = Duration.ofSeconds(5);

    private final Tokens tokens;
    private final Loop loop;
    private final Link link;
    private final Consumer<ChatException> alarm;
    private final Backoff pauses;
    private boolean running;
    private boolean cancelled;
    private OptionalLong broughtAt = OptionalLong.empty();

    TokenRefresh(Tokens tokens, Loop loop, Link link, Consumer<ChatException> alarm) {
        this.tokens = tokens;
        this.loop = loop;
        this.link = link;
        this.alarm = alarm;
        this.pauses = new Backoff(loop, Duration.ofMillis(500), Duration.ofSeconds(10));
    }

    /** The token expires {@code in} that time: brings another, unless that is under way. */
    void start(Duration in) {
        if (!running) {
            running = true;
            loop.after(pauseBefore(in), this::fetch);
        }
    }

    /** Tokens that live so shortly that the server says at once that they expire must not be brought one after another. */
    private Duration pauseBefore(Duration in) {
        if (!broughtAt.isPresent() || loop.nanoTime() - broughtAt.getAsLong() >= MIN_PAUSE.toNanos()) {
            return Duration.ZERO;
        }
        Duration half = in.dividedBy(2);
        return half.compareTo(MIN_PAUSE) > 0 ? half : MIN_PAUSE;
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
        broughtAt = OptionalLong.of(loop.nanoTime());
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
